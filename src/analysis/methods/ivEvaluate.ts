import { z } from 'zod'
import type { IvCurve } from '../../contract/curve.ts'
import type { AnalysisMethod } from '../../contract/method.ts'
import type { EvaluatedCurve, EvaluatedCurves } from '../../contract/results.ts'
import { recordedSweepSchema, type RecordedSweep } from '../../contract/sample.ts'
import { extractionRules, extractIv, type ExtractionRule } from '../iv/extract.ts'
import { assembleCurve, limitFlags } from './assemble.ts'
import { readInputs } from './inputs.ts'

export const ruleSchema = z.enum(['e1036', 'station'])

export function evaluateCurve(curve: IvCurve, rule: ExtractionRule): EvaluatedCurve {
  const found = extractIv(curve, { rule })
  return {
    id: curve.id,
    direction: curve.direction ?? null,
    irradianceWPerM2: curve.irradianceWPerM2,
    temperatureC: curve.temperatureC,
    iscA: found.iscA,
    vocV: found.vocV,
    pmaxW: found.pmaxW,
    impA: found.impA,
    vmpV: found.vmpV,
    fillFactor: found.fillFactor,
    flags: found.flags.map(({ code, text }) => ({ code, text })),
  }
}

/** The parameters of a recorded sweep, with what the source said about it. */
function evaluateSweep(sweep: RecordedSweep, rule: ExtractionRule): EvaluatedCurve {
  const found = evaluateCurve(assembleCurve(sweep), rule)
  return { ...found, flags: [...found.flags, ...limitFlags(sweep)] }
}

const inputs = z.object({ sweeps: z.array(recordedSweepSchema), rule: ruleSchema })

/** Isc, Voc, Pmax, Imp, Vmp and FF of every sweep, as measured. */
export const ivEvaluate: AnalysisMethod = {
  id: 'iv.evaluate',
  version: '1.0.0',
  run: (given): EvaluatedCurves => {
    const { sweeps, rule } = readInputs('iv.evaluate', inputs, given)
    return { rule: extractionRules[rule], curves: sweeps.map((sweep) => evaluateSweep(sweep, rule)) }
  },
}
