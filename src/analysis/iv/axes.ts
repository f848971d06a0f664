import { fitLine, type LineFit } from '../numeric/line.ts'
import { leastSquares } from '../numeric/linear.ts'
import { fitPolynomial, polynomialAt } from '../numeric/polynomial.ts'
import { curveFlags, type CurveFlag } from './flags.ts'
import { isWithin } from './maximumPower.ts'
import { shortCircuitEdge } from './path.ts'
import type { PreparedCurve } from './prepare.ts'

/** A crossing of an axis in shares of full scale, and the slope of the line there; null with its reason in the flags. */
export interface AxisCrossing {
  readonly value: number | null
  readonly flags: readonly CurveFlag[]
}

interface Points {
  readonly x: readonly number[]
  readonly y: readonly number[]
}

const select = (points: Points, keep: (x: number, y: number) => boolean): Points => {
  const [keptX, keptY]: [number[], number[]] = [[], []]
  for (let k = 0; k < points.x.length; k++) {
    const [x, y] = [points.x[k]!, points.y[k]!]
    if (!keep(x, y)) continue
    keptX.push(x)
    keptY.push(y)
  }
  return { x: keptX, y: keptY }
}

const spread = (values: readonly number[]): number =>
  values.length === 0 ? 0 : values.reduce((a, b) => Math.max(a, b)) - values.reduce((a, b) => Math.min(a, b))

/** The first of the growing windows that holds three places with a spread of x of at least `least`. */
const growWindow = (points: Points, plan: { from: number; to: readonly number[]; least: number }): Points | null => {
  for (const to of plan.to) {
    const window = select(points, (x) => isWithin(x, { low: plan.from, high: to }))
    if (window.x.length >= 3 && spread(window.x) >= plan.least) return window
  }
  return null
}

/** The value at x = 0 by the straight line through the neighbours on both sides, or the nearest point when it is close. */
const nearestValue = (points: Points, close: number): number | null => {
  let [below, above] = [-1, -1]
  points.x.forEach((x, k) => {
    if (x <= 0 && (below < 0 || x > points.x[below]!)) below = k
    if (x >= 0 && (above < 0 || x < points.x[above]!)) above = k
  })
  if (below >= 0 && above >= 0) {
    const width = points.x[above]! - points.x[below]!
    if (width === 0) return points.y[below]!
    return points.y[below]! - (points.x[below]! / width) * (points.y[above]! - points.y[below]!)
  }
  const single = Math.max(below, above)
  return single >= 0 && Math.abs(points.x[single]!) <= close ? points.y[single]! : null
}

/**
 * Isc as the value at V = 0 of an ordinary least-squares line over 0 … 0.2 Voc (wider, to half of Vmp, where that holds
 * fewer than three places), after IEC 60904-1: extrapolation over more than 2 % of Voc is flagged, over more than 40 %
 * refused. Points at negative voltage are left out, since the bypass diodes begin to conduct there. Where the line misses
 * the samples beside the axis by more than the scatter, these are taken instead.
 *
 * @param peakU place of the highest power sample
 */
export const findIsc = (curve: PreparedCurve, peakU: number): AxisCrossing => {
  const points: Points = { x: curve.u, y: curve.j }
  const start = Math.max(0, curve.u[0]!)
  if (start > 0.4 || start > 0.8 * peakU) return { value: null, flags: [curveFlags.truncatedAtIsc(start)] }
  const flags = start > 0.02 ? [curveFlags.iscExtrapolated(start)] : []
  const limit = 0.85 * peakU
  const to = [0.2, 0.3, 0.4, 0.5].map((width) => Math.min(start + width, Math.max(limit, start + 0.1)))
  const window = growWindow(points, { from: shortCircuitEdge, to, least: 0.08 })
  const fit = window === null ? null : fitLine(window.x, window.y)
  if (fit === null) {
    const nearest = nearestValue(points, 0.01)
    const missing = nearest === null ? [curveFlags.truncatedAtIsc(start)] : []
    return { value: nearest, flags: [...flags, ...missing] }
  }
  const near = nearestValue(
    select(points, (x) => x >= shortCircuitEdge),
    0.01,
  )
  const tolerance = Math.max(0.003, 6 * (curve.scatter ?? 0)) + curve.resolution
  if (near === null || Math.abs(near - fit.intercept) <= tolerance) return { value: fit.intercept, flags }
  return { value: near, flags: [...flags, curveFlags.irregularAtIsc()] }
}

/**
 * Voc as the value at I = 0 of V(I) over |I| ≤ 0.2 Isc right of the maximum power point: a parabola (V(I) bends by the
 * logarithm of the diode), a line where the curve ends above 5 % of Isc, the diode law where three places are too far apart. Extrapolation over more than 0.5 % of Isc is flagged,
 * over more than 15 % refused.
 */
