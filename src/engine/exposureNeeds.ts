import type { Dossier } from '../contract/dossier.ts'
import type { Lane, Run } from '../contract/run.ts'
import type { Exposure, Template, ValueRef } from '../contract/template.ts'
import { resolveNumber } from './executor/values.ts'

/** Numbers of a template with this run's parameters, of a lane with its own. Throws where one rests on what was measured. */
export const numbersOf =
  (run: Run, lane: Lane | null) =>
  (ref: ValueRef, what: string): number =>
    resolveNumber(
      ref,
      {
        ...{ parameters: run.parameters, results: [], sweeps: [], lane: lane?.id ?? null },
        ...(lane ? { laneParameters: lane.parameters } : {}),
      },
      what,
    )

/** The lanes that have accounts of their own; null stands for the whole run. */
export const accountLanesOf = (run: Run, exposure: Exposure): (Lane | null)[] => {
  const lanes = exposure.perLane === true ? (run.lanes ?? []) : []
  return lanes.length > 0 ? lanes : [null]
}

/** What the template asks of each exposure with this run's parameters; null where it asks for nothing, or it can't be told. */
export const exposureNeeds = (run: Run, template: Template): NonNullable<Dossier['exposures']> =>
  (template.exposure ?? []).flatMap((exposure) =>
    accountLanesOf(run, exposure).map((lane) => {
      const number = (ref: ValueRef | undefined, what: string): number | null => {
        if (ref === undefined) return null
        try {
          return numbersOf(run, lane)(ref, what)
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
    }),
  )
