import {
  fitPolynomial,
  polynomialAt,
  polynomialErrorFactor,
  polynomialMaximum,
  type PolynomialFit,
} from '../numeric/polynomial.ts'
import { curveFlags, type CurveFlag } from './flags.ts'
import type { PreparedCurve } from './prepare.ts'

/** The maximum power point in shares of full scale. */
export interface PowerPeak {
  readonly u: number
  readonly power: number
  /** Standard error of the power from the residuals of the fit; null where it can't be told. */
  readonly error: number | null
  readonly window: { readonly lowU: number; readonly highU: number; readonly points: number; readonly order: number }
}

interface Candidate {
  readonly low: number
  readonly high: number
  readonly order: number
  readonly leastPoints: number
  /** Largest relative error of Pmax on exact single-diode curves of 100 points (analysis.md 1.1). */
  readonly bias: number
}

/** Windows in shares of Vmp and Imp: the stiffer the fit, the larger its bias and the smaller the error from noise. */
const candidates: readonly Candidate[] = [
  { low: 0.85, high: 1.1, order: 6, leastPoints: 11, bias: 0.00001 },
  { low: 0.75, high: 1.15, order: 6, leastPoints: 8, bias: 0.00009 },
  { low: 0.75, high: 1.15, order: 4, leastPoints: 7, bias: 0.0027 },
]

/** Index of the largest power sample in the quadrant of power; null when there is none. */
export const highestSample = (u: readonly number[], j: readonly number[]): number | null => {
  let best: number | null = null
  u.forEach((voltage, k) => {
    if (voltage <= 0 || j[k]! <= 0) return
    if (best === null || voltage * j[k]! > u[best]! * j[best]!) best = k
  })
  return best
}

/** Limits hold with a margin for rounding, so that a point on a limit does not depend on the unit of the numbers. */
export const isWithin = (share: number, limits: { low: number; high: number }): boolean =>
  share >= limits.low - 1e-9 && share <= limits.high + 1e-9

/** Neighbouring points around sample k whose V and I stay within the given shares of those of sample k. */
export const windowAround = (
  curve: { u: readonly number[]; j: readonly number[] },
  k: number,
  limits: { low: number; high: number },
): { u: number[]; power: number[] } => {
  const inside = (value: number, peak: number): boolean => isWithin(value / peak, limits)
  const holds = (i: number): boolean =>
    i >= 0 && i < curve.u.length && inside(curve.u[i]!, curve.u[k]!) && inside(curve.j[i]!, curve.j[k]!)
  let [from, to] = [k, k]
  while (holds(from - 1)) from--
  while (holds(to + 1)) to++
  const u = curve.u.slice(from, to + 1)
  return { u, power: u.map((voltage, i) => voltage * curve.j[from + i]!) }
}

/**
 * Pmax of the lab's own rule: of a polynomial of order 6 over 0.85 … 1.10 of the peak, one over 0.75 … 1.15 and one of
 * order 4 over the same, the one with the smallest sum of squares of its known bias and its error from noise. Where no
 * polynomial follows the points, the parabola through the highest three.
 *
 * @param k index of the highest sample
 */
export const findPeak = (curve: PreparedCurve, k: number): { peak: PowerPeak | null; flags: CurveFlag[] } => {
  if (k === 0 || k === curve.u.length - 1) return { peak: null, flags: [curveFlags.noPmaxBracket()] }
  const wide = windowAround(curve, k, { low: 0.75, high: 1.15 }).u.length
  const few = wide < 8
  const flags = few ? [curveFlags.fewPointsInKnee(wide)] : []
  let chosen: FittedPeak | null = null
  for (const candidate of candidates) {
    if (chosen !== null && chosen.expectedError <= candidate.bias * leastTrusted(curve, k)) continue
    const peak = fitPeak(curve, k, candidate)
    if (peak === null) continue
    if (chosen === null || peak.expectedError < chosen.expectedError) chosen = peak
  }
  if (chosen !== null) return { peak: chosen, flags }
  // A fit through hardly more points than it has coefficients fails for want of points, not for their disorder.
  if (!few) flags.push(wide < 12 ? curveFlags.fewPointsInKnee(wide) : curveFlags.irregularKnee())
  return { peak: parabolaPeak(curve, k), flags }
}

type FittedPeak = PowerPeak & { readonly expectedError: number }

const fitPeak = (curve: PreparedCurve, k: number, candidate: Candidate): FittedPeak | null => {
  const { u, power } = windowAround(curve, k, candidate)
  if (u.length < candidate.leastPoints) return null
  const fit = fitPolynomial(u, power, candidate.order)
  const at = fit === null ? null : polynomialMaximum(fit)
  if (fit === null || at === null) return null
  const value = polynomialAt(fit, at)
  const sample = curve.u[k]! * curve.j[k]!
  const residual = fit.residualDeviation ?? 0
  if (!isTrustworthy({ fit, value, sample, scatter: scatterOf(curve) })) return null
  const error = residual * polynomialErrorFactor(fit, at)
  return {
    u: at,
    power: value,
    error,
    expectedError: Math.hypot(error, candidate.bias * value),
    window: { lowU: u[0]!, highU: u.at(-1)!, points: u.length, order: candidate.order },
  }
}

const scatterOf = (curve: PreparedCurve): number => Math.max(curve.scatter ?? 0, curve.resolution / 2)

/** A fit that leaves the samples by more than their scatter, or peaks away from the highest of them, is refused. */
const isTrustworthy = (found: { fit: PolynomialFit; value: number; sample: number; scatter: number }): boolean => {
  const { fit, value, sample, scatter } = found
  const residual = fit.residualDeviation ?? 0
  const allowed = Math.max(0.002 * sample, 4 * scatter)
  return residual <= allowed && Math.abs(value - sample) <= Math.max(0.005 * sample, 5 * residual, 5 * scatter)
}

/** No peak below this is trusted, so no candidate is expected to err by less than its bias at it. */
const leastTrusted = (curve: PreparedCurve, k: number): number => {
  const sample = curve.u[k]! * curve.j[k]!
  return sample - Math.max(0.01 * sample, 20 * scatterOf(curve)) * (1 + 1e-9)
}

const parabolaPeak = (curve: PreparedCurve, k: number): PowerPeak => {
  const u = curve.u.slice(k - 1, k + 2)
  const power = u.map((voltage, i) => voltage * curve.j[k - 1 + i]!)
  const fit = fitPolynomial(u, power, 2)
  const at = fit === null ? null : polynomialMaximum(fit)
  const value = fit === null || at === null ? 0 : polynomialAt(fit, at)
  const window = { lowU: u[0]!, highU: u[2]!, points: 3, order: 2 }
  // Beside a step the parabola can shoot over; the sample itself is then the better statement.
  if (at === null || value > 1.01 * power[1]!) return { u: u[1]!, power: power[1]!, error: null, window }
  return { u: at, power: value, error: null, window }
}
