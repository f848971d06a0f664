import { evaluateBudget, type Budget } from '../analysis/uncertainty/budget.ts'
import { monteCarloBudget } from '../analysis/uncertainty/monteCarlo.ts'
import { parseBudget } from '../analysis/uncertainty/parseBudget.ts'
import { parseJson } from './jsonFile.ts'

/**
 * Evaluates a GUM budget from its JSON file, as `pvtp uncertainty` prints it; where asked also by Monte Carlo (JCGM 101)
 * at the budget's level of confidence: 95 % unless its coverage states another.
 *
 * @param monteCarlo trials from 1000 to 10,000,000; null leaves it out
 * @throws StationError usage.invalidInput for what is no JSON, analysis.badInput naming the field that is wrong
 */
export function budgetFile(text: string, fileName: string, monteCarlo: { trials: number; seed: number } | null) {
  const budget = parseBudget(parseJson(text, fileName))
  return {
    ...evaluateBudget(budget),
    monteCarlo: monteCarlo === null ? null : monteCarloBudget(budget, { ...monteCarlo, level: levelOf(budget) }),
  }
}

const levelOf = ({ coverage }: Budget): number => (coverage?.kind === 't' ? coverage.level : 0.95)
