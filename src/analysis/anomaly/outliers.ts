import { mean, median, medianAbsoluteDeviation, quantiles, standardDeviation } from '../statistics/descriptive.ts'
import { tQuantile } from '../statistics/distributions.ts'
import { badInput, missing, requireAllFinite, requirePositive, requireSquarable } from '../statistics/quantity.ts'
import type { Method, Quantity } from '../statistics/quantity.ts'

/** Values that don't belong to the others. A finding is a reason to look, never to delete. */
export const robustZMethod: Method = { id: 'anomaly/robustZ', version: '1.0.0' }
export const hampelMethod: Method = { id: 'anomaly/hampel', version: '1.0.0' }
export const grubbsMethod: Method = { id: 'anomaly/grubbs', version: '1.0.0' }
export const tukeyMethod: Method = { id: 'anomaly/tukey', version: '1.0.0' }

export interface OutlierResult {
  readonly method: Method
  /** Indices of the values found, in order. */
  readonly outliers: readonly number[]
  /** Score of each value in the method's own units; null where the data have no spread to score against. */
  readonly scores: readonly (number | null)[]
  readonly threshold: number
  /** Why no score could be given; null when all have one. */
  readonly reason: string | null
}

const noSpread = 'more than half of the values are the same: the MAD is 0'

/** 0.6745·(x − median)/MAD; a value equal to the median scores 0 even without spread. */
const robustScore = (value: number, center: number, mad: number): number | null => {
  if (mad > 0) return Math.max(-1e300, Math.min(1e300, 0.6745 * ((value - center) / mad)))
  return value === center ? 0 : null
}

/**
 * Robust z of Iglewicz and Hoaglin: outliers have |0.6745·(x − median)/MAD| strictly above the threshold.
 * Where the MAD is 0, values unlike the median are reported as outliers without a score.
 * @param threshold 3.5 unless stated
 * @see NIST/SEMATECH e-Handbook 1.3.5.17
 */
export const robustZ = (values: readonly number[], threshold = 3.5): OutlierResult => {
  requirePositive(threshold, 'threshold')
  const center = median(values)
  const mad = medianAbsoluteDeviation(values)
  const scores = values.map((value) => robustScore(value, center, mad))
  const outliers = scores.flatMap((z, i) => (z === null || Math.abs(z) > threshold ? [i] : []))
  return { method: robustZMethod, outliers, scores, threshold, reason: scores.includes(null) ? noSpread : null }
}

/**
 * Tukey's fences: outside Q1 − k·IQR … Q3 + k·IQR (quartiles of type 7). The score is the distance from the nearer
 * quartile in IQR.
 * @param k 1.5 unless stated
 */
export const tukeyFences = (values: readonly number[], k = 1.5): OutlierResult => {
  requirePositive(k, 'k')
  const [q1, q3] = quantiles(values, [0.25, 0.75]) as [number, number]
  // Halves, because the difference of two finite numbers can be infinite.
  const range = q3 / 2 - q1 / 2
  const scores = values.map((value) => {
    const distance = Math.max(q1 / 2 - value / 2, value / 2 - q3 / 2, 0)
    if (distance === 0) return 0
    return range > 0 ? Math.min(1e300, distance / range) : null
  })
  const outliers = scores.flatMap((score, i) => (score === null || score > k ? [i] : []))
  const reason = scores.includes(null) ? 'the quartiles are the same: the interquartile range is 0' : null
  return { method: tukeyMethod, outliers, scores, threshold: k, reason }
}

/**
 * Hampel's filter: robust z of each value within its window of ± halfWidth neighbours (shorter at the ends).
 * @param options.halfWidth at least 1, 3 unless stated; threshold 3 unless stated, in 1.4826·MAD
 */
export const hampel = (
  values: readonly number[],
  options: { readonly halfWidth?: number; readonly threshold?: number } = {},
): OutlierResult => {
  requireAllFinite(values, 'values')
  const halfWidth = options.halfWidth ?? 3
  if (!(Number.isInteger(halfWidth) && halfWidth >= 1)) throw badInput('half width', `${halfWidth} is not at least 1`)
  const threshold = requirePositive(options.threshold ?? 3, 'threshold')
  const scores = values.map((value, i) => {
    const window = values.slice(Math.max(0, i - halfWidth), i + halfWidth + 1)
    return robustScore(value, median(window), medianAbsoluteDeviation(window))
  })
  const outliers = scores.flatMap((z, i) => (z === null || Math.abs(z) > threshold ? [i] : []))
  const reason = scores.includes(null) ? 'a window has no spread: its MAD is 0' : null
  return { method: hampelMethod, outliers, scores, threshold, reason }
}

export interface GrubbsResult {
  readonly method: Method
  /** G = max |x − x̄|/s. */
  readonly G: Quantity
  readonly critical: Quantity
  /** The value that is furthest out, when G is strictly above the critical value; otherwise null. */
  readonly outlierIndex: number | null
}

/**
 * Grubbs' two-sided test for one outlier in a normal sample.
 * @param values at least three
 * @param level of significance, 0.05 unless stated
 * @see NIST/SEMATECH e-Handbook 1.3.5.17.1; Grubbs 1969
 */
export const grubbs = (values: readonly number[], level = 0.05): GrubbsResult => {
  const count = values.length
  if (count < 3) throw badInput('Grubbs', `${count} values, at least 3 are needed`)
  if (!(level > 0 && level < 1)) throw badInput('level', `${level} is not between 0 and 1`)
  requireSquarable(values, 'values')
  const center = mean(values)
  const s = standardDeviation(values)
  const dof = count - 2
  const t = tQuantile(1 - level / (2 * count), dof)
  const critical = ((count - 1) / Math.sqrt(count)) * Math.sqrt((t * t) / (dof + t * t))
  if (s.value === null || s.value === 0) {
    const none = missing(s.value === null ? s.reason : 'all values are the same')
    return { method: grubbsMethod, G: none, critical: { value: critical }, outlierIndex: null }
  }
  let furthest = 0
  values.forEach((value, i) => {
    if (Math.abs(value - center) > Math.abs(values[furthest]! - center)) furthest = i
  })
  const G = Math.abs(values[furthest]! - center) / s.value
  return {
    method: grubbsMethod,
    G: { value: G },
    critical: { value: critical },
    outlierIndex: G > critical ? furthest : null,
  }
}
