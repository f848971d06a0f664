import { describeValues } from './descriptive.ts'
import type { Description } from './descriptive.ts'
import { tTwoSided } from './distributions.ts'
import { badInput, missing, quantity, requireFinite } from './quantity.ts'
import type { Method, Quantity } from './quantity.ts'

/** Summary of a sample, and Welch's comparison of two. */
export const statisticalMethod: Method = { id: 'statistics/describe', version: '1.0.0' }
export const welchMethod: Method = { id: 'statistics/welchT', version: '1.0.0' }

export interface StatisticalSummary extends Description {
  readonly method: Method
  /** 100·s/|mean|. */
  readonly relativeStandardDeviationPercent: Quantity
  /** Values that were null and left out. */
  readonly missingCount: number
}

/**
 * Describes a sample; nulls are counted and left out.
 * @throws StationError analysis.badInput when no value is left or one isn't finite
 */
export const statisticalAnalysis = (values: ArrayLike<number | null>): StatisticalSummary => {
  const known = new Float64Array(values.length)
  let count = 0
  for (let i = 0; i < values.length; i++) {
    const value = values[i] ?? null
    if (value !== null) known[count++] = value
  }
  const description = describeValues(known.subarray(0, count))
  const s = description.standardDeviation
  return {
    ...description,
    method: statisticalMethod,
    relativeStandardDeviationPercent:
      s.value === null ? s : quantity((100 * s.value) / Math.abs(description.mean), 'the mean is 0'),
    missingCount: values.length - count,
  }
}

export interface MeanComparison {
  readonly method: Method
  /** mean(b) − mean(a). */
  readonly difference: number
  readonly t: Quantity
  readonly degreesOfFreedom: Quantity
  /** Two-sided. */
  readonly pValue: Quantity
}

/**
 * Welch's t-test for two means with unequal variances.
 * @param a at least two values
 * @param b at least two values
 * @see NIST/SEMATECH e-Handbook 1.3.5.3
 */
export const compareMeans = (a: ArrayLike<number>, b: ArrayLike<number>): MeanComparison => {
  if (a.length < 2 || b.length < 2) throw badInput('comparison of means', 'each sample needs at least two values')
  const [first, second] = [describeValues(a), describeValues(b)]
  const difference = requireFinite(second.mean - first.mean, 'difference')
  const variances = [first, second].map((one) => (one.standardDeviation.value ?? Infinity) ** 2 / one.count)
  const total = variances[0]! + variances[1]!
  if (!(total > 0 && Number.isFinite(total * total))) {
    const none = missing(total > 0 ? 'beyond the range of a double' : 'neither sample varies')
    return { method: welchMethod, difference, t: none, degreesOfFreedom: none, pValue: none }
  }
  // Shares of the total keep the squares in range.
  const [p, q] = [variances[0]! / total, variances[1]! / total]
  const dof = 1 / ((p * p) / (first.count - 1) + (q * q) / (second.count - 1))
  const t = difference / Math.sqrt(total)
  return {
    method: welchMethod,
    difference,
    t: quantity(t, 'beyond the range of a double'),
    degreesOfFreedom: { value: dof },
    pValue: { value: Number.isFinite(t) ? tTwoSided(t, dof) : 0 },
  }
}
