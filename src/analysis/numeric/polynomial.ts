import { extent } from './statistics.ts'
import { leastSquares } from './linear.ts'

/** p(x) = Σ c[k] t^k with t = (x − centre) / halfWidth, which is within [−1, 1] over the fitted points. */
export interface PolynomialFit {
  readonly centre: number
  readonly halfWidth: number
  readonly coefficients: readonly number[]
  readonly inverseNormal: readonly (readonly number[])[]
  /** Standard deviation of the residuals with n − order − 1 degrees of freedom; null when there are none left. */
  readonly residualDeviation: number | null
  readonly count: number
}

const evaluate = (coefficients: readonly number[], t: number): number =>
  coefficients.reduceRight((sum, coefficient) => sum * t + coefficient, 0)

const derivative = (coefficients: readonly number[]): number[] =>
  coefficients.slice(1).map((coefficient, k) => coefficient * (k + 1))

/**
 * Polynomial least squares with x scaled to [−1, 1], which keeps the condition number small up to order 8.
 *
 * @param x n values, at least order + 1 of them distinct
 * @param order 0 … 8
 * @returns null when there are too few distinct x
 */
export const fitPolynomial = (x: readonly number[], y: readonly number[], order: number): PolynomialFit | null => {
  const [low, high] = extent(x)
  const halfWidth = (high - low) / 2
  const centre = low + halfWidth
  if (!(halfWidth > 0) || x.length < order + 1) return null
  const rows = x.map((value) => powers((value - centre) / halfWidth, order))
  const solved = leastSquares(rows, y)
  if (solved === null) return null
  const freedom = x.length - order - 1
  return {
    centre,
    halfWidth,
    coefficients: solved.coefficients,
    inverseNormal: solved.inverseNormal,
    residualDeviation: freedom > 0 ? Math.sqrt(solved.residualSquares / freedom) : null,
    count: x.length,
  }
}

const powers = (t: number, order: number): number[] => {
  const row = [1]
  for (let k = 1; k <= order; k++) row.push(row[k - 1]! * t)
  return row
}

/** Value of the fit at x. */
export const polynomialAt = (fit: PolynomialFit, x: number): number =>
  evaluate(fit.coefficients, (x - fit.centre) / fit.halfWidth)

/** Slope dp/dx of the fit at x. */
export const polynomialSlopeAt = (fit: PolynomialFit, x: number): number =>
  evaluate(derivative(fit.coefficients), (x - fit.centre) / fit.halfWidth) / fit.halfWidth

/** Root of the variance factor t′(X′X)⁻¹t at x: times the standard deviation of y it is the error of the fitted value. */
export const polynomialErrorFactor = (fit: PolynomialFit, x: number): number => {
  const row = powers((x - fit.centre) / fit.halfWidth, fit.coefficients.length - 1)
  let sum = 0
  row.forEach((a, i) => row.forEach((b, j) => (sum += a * b * fit.inverseNormal[i]![j]!)))
  return Math.sqrt(Math.max(0, sum))
}

/** The x of the largest value at a stationary point strictly inside the fitted range; null when there is none. */
export const polynomialMaximum = (fit: PolynomialFit): number | null => {
  let best: number | null = null
  for (const t of realRoots(derivative(fit.coefficients), -1, 1)) {
    if (Math.abs(t) >= 1) continue
    if (best === null || evaluate(fit.coefficients, t) > evaluate(fit.coefficients, best)) best = t
  }
  return best === null ? null : fit.centre + best * fit.halfWidth
}

/**
 * All real roots inside [low, high] where the polynomial changes sign: the roots of the derivative part the interval
 * into monotone pieces, each holding at most one root, found by bisection.
 *
 * @param coefficients lowest power first
 */
export const realRoots = (coefficients: readonly number[], low: number, high: number): number[] => {
  if (coefficients.length < 2) return []
  const turning = coefficients.length === 2 ? [] : realRoots(derivative(coefficients), low, high)
  const edges = [low, ...turning, high]
  const roots: number[] = []
  for (let k = 1; k < edges.length; k++) {
    const root = bisect(coefficients, edges[k - 1]!, edges[k]!)
    if (root !== null && root !== roots.at(-1)) roots.push(root)
  }
  return roots
}

const bisect = (coefficients: readonly number[], from: number, to: number): number | null => {
  let [low, high] = [from, to]
  const atLow = evaluate(coefficients, low)
  const atHigh = evaluate(coefficients, high)
  if (atLow === 0) return low
  if (atHigh === 0) return high
  if (atLow > 0 === atHigh > 0) return null
  // 60 halvings of an interval of at most 2 reach the last bit.
  for (let step = 0; step < 60; step++) {
    const middle = (low + high) / 2
    if (evaluate(coefficients, middle) > 0 === atLow > 0) low = middle
    else high = middle
  }
  return (low + high) / 2
}
