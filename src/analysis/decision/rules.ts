import { normalProbability } from '../statistics/distributions.ts'
import { badInput, requireFinite, requireNotNegative, requirePositive } from '../statistics/quantity.ts'
import type { Method } from '../statistics/quantity.ts'

/**
 * Decision rules of ILAC-G8:09/2019 and JCGM 106:2012 for one measured value against tolerance limits.
 *
 * ISO/IEC 17025:2017, 7.8.6 wants the rule and who chose it in the report. Gate No. 1 and Gate No. 2 of IEC 61215-1
 * already contain m1 and r: judge them by `decision/gates.ts`, never by a guarded rule as well.
 */
export const decisionMethod: Method = { id: 'ilac-g8:2019/decision', version: '1.0.0' }

export type DecisionRule =
  /** Accept up to the tolerance limit (w = 0): specific risk up to 50 %. ILAC-G8 4.2.1. */
  | { readonly kind: 'simple' }
  /**
   * Accept up to the limit less w = guardFactor·U; the factor is 1 unless stated. ILAC-G8 4.2.2. A negative factor
   * widens the acceptance (guarded rejection, “uncritical” in ILAC-G8's table 1).
   */
  | { readonly kind: 'guarded'; readonly guardFactor?: number }
  /** Pass, conditional pass, conditional fail, fail with w = guardFactor·U on both sides. ILAC-G8 4.2.3. */
  | { readonly kind: 'nonBinary'; readonly guardFactor?: number }

export type DecisionOutcome = 'pass' | 'conditionalPass' | 'conditionalFail' | 'fail' | 'notMeasured'

/** At least one limit; lower < upper when there are two. The limits themselves belong to the tolerance interval. */
export interface ToleranceLimits {
  readonly lower: number | null
  readonly upper: number | null
}

export interface DecisionInput {
  /** The measured value, in the unit of the limits; null with a reason when it is missing. */
  readonly measured: number | { readonly value: null; readonly reason: string }
  /** U, at least 0, in the same unit. */
  readonly expandedUncertainty: number
  /** k of that U, above 0; 2 unless stated. */
  readonly coverageFactor?: number
  readonly limits: ToleranceLimits
  readonly rule: DecisionRule
}

export interface Decision {
  readonly method: Method
  readonly outcome: DecisionOutcome
  readonly reason: string | null
  /** w, in the unit of the limits. */
  readonly guardBand: number
  readonly acceptanceLimits: ToleranceLimits
  /** Distance to the nearest tolerance limit, positive inside. */
  readonly margin: number | null
  /**
   * Probability that the true value is within the tolerance, Φ((TU−y)/u) − Φ((TL−y)/u): normal distribution about the
   * measured value and no other prior knowledge (JCGM 106, 7.2 to 7.4).
   */
  readonly conformanceProbability: number | null
  /** Specific risk that this item is accepted although it doesn't conform; null unless it was (conditionally) accepted. */
  readonly falseAcceptProbability: number | null
  /** Specific risk that this item is rejected although it conforms; null unless it was (conditionally) rejected. */
  readonly falseRejectProbability: number | null
  readonly ruleText: string
}

/** Names for w = guardFactor·U with U at k = 2. Sources: ILAC-G8:09/2019 table 1; ISO 14253-1:2017. */
export const guardFactors = {
  /** Specific false acceptance ≤ 2.5 % (Φ(−2) = 2.3 %). */
  expandedUncertainty: 1,
  /** Specific false acceptance ≤ 5 %: 1.645/2 (ISO 14253-1 rounds to 0.83). */
  fivePercent: 0.8224,
  /** Simple acceptance. */
  none: 0,
} as const

const checkedLimits = ({ lower, upper }: ToleranceLimits): void => {
  if (lower === null && upper === null)
    throw badInput('tolerance limits', 'neither a lower nor an upper limit is given')
  if (lower !== null) requireFinite(lower, 'lower tolerance limit')
  if (upper !== null) requireFinite(upper, 'upper tolerance limit')
  if (lower !== null && upper !== null && !(lower < upper)) {
    throw badInput('tolerance limits', `lower ${lower} is not below upper ${upper}`)
  }
}

/** Distance to the nearest limit, positive inside. */
export const marginTo = (y: number, { lower, upper }: ToleranceLimits): number =>
  Math.min(lower === null ? Infinity : y - lower, upper === null ? Infinity : upper - y)