export const findVoc = (curve: PreparedCurve, peakU: number): AxisCrossing => {
  const right = curve.u.findIndex((u) => u >= peakU)
  const points: Points = { x: curve.j.slice(right), y: curve.u.slice(right) }
  const end = Math.max(
    0,
    points.x.reduce((a, b) => Math.min(a, b), Infinity),
  )
  if (end > 0.15) return { value: null, flags: [curveFlags.truncatedAtVoc(end)] }
  const flags = end > 0.005 ? [curveFlags.vocExtrapolated(end)] : []
  const near = nearestValue(points, 0.01)
  const to = [0.2, 0.3].map((width) => end + width)
  const window = growWindow(points, { from: -0.2, to, least: 0.08 })
  const value = window === null ? (diodeLawAtZero(points)?.value ?? null) : valueAtZero(window, end)
  if (value === null) {
    const missing = near === null ? [curveFlags.truncatedAtVoc(end)] : []
    return { value: near, flags: [...flags, ...missing] }
  }
  // The nearest points say little when the curve falls past them in one step.
  const tolerance = Math.max(window === null ? 0.01 : 0.003, 6 * (curve.scatter ?? 0)) + curve.resolution
  if (near === null || Math.abs(near - value) <= tolerance) return { value, flags }
  return { value: near, flags: [...flags, curveFlags.irregularAtVoc()] }
}

/** Far from the axis a parabola would carry the scatter into the extrapolation, so a line serves there. */
const valueAtZero = (window: Points, end: number): number | null => {
  const parabola = end <= 0.05 ? fitPolynomial(window.x, window.y, 2) : null
  if (parabola !== null) return polynomialAt(parabola, 0)
  return fitLine(window.x, window.y)?.intercept ?? null
}

/**
 * For curves with few points near Voc: V(I) = c0 + c1 ln(1 − I/Isc) + c2 I, the single-diode law without its shunt, by
 * least squares over the narrowest of three windows below the knee that holds four places. Its value and slope at I = 0
 * follow from the coefficients.
 */
const diodeLawAtZero = (points: Points): { value: number; slope: number } | null => {
  const windows = [0.45, 0.65, 0.85].map((high) => select(points, (j) => isWithin(j, { low: -0.5, high })))
  const window = windows.find(({ x }) => x.length >= 4) ?? windows[2]!
  if (!window.x.some((j) => j <= 0.05)) return null
  const solved = leastSquares(
    window.x.map((j) => [1, Math.log1p(-j), j]),
    window.y,
  )
  if (solved === null) return null
  const [c0, c1, c2] = solved.coefficients
  return { value: c0!, slope: c2! - c1! }
}

/** Slope of I(V) at V = 0 in shares of full scale, with an error that knows of a wander of the light. */
export interface SlopeAtIsc {
  readonly slope: number
  /** Null with fewer than eight places. */
  readonly slopeError: number | null
}

/** Line I(V) over 0 … 0.2 Voc for Rsh = −1/(dI/dV), in shares of full scale; null without three places. */
export const slopeAtIsc = (curve: PreparedCurve, peakU: number): SlopeAtIsc | null => {
  const to = Math.min(0.2, 0.85 * peakU)
  const window = select({ x: curve.u, y: curve.j }, (u) => isWithin(u, { low: shortCircuitEdge, high: to }))
  const fit = window.x.length >= 3 && spread(window.x) >= 0.08 ? fitLine(window.x, window.y) : null
  if (fit === null) return null
  return { slope: fit.slope, slopeError: window.x.length < 8 ? null : wanderingSlopeError(window, fit) }
}

/**
 * Standard error of the slope of n points when the light wanders like a random walk beside the noise of single points:
 * the mean square difference of residuals L points apart is 2 s² + q L. The slope of a walk has the variance 6 q / (5 n)
 * per point squared, from the covariance min(i, j) of the walk. As q comes from about five independent stretches, its
 * error is widened so that three of it leave 0.1 % as in Student's distribution (5.2/3).
 */
const wanderingSlopeError = ({ x, y }: Points, fit: LineFit): number => {
  const residual = x.map((value, k) => y[k]! - fit.intercept - fit.slope * value)
  const meanSquare = (lag: number): number => {
    let sum = 0
    for (let k = lag; k < residual.length; k++) sum += (residual[k]! - residual[k - lag]!) ** 2
    return sum / (residual.length - lag)
  }
  const lag = Math.max(2, Math.floor(residual.length / 5))
  const walk = Math.max(0, (meanSquare(lag) - meanSquare(1)) / (lag - 1))
  const step = spread(x) / (x.length - 1)
  return Math.hypot(fit.slopeError ?? 0, (1.73 * Math.sqrt((6 * walk) / (5 * x.length))) / step)
}

/**
 * Slope of V(I) at Voc for Rs = −dV/dI, in shares of full scale: the line over |I| ≤ 0.1 Isc, or 0.2 with few points;
 * where the curve falls too fast for that, the diode law at I = 0.
 */
export const slopeAtVoc = (
  curve: PreparedCurve,
  peakU: number,
): { slope: number; slopeError: number | null } | null => {
  const right = curve.u.findIndex((u) => u >= peakU)
  const points: Points = { x: curve.j.slice(right), y: curve.u.slice(right) }
  for (const width of [0.1, 0.2]) {
    const window = select(points, (j) => isWithin(j, { low: -width, high: width }))
    if (window.x.length >= 4 && spread(window.x) >= 0.05) return fitLine(window.x, window.y)
  }
  const law = diodeLawAtZero(points)
  return law === null ? null : { slope: law.slope, slopeError: null }
}
