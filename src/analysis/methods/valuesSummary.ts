import { z } from 'zod'
import type { AnalysisMethod } from '../../contract/method.ts'
import { describeValues, mean, standardDeviation } from '../statistics/descriptive.ts'
import { readInputs } from './inputs.ts'

const inputs = z.object({ values: z.array(z.number()).min(1) })

/** Mean, extremes and standard deviation of measured values, in their unit; the deviation is null of a single one. */
export const valuesSummary: AnalysisMethod = {
  id: 'statistics.summary',
  version: '1.0.0',
  run: (given) => {
    const { values } = readInputs('statistics.summary', inputs, given)
    const described = describeValues(values)
    return {
      count: described.count,
      mean: mean(values),
      minimum: Math.min(...values),
      maximum: Math.max(...values),
      standardDeviation: standardDeviation(values).value ?? null,
    }
  },
}
