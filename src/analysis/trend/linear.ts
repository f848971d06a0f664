import { tQuantile, tTwoSided } from '../statistics/distributions.ts'
import { badInput, missing, quantity, requireAllFinite } from '../statistics/quantity.ts'
import type { Method, Quantity } from '../statistics/quantity.ts'

/** A straight line by ordinary least squares, with the t-test of its slope. */
export const linearTrendMethod: Method = { id: 'trend/ols', version: '1.0.0' }

export interface LinearTrend {
  readonly method: Method
  readonly count: number
  readonly slope: number
  /** y at x = 0 of the given x. */
  readonly intercept: number
  /** Standard deviation of the residuals with n − 2; null with two points. */
  readonly residualStandardDeviation: Quantity
  readonly slopeUncertainty: Quantity
  readonly interceptUncertainty: Quantity
  /** Correlation of slope and intercept (JCGM 100, H.3). */
  readonly slopeInterceptCorrelation: Quantity
  readonly rSquared: Quantity
  readonly largestResidual: number
  /** Two-sided p-value of slope = 0; null when the residuals leave no spread to test against. */
  readonly pValue: Quantity
  readonly slopeInterval95: readonly [number, number] | null
  readonly degreesOfFreedom: number
  readonly meanX: number
  /** Σ(x − x̄)². */
  readonly spreadX: number
}

const checkPairs = (x: ArrayLike<number>, y: ArrayLike<number>, least: number): void => {
  if (x.length !== y.length) throw badInput('trend', `${x.length} x and ${y.length} y values don’t pair up`)
  if (x.length < least) throw badInput('trend', `${x.length} points, at least ${least} are needed`)
  requireAllFinite(x, 'x')
  requireAllFinite(y, 'y')
}

/** Means by running update: no sum that could overflow. */
const runningMean = (values: ArrayLike<number>): number => {
  let mean = 0
  for (let i = 0; i < values.length; i++) mean += values[i]! / (i + 1) - mean / (i + 1)
  return mean
}

interface Sums {
  readonly meanX: number
  readonly meanY: number
  readonly xx: number
  readonly xy: number
  readonly yy: number
}

const sumsOf = (x: ArrayLike<number>, y: ArrayLike<number>): Sums => {
  const [meanX, meanY] = [runningMean(x), runningMean(y)]
  let [xx, xy, yy] = [0, 0, 0]
  for (let i = 0; i < x.length; i++) {
    const [dx, dy] = [x[i]! - meanX, y[i]! - meanY]
    xx += dx * dx
    xy += dx * dy
    yy += dy * dy
  }
  return { meanX, meanY, xx, xy, yy }
}

const residualsOf = (x: ArrayLike<number>, y: ArrayLike<number>, line: Sums & { slope: number }) => {
  let squares = 0
  let largest = 0
  for (let i = 0; i < x.length; i++) {
    const residual = y[i]! - line.meanY - line.slope * (x[i]! - line.meanX)
    squares += residual * residual
    largest = Math.max(largest, Math.abs(residual))
  }
  return { squares, largest }
}

/**
 * Fits y = intercept + slope·x.
 * @param x not all the same; at least two points
 * @throws StationError analysis.badInput for unequal lengths, too few points, numbers that aren't finite, an x without
 *   spread, or numbers so large that their squares leave the range of a double
 * @see JCGM 100:2008, H.3, equations (H.13)
 */
export const linearTrend = (x: ArrayLike<number>, y: ArrayLike<number>): LinearTrend => {
  checkPairs(x, y, 2)
  const count = x.length
  const sums = sumsOf(x, y)
  if (!(sums.xx > 0)) throw badInput('trend', 'all x are the same')
  if (!(Number.isFinite(sums.xx) && Number.isFinite(sums.yy))) throw badInput('trend', 'the numbers are too large')
  const slope = sums.xy / sums.xx
  const intercept = sums.meanY - slope * sums.meanX
  requireAllFinite([slope, intercept], 'line')
  const { squares, largest } = residualsOf(x, y, { ...sums, slope })
  const dof = count - 2
  const s = dof > 0 ? Math.sqrt(squares / dof) : null
  const none = 'two points leave no residuals'
  const slopeU = s === null ? null : s / Math.sqrt(sums.xx)
  const rootMeanSquareX = Math.hypot(Math.sqrt(sums.xx / count), sums.meanX)
  return {
    method: linearTrendMethod,
    count,
    slope,
    intercept,
    residualStandardDeviation: quantity(s, none),
    slopeUncertainty: quantity(slopeU, none),
    interceptUncertainty: quantity(slopeU === null ? null : slopeU * rootMeanSquareX, none),
    slopeInterceptCorrelation: quantity(-sums.meanX / rootMeanSquareX, 'not defined for these x'),
    rSquared: sums.yy > 0 ? quantity(Math.max(0, 1 - squares / sums.yy), 'too large') : missing('y does not vary'),
    largestResidual: largest,
    pValue: slopeTest(slope, slopeU, dof),
    slopeInterval95: intervalOf(slope, slopeU, dof),
    degreesOfFreedom: dof,
    meanX: sums.meanX,
    spreadX: sums.xx,
  }
}

const slopeTest = (slope: number, u: number | null, dof: number): Quantity => {
  if (u === null) return missing('two points leave no residuals')
  if (u === 0) return slope === 0 ? { value: 1 } : { value: 0 }
  const t = slope / u
  return { value: Number.isFinite(t) ? tTwoSided(t, dof) : 0 }
}

const intervalOf = (slope: number, u: number | null, dof: number): readonly [number, number] | null => {
  if (u === null) return null
  const half = tQuantile(0.975, dof) * u
  return Number.isFinite(half) ? [slope - half, slope + half] : null
}

/**
 * The line's value at x with the standard uncertainty of the line there (not of a single new point).
 * @see JCGM 100:2008, H.3.4, equation (H.15)
 */
export const predict = (line: LinearTrend, x: number): { value: number; standardUncertainty: Quantity } => {
  requireAllFinite([x], 'x')
  const s = line.residualStandardDeviation
  const distance = x - line.meanX
  const u = s.value === null ? null : s.value * Math.sqrt(1 / line.count + (distance * distance) / line.spreadX)
  return {
    value: line.intercept + line.slope * x,
    standardUncertainty: quantity(u, s.value === null ? s.reason : 'beyond the range of a double'),
  }
}
