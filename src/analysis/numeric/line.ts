import { assert } from '../../base/assert.ts'

export interface LineFit {
  readonly intercept: number
  readonly slope: number
  /** Standard errors from the residuals; null with fewer than three points. */
  readonly interceptError: number | null
  readonly slopeError: number | null
  /** Covariance of intercept and slope; null with fewer than three points. */
  readonly covariance: number | null
  /** Standard deviation of the residuals with n − 2 degrees of freedom; null with fewer than three points. */
  readonly residualDeviation: number | null
  readonly largestResidual: number
  /** Coefficient of determination; null when y does not vary. */
  readonly rSquared: number | null
  readonly count: number
}

/**
 * Straight line y = intercept + slope · x by (weighted) ordinary least squares, computed about the mean.
 *
 * @param x n values with a spread
 * @param y n values
 * @param weights n non-negative weights; all one when left out
 * @returns null below two points or when x has no spread beyond rounding
 */
export const fitLine = (x: readonly number[], y: readonly number[], weights?: readonly number[]): LineFit | null => {
  assert(x.length === y.length, 'fitLine: x and y must pair up')
  const sums = centredSums(x, y, weights)
  if (sums === null) return null
  const { meanX, meanY, xx, xy, yy, total } = sums
  const slope = xy / xx
  const intercept = meanY - slope * meanX
  if (!Number.isFinite(slope) || !Number.isFinite(intercept)) return null
  let squares = 0
  let largestResidual = 0
  for (let i = 0; i < x.length; i++) {
    const residual = y[i]! - intercept - slope * x[i]!
    squares += (weights?.[i] ?? 1) * residual ** 2
    largestResidual = Math.max(largestResidual, Math.abs(residual))
  }
  const variance = x.length > 2 ? squares / (x.length - 2) : null
  return {
    intercept,
    slope,
    interceptError: variance === null ? null : Math.sqrt(variance * (1 / total + meanX ** 2 / xx)),
    slopeError: variance === null ? null : Math.sqrt(variance / xx),
    covariance: variance === null ? null : (-variance * meanX) / xx,
    residualDeviation: variance === null ? null : Math.sqrt(variance),
    largestResidual,
    rSquared: yy > 0 ? 1 - squares / yy : null,
    count: x.length,
  }
}

interface CentredSums {
  meanX: number
  meanY: number
  xx: number
  xy: number
  yy: number
  total: number
}

const centredSums = (
  x: readonly number[],
  y: readonly number[],
  weights: readonly number[] | undefined,
): CentredSums | null => {
  if (x.length < 2) return null
  const weight = (i: number): number => weights?.[i] ?? 1
  let [total, sumX, sumY] = [0, 0, 0]
  for (let i = 0; i < x.length; i++) {
    total += weight(i)
    sumX += weight(i) * x[i]!
    sumY += weight(i) * y[i]!
  }
  const [meanX, meanY] = [sumX / total, sumY / total]
  let [xx, xy, yy, largest] = [0, 0, 0, 0]
  for (let i = 0; i < x.length; i++) {
    const [dx, dy] = [x[i]! - meanX, y[i]! - meanY]
    xx += weight(i) * dx * dx
    xy += weight(i) * dx * dy
    yy += weight(i) * dy * dy
    largest = Math.max(largest, Math.abs(x[i]!))
  }
  // A spread at the level of rounding carries no slope.
  if (!(xx > total * (1e-13 * largest) ** 2) || !Number.isFinite(xx)) return null
  return { meanX, meanY, xx, xy, yy, total }
}

/** Value and standard error of a fitted line at x (GUM 5.2 with the covariance). */
export const lineAt = (fit: LineFit, x: number): { value: number; error: number | null } => {
  const value = fit.intercept + fit.slope * x
  if (fit.interceptError === null || fit.slopeError === null || fit.covariance === null) return { value, error: null }
  const variance = fit.interceptError ** 2 + 2 * x * fit.covariance + (x * fit.slopeError) ** 2
  return { value, error: Math.sqrt(Math.max(0, variance)) }
}
