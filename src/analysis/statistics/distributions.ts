import { badInput, requireFinite, requirePositive } from './quantity.ts'
import { erfc, incompleteBeta, lowerGamma, upperGamma } from './specialFunctions.ts'

/** Probabilities and quantiles of the normal, t, χ² and F distributions; upper tails keep their digits. */

const requireProbability = (p: number): void => {
  if (!(p > 0 && p < 1)) throw badInput('probability', `${p} is not between 0 and 1`)
}

/** Density of the standard normal distribution. */
export const normalDensity = (z: number): number => Math.exp(-0.5 * z * z) / Math.sqrt(2 * Math.PI)

/** Φ(z) of the standard normal distribution. */
export const normalProbability = (z: number): number => 0.5 * erfc(-z / Math.SQRT2)

/**
 * The z with Φ(z) = p.
 * @param p 0 < p < 1
 * @throws StationError analysis.badInput outside that range
 */
export const normalQuantile = (p: number): number => {
  requireProbability(p)
  if (p === 0.5) return 0
  const tail = Math.min(p, 1 - p)
  // Start: Abramowitz & Stegun 26.2.23 (error < 4.5e-4), then Halley's steps on the tail probability.
  const t = Math.sqrt(-2 * Math.log(tail))
  let z = t - (2.515517 + 0.802853 * t + 0.010328 * t * t) / (1 + 1.432788 * t + 0.189269 * t * t + 0.001308 * t ** 3)
  for (let i = 0; i < 3; i++) {
    const step = (normalProbability(-z) - tail) / normalDensity(z)
    z += step / (1 + 0.5 * z * step)
  }
  return p < 0.5 ? -z : z
}

/** Beyond this the incomplete beta function loses digits to ln Γ, and Abramowitz & Stegun 26.7.8 is exact to 1e-10. */
const manyDegrees = 1e5

/**
 * P(T > t) of Student's distribution.
 * @param dof degrees of freedom, above 0; Infinity gives the normal distribution
 */
export const tUpperTail = (t: number, dof: number): number => {
  if (!(dof > 0)) throw badInput('degrees of freedom', `${dof} is not above 0`)
  if (dof > manyDegrees) {
    const z = dof === Infinity ? t : (t * (1 - 1 / (4 * dof))) / Math.sqrt(1 + (t * t) / (2 * dof))
    return normalProbability(-z)
  }
  const square = t * t
  const x = { value: dof / (dof + square), complement: square / (dof + square) }
  const half = 0.5 * incompleteBeta(x, dof / 2, 0.5)
  return t > 0 ? half : 1 - half
}

/** P(T ≤ t) of Student's distribution. */
export const tProbability = (t: number, dof: number): number => tUpperTail(-t, dof)

/** Two-sided p-value of a t statistic. */
export const tTwoSided = (t: number, dof: number): number => Math.min(1, 2 * tUpperTail(Math.abs(t), dof))

/**
 * The t with P(T ≤ t) = p.
 * @param p 0 < p < 1
 * @param dof above 0; Infinity gives the normal quantile
 */
export const tQuantile = (p: number, dof: number): number => {
  requireProbability(p)
  if (!(dof > 0)) throw badInput('degrees of freedom', `${dof} is not above 0`)
  if (dof === Infinity) return normalQuantile(p)
  if (p === 0.5) return 0
  const tail = Math.min(p, 1 - p)
  const t = solve((value) => tUpperTail(value, dof) > tail)
  return p < 0.5 ? -t : t
}

/** P(χ² > x) with dof degrees of freedom. */
export const chiSquareUpperTail = (x: number, dof: number): number => upperGamma(requirePositive(dof, 'dof') / 2, x / 2)

/** P(χ² ≤ x) with dof degrees of freedom. */
export const chiSquareProbability = (x: number, dof: number): number =>
  lowerGamma(requirePositive(dof, 'dof') / 2, x / 2)

/** The x with P(χ² ≤ x) = p. */
export const chiSquareQuantile = (p: number, dof: number): number => {
  requireProbability(p)
  if (p < 0.5) return solve((x) => chiSquareProbability(x, dof) < p)
  return solve((x) => chiSquareUpperTail(x, dof) > 1 - p)
}

/** P(F > x) with dof1 and dof2 degrees of freedom. */
export const fUpperTail = (x: number, dof1: number, dof2: number): number => {
  requirePositive(dof1, 'first degrees of freedom')
  requirePositive(dof2, 'second degrees of freedom')
  if (x <= 0) return 1
  const sum = dof1 * requireFinite(x, 'F') + dof2
  return incompleteBeta({ value: dof2 / sum, complement: (dof1 * x) / sum }, dof2 / 2, dof1 / 2)
}

/** P(F ≤ x) with dof1 and dof2 degrees of freedom. */
export const fProbability = (x: number, dof1: number, dof2: number): number =>
  x <= 0 ? 0 : fUpperTail(1 / x, dof2, dof1)

/** The x with P(F ≤ x) = p. */
export const fQuantile = (p: number, dof1: number, dof2: number): number => {
  requireProbability(p)
  if (p < 0.5) return solve((x) => fProbability(x, dof1, dof2) < p)
  return solve((x) => fUpperTail(x, dof1, dof2) > 1 - p)
}

/** The x ≥ 0 up to which `isBelow` holds: doubling, then bisection to the last digits. */
const solve = (isBelow: (x: number) => boolean): number => {
  let low = 0
  let high = 1
  while (high < 1e300 && isBelow(high)) {
    low = high
    high *= 2
  }
  while (high - low > 2e-16 * high && high > 1e-300) {
    const middle = low + (high - low) / 2
    if (middle === low || middle === high) break
    if (isBelow(middle)) low = middle
    else high = middle
  }
  return low + (high - low) / 2
}
