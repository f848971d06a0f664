import type { CriterionResult, Verdict } from '../../contract/run.ts'
import type { Criterion, Template, ValueRef } from '../../contract/template.ts'
import { resolveValue, type ValueSources } from './values.ts'

type Judged = Pick<CriterionResult, 'outcome' | 'reason'>

/** A limit that is asked for but not there makes the criterion not measured; it is never passed over. */
function judge(
  value: unknown,
  limits: { minimum: unknown; maximum: unknown; asked: ('minimum' | 'maximum')[] },
): Judged {
  if (value === null) return { outcome: 'notMeasured', reason: 'there is no value' }
  if (typeof value !== 'number' || !Number.isFinite(value))
    return { outcome: 'error', reason: 'the value is not a number' }
  const { minimum, maximum } = limits
  // What misses one limit misses it, whatever is known of the other.
  if (typeof minimum === 'number' && value < minimum) return { outcome: 'fail', reason: 'below the minimum' }
  if (typeof maximum === 'number' && value > maximum) return { outcome: 'fail', reason: 'above the maximum' }
  for (const side of limits.asked) {
    if (limits[side] === null) return { outcome: 'notMeasured', reason: `there is no ${side} to compare with` }
    if (typeof limits[side] !== 'number') return { outcome: 'error', reason: `the ${side} is not a number` }
  }
  return { outcome: 'pass', reason: null }
}

const orNull = (ref: ValueRef | undefined, sources: ValueSources): unknown =>
  ref === undefined ? null : resolveValue(ref, sources)

const asNumber = (value: unknown): number | null => (typeof value === 'number' && Number.isFinite(value) ? value : null)

function evaluateCriterion(criterion: Criterion, sources: ValueSources): CriterionResult {
  const value = resolveValue(criterion.value, sources)
  const minimum = orNull(criterion.minimum, sources)
  const maximum = orNull(criterion.maximum, sources)
  const asked = (['minimum', 'maximum'] as const).filter((side) => criterion[side] !== undefined)
  return {
    id: criterion.id,
    title: criterion.title,
    kind: criterion.kind,
    value: asNumber(value),
    unit: criterion.unit,
    decimals: criterion.decimals,
    minimum: asNumber(minimum),
    maximum: asNumber(maximum),
    clause: criterion.clause,
    mark: criterion.mark,
    ...judge(value, { minimum, maximum, asked }),
  }
}

export const evaluateCriteria = (template: Template, sources: ValueSources): CriterionResult[] =>
  template.criteria.map((criterion) => evaluateCriterion(criterion, sources))

export interface Decision {
  verdict: Verdict
  reasons: string[]
}

const say = (criterion: CriterionResult): string => {
  const printed = (value: number | null) =>
    value === null ? '–' : `${value.toFixed(criterion.decimals)} ${criterion.unit}`.trim()
  const limits = [
    criterion.minimum === null ? null : `at least ${printed(criterion.minimum)}`,
    criterion.maximum === null ? null : `at most ${printed(criterion.maximum)}`,
  ].filter((each) => each !== null)
  return `${criterion.title}: ${printed(criterion.value)}${limits.length ? ` (${limits.join(', ')})` : ''}, ${criterion.reason ?? criterion.outcome}`
}

/**
 * The verdict on the module. A measurement that isn't valid says nothing about the module, so it is never a fail:
 * error before inconclusive before fail. Without any acceptance criterion measured nothing was judged.
 */
export function decide(criteria: readonly CriterionResult[]): Decision {
  const reasons = criteria.filter((each) => each.outcome !== 'pass').map(say)
  const acceptance = criteria.filter((each) => each.kind === 'acceptance')
  const validity = criteria.filter((each) => each.kind === 'validity')
  const has = (some: readonly CriterionResult[], outcome: CriterionResult['outcome']) =>
    some.some((each) => each.outcome === outcome)
  if (has(criteria, 'error')) return { verdict: 'error', reasons }
  if (validity.some((each) => each.outcome !== 'pass')) return { verdict: 'inconclusive', reasons }
  if (has(acceptance, 'fail')) return { verdict: 'fail', reasons }
  if (acceptance.length === 0 || acceptance.every((each) => each.outcome === 'notMeasured'))
    return { verdict: 'notMeasured', reasons }
  if (has(acceptance, 'notMeasured')) return { verdict: 'inconclusive', reasons }
  return { verdict: 'pass', reasons }
}

const severity: readonly Verdict[] = ['error', 'fail', 'inconclusive', 'notMeasured', 'marginal', 'pass']

/** Of several modules the one that weighs most: a module that failed is not hidden by one that wasn't measured. */
export const worstVerdict = (verdicts: readonly Verdict[]): Verdict =>
  severity.find((each) => verdicts.includes(each)) ?? 'notMeasured'
