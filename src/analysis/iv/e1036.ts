import { fitLine } from '../numeric/line.ts'
import { fitPolynomial, polynomialAt, polynomialErrorFactor, polynomialMaximum } from '../numeric/polynomial.ts'
import type { AxisCrossing } from './axes.ts'
import { curveFlags, type CurveFlag } from './flags.ts'
import { isWithin, type PowerPeak } from './maximumPower.ts'
import type { PreparedCurve } from './prepare.ts'

/**
 * ASTM E1036 as it is commonly programmed (analysis.md 1.1): Isc from a point within 0.5 % of Voc of the axis, else the
 * line through the three points nearest to it; Voc likewise within 0.1 % of Isc; Pmax from a fourth-order polynomial P(V)
 * over the points within 0.75 … 1.15 of Vmp and Imp. Points that share a place with a nearer one are passed over, since a
 * line through a crowd has no slope.
 */
export interface E1036Result {
  readonly isc: AxisCrossing
  readonly voc: AxisCrossing
  readonly peak: PowerPeak | null
  readonly flags: readonly CurveFlag[]
}

/** @param k index of the highest sample among the raw points */
export const extractE1036 = (curve: PreparedCurve, k: number): E1036Result => {
  const { rawU: u, rawJ: j } = curve
  const vocEstimate = u[nearestToZero(j)]!
  const iscEstimate = j[nearestToZero(u)]!
  const isc = crossing({ x: u, y: j, accept: 0.005 * Math.abs(vocEstimate), far: 0.4 })
  const voc = crossing({ x: j, y: u, accept: 0.001 * Math.abs(iscEstimate), far: 0.15 })
  return {
    isc: withReason(isc, curveFlags.truncatedAtIsc(Math.max(0, u[0]!)), curveFlags.iscExtrapolated(isc.start)),
    voc: withReason(voc, curveFlags.truncatedAtVoc(voc.start), curveFlags.vocExtrapolated(voc.start)),
    ...polynomialPeak(curve, k),
  }
}

const nearestToZero = (values: readonly number[]): number => {
  let best = 0
  values.forEach((value, k) => {
    if (Math.abs(value) < Math.abs(values[best]!)) best = k
  })
  return best
}

interface Crossing {
  value: number | null
  /** Distance from the axis at which the points begin when they lie on one side of it, else 0. */
  start: number
}

const crossing = (axis: { x: readonly number[]; y: readonly number[]; accept: number; far: number }): Crossing => {
  const { x, y } = axis
  const nearest = nearestToZero(x)
  const oneSided = x.every((value) => value > 0) || x.every((value) => value < 0)
  const start = oneSided ? Math.abs(x[nearest]!) : 0
  if (Math.abs(x[nearest]!) <= axis.accept) return { value: y[nearest]!, start }
  if (start > axis.far) return { value: null, start }
  const order = x.map((_, k) => k).sort((a, b) => Math.abs(x[a]!) - Math.abs(x[b]!))
  const places: number[] = []
  for (const k of order) {
    // Between neighbours of one place the difference of y is noise, and its slope means nothing.
    if (places.every((other) => Math.abs(x[k]! - x[other]!) > 1e-3)) places.push(k)
    if (places.length === 3) break
  }
  const fit = fitLine(
    places.map((k) => x[k]!),
    places.map((k) => y[k]!),
  )
  return { value: places.length < 3 ? null : (fit?.intercept ?? null), start }
}

const withReason = (found: Crossing, missing: CurveFlag, extrapolated: CurveFlag): AxisCrossing => {
  if (found.value === null) return { value: null, flags: [missing] }
  return { value: found.value, flags: found.start > 0.02 ? [extrapolated] : [] }
}

const polynomialPeak = (curve: PreparedCurve, k: number): { peak: PowerPeak | null; flags: CurveFlag[] } => {
  const { rawU: u, rawJ: j } = curve
  const inside = (value: number, peak: number): boolean => isWithin(value / peak, { low: 0.75, high: 1.15 })
  const window = u.map((_, i) => i).filter((i) => inside(u[i]!, u[k]!) && inside(j[i]!, j[k]!))
  const voltages = window.map((i) => u[i]!)
  const flags = window.length < 8 ? [curveFlags.fewPointsInKnee(window.length)] : []
  const fit = fitPolynomial(
    voltages,
    window.map((i) => u[i]! * j[i]!),
    4,
  )
  const at = fit === null ? null : polynomialMaximum(fit)
  if (fit === null) return { peak: null, flags }
  if (at === null) return { peak: null, flags: [...flags, curveFlags.noPmaxBracket()] }
  const power = polynomialAt(fit, at)
  const sample = u[k]! * j[k]!
  if (Math.abs(power - sample) > 0.05 * sample) return { peak: null, flags: [...flags, curveFlags.irregularKnee()] }
  const residual = fit.residualDeviation
  if (residual !== null && residual > 0.01 * sample) flags.push(curveFlags.irregularKnee())
  return {
    peak: {
      u: at,
      power,
      error: residual === null ? null : residual * polynomialErrorFactor(fit, at),
      window: { lowU: voltages[0]!, highU: voltages.at(-1)!, points: window.length, order: 4 },
    },
    flags,
  }
}
