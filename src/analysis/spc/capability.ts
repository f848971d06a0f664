import { describeValues } from '../statistics/descriptive.ts'
import { normalQuantile } from '../statistics/distributions.ts'
import { badInput, missing, quantity, requireFinite, requireNotNegative } from '../statistics/quantity.ts'
import type { Method, Quantity } from '../statistics/quantity.ts'

/** Process capability. */
export const capabilityMethod: Method = { id: 'spc/capability', version: '1.0.0' }

/** At least one limit. */
export interface SpecificationLimits {
  readonly lower: number | null
  readonly upper: number | null
  /** T for Cpm; null where there is none. */
  readonly target?: number | null
}

export interface CapabilityInput {
  readonly mean: number
  /** Short-term sigma, as R̄/d2 of a control chart; null when it isn't known. Cp, Cpk and Cpm use it. */
  readonly withinSigma: number | null
  /** Overall s; null when it isn't known. Pp and Ppk use it. */
  readonly overallSigma: number | null
  /** Number of values, for the lower bound. */
  readonly count: number
  readonly limits: SpecificationLimits
}

export interface CapabilityResult {
  readonly method: Method
  readonly cp: Quantity
  /** Negative when the mean is outside the limits. */
  readonly cpk: Quantity
  readonly cpm: Quantity
  readonly pp: Quantity
  readonly ppk: Quantity
  /** One-sided 95 % lower bound: Cpk − 1.645·√(1/(9n) + Cpk²/(2n − 2)). */
  readonly cpkLowerBound95: Quantity
}

const checkLimits = ({ lower, upper }: SpecificationLimits): void => {
  if (lower === null && upper === null) throw badInput('specification', 'neither limit is given')
  if (lower !== null) requireFinite(lower, 'lower specification limit')
  if (upper !== null) requireFinite(upper, 'upper specification limit')
  if (lower !== null && upper !== null && !(lower < upper)) throw badInput('specification', 'the limits are crossed')
}

const noSigma = (sigma: number | null): string =>
  sigma === null ? 'this standard deviation is not known' : 'the standard deviation is 0'

/** (USL − LSL)/6s. */
const twoSided = (limits: SpecificationLimits, sigma: number | null): Quantity => {
  if (limits.lower === null || limits.upper === null) return missing('there is only one specification limit')
  if (sigma === null || sigma === 0) return missing(noSigma(sigma))
  return quantity((limits.upper - limits.lower) / (6 * sigma), 'beyond the range of a double')
}

/** min(USL − m, m − LSL)/3s; with one limit the side that has it. */
const nearest = (limits: SpecificationLimits, mean: number, sigma: number | null): Quantity => {
  if (sigma === null || sigma === 0) return missing(noSigma(sigma))
  const up = limits.upper === null ? Infinity : limits.upper - mean
  const down = limits.lower === null ? Infinity : mean - limits.lower
  return quantity(Math.min(up, down) / (3 * sigma), 'beyond the range of a double')
}

const cpmOf = (input: CapabilityInput): Quantity => {
  const target = input.limits.target ?? null
  if (target === null) return missing('no target is given')
  requireFinite(target, 'target')
  if (input.withinSigma === null) return missing(noSigma(null))
  return twoSided(input.limits, Math.hypot(input.withinSigma, input.mean - target))
}

/**
 * Lower confidence bound of Cpk.
 * @param level one-sided, 0.95 unless stated
 * @see Montgomery, 8.3.4, equation (8.20); Bissell 1990
 */
export const cpkLowerBound = (cpk: number, count: number, level = 0.95): Quantity => {
  requireFinite(cpk, 'Cpk')
  if (!(count >= 2)) return missing('a bound needs at least two values')
  const spread = Math.sqrt(1 / (9 * count) + (cpk * cpk) / (2 * (count - 1)))
  return quantity(cpk - normalQuantile(level) * spread, 'beyond the range of a double')
}

/**
 * Capability indices from mean and standard deviations.
 * @throws StationError analysis.badInput for missing or crossed limits, a negative sigma, or numbers that aren't finite
 * @see NIST/SEMATECH e-Handbook 6.1.6; Montgomery, chapter 8
 */
export const capability = (input: CapabilityInput): CapabilityResult => {
  checkLimits(input.limits)
  requireFinite(input.mean, 'mean')
  for (const sigma of [input.withinSigma, input.overallSigma]) if (sigma !== null) requireNotNegative(sigma, 'sigma')
  const cpk = nearest(input.limits, input.mean, input.withinSigma)
  return {
    method: capabilityMethod,
    cp: twoSided(input.limits, input.withinSigma),
    cpk,
    cpm: cpmOf(input),
    pp: twoSided(input.limits, input.overallSigma),
    ppk: nearest(input.limits, input.mean, input.overallSigma),
    cpkLowerBound95: cpk.value === null ? cpk : cpkLowerBound(cpk.value, input.count),
  }
}

/**
 * Capability of values in time order: overall s from all of them, within sigma from the mean moving range (MR̄/1.128).
 * @param values at least two, all finite
 */
export const capabilityOfValues = (values: readonly number[], limits: SpecificationLimits): CapabilityResult => {
  const { mean, standardDeviation, count } = describeValues(values)
  const ranges = values.slice(1).map((value, i) => Math.abs(value - values[i]!))
  const withinSigma = count < 2 ? null : describeValues(ranges).mean / 1.128
  return capability({ mean, withinSigma, overallSigma: standardDeviation.value, count, limits })
}
