import { badInput, missing, quantity, requireSquarable } from '../statistics/quantity.ts'
import type { Method, Quantity } from '../statistics/quantity.ts'

/** y(t) = y∞ + (y0 − y∞)·exp(−(t − t0)/τ): stabilisation, warm-up, degradation that saturates. */
export const exponentialApproachMethod: Method = { id: 'trend/exponentialApproach', version: '1.0.0' }

export interface ExponentialApproach {
  readonly method: Method
  /** In the unit of t; null when the data don't bend enough to determine it. */
  readonly timeConstant: Quantity
  /** Null for the same reason. */
  readonly finalValue: Quantity
  /** Fitted value at the first t. */
  readonly startValue: number
  readonly rms: number
  /** Largest |residual|. */
  readonly largestResidual: number
}

interface LinearPart {
  readonly final: number
  readonly amplitude: number
  readonly squares: number
}

/** For a given τ the model is a straight line in exp(−t/τ): two unknowns by least squares. */
const linearPart = (t: readonly number[], y: readonly number[], tau: number): LinearPart => {
  const basis = t.map((time) => Math.exp(-time / tau))
  const count = t.length
  const meanB = basis.reduce((sum, b) => sum + b / count, 0)
  const meanY = y.reduce((sum, value) => sum + value / count, 0)
  let [bb, by] = [0, 0]
  basis.forEach((b, i) => {
    bb += (b - meanB) ** 2
    by += (b - meanB) * (y[i]! - meanY)
  })
  const amplitude = bb > 0 ? by / bb : 0
  const final = meanY - amplitude * meanB
  const squares = basis.reduce((sum, b, i) => sum + (y[i]! - final - amplitude * b) ** 2, 0)
  return { final, amplitude, squares }
}

/** Minimum of a function of one variable between a and b (golden section). */
const goldenSection = (f: (x: number) => number, a: number, b: number): number => {
  const ratio = (Math.sqrt(5) - 1) / 2
  let [low, high] = [a, b]
  let [x1, x2] = [high - ratio * (high - low), low + ratio * (high - low)]
  let [f1, f2] = [f(x1), f(x2)]
  for (let i = 0; i < 80 && high - low > 1e-12; i++) {
    if (f1 <= f2) {
      high = x2
      ;[x2, f2] = [x1, f1]
      x1 = high - ratio * (high - low)
      f1 = f(x1)
    } else {
      low = x1
      ;[x1, f1] = [x2, f2]
      x2 = low + ratio * (high - low)
      f2 = f(x2)
    }
  }
  return (low + high) / 2
}

const gridSteps = 60

/** Grid over ln τ from a hundredth to ten times the span, then golden section about the best. */
const bestLogTau = (t: readonly number[], y: readonly number[], span: number): { logTau: number; atEdge: boolean } => {
  const [from, to] = [Math.log(span / 100), Math.log(10 * span)]
  const step = (to - from) / gridSteps
  const squares = (logTau: number): number => linearPart(t, y, Math.exp(logTau)).squares
  let best = 0
  let least = Infinity
  for (let i = 0; i <= gridSteps; i++) {
    const value = squares(from + i * step)
    if (value < least) {
      least = value
      best = i
    }
  }
  const [low, high] = [from + Math.max(0, best - 1) * step, from + Math.min(gridSteps, best + 1) * step]
  return { logTau: goldenSection(squares, low, high), atEdge: best === 0 || best === gridSteps }
}

/**
 * Least-squares fit by variable projection.
 * @param t at least four different times, any order
 * @throws StationError analysis.badInput for unequal lengths, too few points, or numbers that aren't finite
 */
export const exponentialApproach = (t: readonly number[], y: readonly number[]): ExponentialApproach => {
  if (t.length !== y.length) throw badInput('exponential fit', 't and y don’t pair up')
  requireSquarable(t, 't')
  requireSquarable(y, 'y')
  if (new Set(t).size < 4) throw badInput('exponential fit', 'at least four different times are needed')
  const start = t.reduce((least, time) => Math.min(least, time), Infinity)
  const times = t.map((time) => time - start)
  const center = y.reduce((sum, value) => sum + value / y.length, 0)
  const scale = y.reduce((most, value) => Math.max(most, Math.abs(value - center)), 0) || 1
  const values = y.map((value) => (value - center) / scale)
  const span = times.reduce((most, time) => Math.max(most, time), 0)
  const { logTau, atEdge } = bestLogTau(times, values, span)
  const tau = Math.exp(logTau)
  const part = linearPart(times, values, tau)
  const residuals = times.map((time, i) => values[i]! - part.final - part.amplitude * Math.exp(-time / tau))
  const reason = 'the points don’t bend enough to determine it'
  const flat = Math.abs(part.amplitude) < 1e-9
  const determined = !atEdge && !flat
  return {
    method: exponentialApproachMethod,
    timeConstant: determined ? quantity(tau, reason) : missing(reason),
    finalValue: determined ? quantity(center + scale * part.final, reason) : missing(reason),
    startValue: center + scale * (part.final + part.amplitude),
    rms: scale * Math.sqrt(part.squares / t.length),
    largestResidual: scale * residuals.reduce((most, residual) => Math.max(most, Math.abs(residual)), 0),
  }
}
