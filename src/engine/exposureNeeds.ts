import type { Dossier } from '../contract/dossier.ts'
import type { Run } from '../contract/run.ts'
import type { Template, ValueRef } from '../contract/template.ts'
import { resolveNumber } from './executor/values.ts'

/** What the template asks of each exposure with this run's parameters; null where it asks for nothing, or it can't be told. */
export function exposureNeeds(run: Run, template: Template): NonNullable<Dossier['exposures']> {
  return (template.exposure ?? []).flatMap((exposure) => {
    const lanes = exposure.perLane === true ? (run.lanes ?? []) : []
    return (lanes.length > 0 ? lanes : [null]).map((lane) => {
      const sources = {
        ...{ parameters: run.parameters, results: [], sweeps: [], lane: lane?.id ?? null },
        ...(lane ? { laneParameters: lane.parameters } : {}),
      }
      const number = (ref: ValueRef | undefined, what: string): number | null => {
        if (ref === undefined) return null
        try {
          return resolveNumber(ref, sources, what)
        } catch {
          // It rests on what was measured during the run: then nothing is known of it afterwards, which is what null says.
          return null
        }
      }
      return {
        ...{ id: exposure.id, lane: lane?.id ?? null },
        required: number(exposure.required, 'required'),
        longestGapS: number(exposure.longestGapS, 'longestGapS'),
      }
    })
  })
}
