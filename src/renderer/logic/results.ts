import {
  correctedCurvesSchema,
  evaluatedCurvesSchema,
  uncertaintyBudgetSchema,
  type CorrectedCurves,
  type EvaluatedCurves,
  type UncertaintyBudgetResult,
} from '../../contract/results.ts'
import type { Computed } from '../../contract/run.ts'

export interface KnownResults {
  evaluated: EvaluatedCurves | null
  corrected: CorrectedCurves | null
  budget: UncertaintyBudgetResult | null
}

/** Those results of a run that have a shape which this window can draw; the first of each shape. */
export function knownResults(results: readonly Computed[]): KnownResults {
  const known: KnownResults = { evaluated: null, corrected: null, budget: null }
  for (const { value } of results) {
    const corrected = correctedCurvesSchema.safeParse(value)
    const budget = uncertaintyBudgetSchema.safeParse(value)
    const evaluated = evaluatedCurvesSchema.safeParse(value)
    if (corrected.success) known.corrected ??= corrected.data
    else if (budget.success) known.budget ??= budget.data
    else if (evaluated.success) known.evaluated ??= evaluated.data
  }
  return known
}
