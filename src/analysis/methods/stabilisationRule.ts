import { z } from 'zod'
import type { AnalysisMethod } from '../../contract/method.ts'
import { stabilisation } from '../stress/stabilisation.ts'
import { readInputs } from './inputs.ts'

const value = z.number().nullable()
const inputs = z.object({
  /** Powers (W) in their order; null where one wasn't measured (yet). */
  powersW: z.array(value),
  /** Doses since the start of the exposure (kWh/m²), one for each power. */
  dosesKWhPerM2: z.array(value),
  limit: z.number().positive(),
  intervalDoseKWhPerM2: z.number().positive(),
})

/** The rule of light stabilisation on the last three powers (IEC 61215-2:2021, MQT 19). */
export const stabilisationRule: AnalysisMethod = {
  id: 'iec61215.stabilisation',
  version: '1.0.0',
  run: (given) => {
    const read = readInputs('iec61215.stabilisation', inputs, given)
    const points = read.powersW.flatMap((pmaxW, i) => {
      const doseKWhPerM2 = read.dosesKWhPerM2[i] ?? null
      return pmaxW === null || doseKWhPerM2 === null ? [] : [{ pmaxW, doseKWhPerM2 }]
    })
    const result = stabilisation(points, read)
    return {
      stabilised: result.stabilised === true,
      spreadPercent: result.spread.value === null ? null : result.spread.value * 100,
      limitPercent: read.limit * 100,
      changePercent: result.changePercent.value,
      intervals: Math.max(0, points.length - 1),
      reason: result.reason,
    }
  },
}
