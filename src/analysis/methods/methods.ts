import type { AnalysisMethod } from '../../contract/method.ts'
import { exposureSummary } from './exposureSummary.ts'
import { gate1Label } from './gate1Label.ts'
import { gate2Power } from './gate2Power.ts'
import { ivConditions } from './ivConditions.ts'
import { ivEvaluate } from './ivEvaluate.ts'
import { ivSummary } from './ivSummary.ts'
import { pmaxUncertainty } from './pmaxUncertainty.ts'
import { stabilisationRule } from './stabilisationRule.ts'
import { stcProcedure1 } from './stcProcedure1.ts'
import { temperatureCycle } from './temperatureCycle.ts'
import { valuesSummary } from './valuesSummary.ts'

/** Every method that a template's compute step may name. */
export const analysisMethods: ReadonlyMap<string, AnalysisMethod> = new Map(
  [
    ...[ivEvaluate, ivConditions, stcProcedure1, ivSummary, pmaxUncertainty, gate1Label],
    ...[gate2Power, exposureSummary, temperatureCycle, stabilisationRule, valuesSummary],
  ].map((method) => [method.id, method]),
)
