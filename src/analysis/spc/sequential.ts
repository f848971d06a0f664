import { badInput, requireAllFinite, requireFinite, requirePositive } from '../statistics/quantity.ts'
import type { Method } from '../statistics/quantity.ts'

/** Charts with a memory, for small shifts: EWMA and tabular CUSUM. Target and sigma come from an earlier study. */
export const ewmaMethod: Method = { id: 'spc/ewma', version: '1.0.0' }
export const cusumMethod: Method = { id: 'spc/cusum', version: '1.0.0' }

export interface SequentialBase {
  readonly target: number
  /** Standard deviation of a single value, above 0. */
  readonly sigma: number
}

export interface EwmaOptions extends SequentialBase {
  /** λ, 0 < λ ≤ 1; 0.2 unless stated. */
  readonly lambda?: number
  /** Width of the limits in sigma; 2.7 unless stated (with λ = 0.1 to 0.2). */
  readonly width?: number
  /** Limits of the steady state from the first point on; unless stated they widen with time. */
  readonly steadyLimits?: boolean
}

export interface EwmaResult {
  readonly method: Method
  readonly values: readonly number[]
  readonly lowerLimits: readonly number[]
  readonly upperLimits: readonly number[]
  /** Points strictly outside their limits. */
  readonly signals: readonly number[]
}

/**
 * z_i = λ·x_i + (1 − λ)·z_{i−1}, z_0 = target, with limits target ± L·σ·√(λ/(2 − λ)·(1 − (1 − λ)^{2i})).
 * @throws StationError analysis.badInput for numbers out of range
 * @see Montgomery, 9.2, equations (9.22) to (9.26); NIST/SEMATECH e-Handbook 6.3.2.4
 */
export const ewma = (values: readonly number[], options: EwmaOptions): EwmaResult => {
  requireAllFinite(values, 'values')
  const target = requireFinite(options.target, 'target')
  const sigma = requirePositive(options.sigma, 'sigma')
  const lambda = requirePositive(options.lambda ?? 0.2, 'lambda')
  if (lambda > 1) throw badInput('lambda', `${lambda} is above 1`)
  const width = requirePositive(options.width ?? 2.7, 'width')
  let z = target
  const smoothed = values.map((value) => (z = lambda * value + (1 - lambda) * z))
  const halves = values.map((_, i) => {
    const growth = options.steadyLimits === true ? 1 : 1 - (1 - lambda) ** (2 * (i + 1))
    return width * sigma * Math.sqrt((lambda / (2 - lambda)) * growth)
  })
  requireAllFinite(smoothed, 'EWMA')
  return {
    method: ewmaMethod,
    values: smoothed,
    lowerLimits: halves.map((half) => target - half),
    upperLimits: halves.map((half) => target + half),
    signals: smoothed.flatMap((value, i) => (Math.abs(value - target) > halves[i]! ? [i] : [])),
  }
}

export interface CusumOptions extends SequentialBase {
  /** Reference value K in sigma; 0.5 unless stated. */
  readonly reference?: number
  /** Decision interval H in sigma; 5 unless stated. */
  readonly decision?: number
}

export interface CusumSignal {
  readonly index: number
  readonly side: 'up' | 'down'
  /** First point of the run that led to the signal: the shift began about there. */
  readonly since: number
}

export interface CusumResult {
  readonly method: Method
  /** C⁺ and C⁻ in the unit of the values, both ≥ 0. */
  readonly up: readonly number[]
  readonly down: readonly number[]
  readonly decisionLimit: number
  readonly signals: readonly CusumSignal[]
}

/** One side of the chart; `deviations` are already counted in that side's direction. */
const oneSide = (deviations: readonly number[], K: number): { sums: number[]; since: number[] } => {
  let sum = 0
  let start = 0
  const since: number[] = []
  const sums = deviations.map((deviation, i) => {
    if (sum === 0) start = i
    sum = Math.max(0, sum + deviation - K)
    since.push(start)
    return sum
  })
  return { sums, since }
}

/**
 * Tabular CUSUM: C⁺ = max(0, x − (μ0 + K) + C⁺), C⁻ = max(0, (μ0 − K) − x + C⁻), signal where strictly above H.
 * @throws StationError analysis.badInput for numbers out of range
 * @see Montgomery, 9.1, equations (9.2), (9.3); NIST/SEMATECH e-Handbook 6.3.2.3
 */
export const cusum = (values: readonly number[], options: CusumOptions): CusumResult => {
  requireAllFinite(values, 'values')
  const target = requireFinite(options.target, 'target')
  const sigma = requirePositive(options.sigma, 'sigma')
  const K = requireFinite(options.reference ?? 0.5, 'reference value') * sigma
  const H = requirePositive(options.decision ?? 5, 'decision interval') * sigma
  const up = oneSide(
    values.map((value) => value - target),
    K,
  )
  const down = oneSide(
    values.map((value) => target - value),
    K,
  )
  requireAllFinite(up.sums, 'C⁺')
  requireAllFinite(down.sums, 'C⁻')
  const signalsOf = (side: typeof up, name: 'up' | 'down'): CusumSignal[] =>
    side.sums.flatMap((sum, index) => (sum > H ? [{ index, side: name, since: side.since[index]! }] : []))
  return {
    method: cusumMethod,
    up: up.sums,
    down: down.sums,
    decisionLimit: H,
    signals: [...signalsOf(up, 'up'), ...signalsOf(down, 'down')].sort((a, b) => a.index - b.index),
  }
}
