import { z } from 'zod'
import type { AnalysisMethod } from '../../contract/method.ts'
import { gate2, type LabValue } from '../decision/gates.ts'
import { readInputs } from './inputs.ts'

const value = z.number().nullable()
const inputs = z.object({ initialPmaxW: value, finalPmaxW: value, reproducibilityPercent: value })

const lab = (given: number | null, what: string): LabValue =>
  given ?? { value: null, reason: `${what} was not measured` }

/**
 * Gate No. 2 of IEC 61215-1:2021, 7.2.3, for one module: the final power and its limit 0.95·Pmax(Gate 1)·(1 − r/100),
 * in watts. Without one of the powers, or without r, there is no limit.
 */
export const gate2Power: AnalysisMethod = {
  id: 'iec61215.gate2',
  version: '1.0.0',
  run: (given) => {
    const read = readInputs('iec61215.gate2', inputs, given)
    const result = gate2({
      modules: [
        {
          moduleId: 'module',
          initialPmaxW: lab(read.initialPmaxW, 'the initial power'),
          finalPmaxW: lab(read.finalPmaxW, 'the final power'),
        },
      ],
      reproducibilityPercent: lab(read.reproducibilityPercent, 'the reproducibility'),
    })
    const [condition] = result.conditions
    return {
      initialPmaxW: read.initialPmaxW,
      finalPmaxW: read.finalPmaxW,
      limitW: condition?.limitValue ?? null,
      deltaPercent: result.deltaPmaxPercent[0] ?? null,
      limitDeltaPercent: result.limitDeltaPercent,
      formula: condition?.formula ?? null,
      clause: result.clause,
    }
  },
}
