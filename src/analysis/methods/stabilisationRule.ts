import { z } from 'zod'
import type { AnalysisMethod } from '../../contract/method.ts'
import { stabilisation } from '../stress/stabilisation.ts'
import { readInputs } from './inputs.ts'

const value = z.number().nullable()
const most = 8

/** `power0W` before the light; `power1W`, `dose1` (kWh/m² since the start) after the first interval, and so on. */
const inputs = z.looseObject({
  limit: z.number().positive(),
  intervalDoseKWhPerM2: z.number().positive(),
  power0W: value,
})

/** The rule of light stabilisation on the last three powers (IEC 61215-2:2021, MQT 19). What wasn't measured (yet) is left out. */
export const stabilisationRule: AnalysisMethod = {
  id: 'iec61215.stabilisation',
  version: '1.0.0',
  run: (given) => {
    const read = readInputs('iec61215.stabilisation', inputs, given)
    const numberOf = (name: string): number | null => readInputs('iec61215.stabilisation', value, read[name] ?? null)
    const points = Array.from({ length: most }, (_each, i) => ({
      pmaxW: numberOf(`power${i}W`),
      doseKWhPerM2: i === 0 ? 0 : numberOf(`dose${i}`),
    })).flatMap(({ pmaxW, doseKWhPerM2 }) => (pmaxW === null || doseKWhPerM2 === null ? [] : [{ pmaxW, doseKWhPerM2 }]))
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