/** With u = 0 the value itself decides; a limit belongs to the tolerance interval. */
const isWithin = (y: number, limits: ToleranceLimits): number => (marginTo(y, limits) >= 0 ? 1 : 0)

/**
 * Probability that a true value with mean y and standard uncertainty u lies within the limits.
 * @param standardUncertainty at least 0
 * @returns 0…1
 * @see JCGM 106:2012, 7.2.2 (one-sided), 7.4 (two-sided)
 */
export const conformanceProbability = (y: number, standardUncertainty: number, limits: ToleranceLimits): number => {
  checkedLimits(limits)
  requireFinite(y, 'measured value')
  if (requireNotNegative(standardUncertainty, 'standard uncertainty') === 0) return isWithin(y, limits)
  const above = limits.upper === null ? 0 : normalProbability((y - limits.upper) / standardUncertainty)
  const below = limits.lower === null ? 0 : normalProbability((limits.lower - y) / standardUncertainty)
  return Math.max(0, 1 - above - below)
}

/** The guard band w in the unit of U. */
const guardBandOf = (rule: DecisionRule, expandedUncertainty: number): number => {
  if (rule.kind === 'simple') return 0
  const factor = requireFinite(rule.guardFactor ?? guardFactors.expandedUncertainty, 'guard factor')
  if (rule.kind === 'nonBinary') requireNotNegative(factor, 'guard factor of the non-binary rule')
  return factor * expandedUncertainty
}

const textOf = (rule: DecisionRule): string => {
  if (rule.kind === 'simple') return 'simple acceptance, w = 0 (ILAC-G8:09/2019, 4.2.1)'
  const w = `w = ${rule.guardFactor ?? 1}·U`
  if (rule.kind === 'guarded') return `guarded acceptance, ${w} (ILAC-G8:09/2019, 4.2.2)`
  return `non-binary with guard band, ${w} (ILAC-G8:09/2019, 4.2.3)`
}

/** @param margin to the tolerance limit, positive inside; a value on a limit counts as inside that limit */
const outcomeOf = (margin: number, guardBand: number, rule: DecisionRule): DecisionOutcome => {
  const rounding = 1e-12 * Math.max(Math.abs(margin), Math.abs(guardBand))
  if (margin >= guardBand - rounding) return 'pass'
  if (rule.kind !== 'nonBinary') return 'fail'
  if (margin >= 0) return 'conditionalPass'
  return margin >= -guardBand - rounding ? 'conditionalFail' : 'fail'
}

/**
 * Judges a measured value by the chosen rule.
 * @throws StationError analysis.badInput for numbers that aren't finite, U < 0, k ≤ 0, a negative guard factor, or
 *   limits that are missing or crossed
 * @see ILAC-G8:09/2019, 4.2; JCGM 106:2012, 7 and 8
 */
export const decide = (input: DecisionInput): Decision => {
  checkedLimits(input.limits)
  const expanded = requireNotNegative(input.expandedUncertainty, 'expanded uncertainty')
  const u = expanded / requirePositive(input.coverageFactor ?? 2, 'coverage factor')
  const guardBand = guardBandOf(input.rule, expanded)
  const { lower, upper } = input.limits
  const acceptanceLimits = {
    lower: lower === null ? null : lower + guardBand,
    upper: upper === null ? null : upper - guardBand,
  }
  const common = { method: decisionMethod, guardBand, acceptanceLimits, ruleText: textOf(input.rule) }
  if (typeof input.measured !== 'number') {
    const none = {
      margin: null,
      conformanceProbability: null,
      falseAcceptProbability: null,
      falseRejectProbability: null,
    }
    return { ...common, ...none, outcome: 'notMeasured', reason: input.measured.reason }
  }
  const margin = requireFinite(marginTo(requireFinite(input.measured, 'measured value'), input.limits), 'margin')
  const outcome = outcomeOf(margin, guardBand, input.rule)
  const probability = conformanceProbability(input.measured, u, input.limits)
  const accepted = outcome === 'pass' || outcome === 'conditionalPass'
  const empty = lower !== null && upper !== null && 2 * guardBand > upper - lower
  return {
    ...common,
    outcome,
    reason: empty ? 'the guard bands are wider than the tolerance: nothing can be accepted' : null,
    margin,
    conformanceProbability: probability,
    falseAcceptProbability: accepted ? 1 - probability : null,
    falseRejectProbability: accepted ? null : probability,
  }
}
