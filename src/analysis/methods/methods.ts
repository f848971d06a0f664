import type { AnalysisMethod } from '../../contract/method.ts'
import { gate1Label } from './gate1Label.ts'
import { ivConditions } from './ivConditions.ts'
import { ivEvaluate } from './ivEvaluate.ts'
import { ivSummary } from './ivSummary.ts'
import { pmaxUncertainty } from './pmaxUncertainty.ts'
import { stcProcedure1 } from './stcProcedure1.ts'

/** Every method that a template's compute step may name. */
export const analysisMethods: ReadonlyMap<string, AnalysisMethod> = new Map(
  [ivEvaluate, ivConditions, stcProcedure1, ivSummary, pmaxUncertainty, gate1Label].map((method) => [
    method.id,
    method,
  ]),
)
