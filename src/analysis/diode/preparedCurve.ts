import { StationError } from '../../contract/errors.ts'
import type { IvCurve } from '../../contract/curve.ts'
import { runningMedian, scatterOf } from './curveShape.ts'

/** The part of a curve that the diode fits use, by rising voltage, with rough key values for scaling. */
export interface PreparedCurve {
  readonly voltageV: Float64Array
  readonly currentA: Float64Array
  /** The current's running median over five points. */
  readonly smoothA: Float64Array
  /** Where the straight line through V ≤ 0.2 Voc meets V = 0, A. */
  readonly iscA: number
  /** Where the current goes through zero; extrapolated by the last slope where the curve ends before. */
  readonly vocV: number
  /** The sample with the largest power. */
  readonly maximumPower: { readonly voltageV: number; readonly currentA: number }
  /** Straight line I = intercept − slope·V through V ≤ 0.2 Voc. */
  readonly plateau: { readonly interceptA: number; readonly slopeS: number }
  /** Points that were left out because they lie outside the generating quadrant. */
  readonly outside: number
  /** Points that were left out because they stick out from their neighbours. */
  readonly spikes: number
  /** Every so-manieth point was taken of a curve with very many; 1 where all were. */
  readonly stride: number
}

export type Preparation = { curve: PreparedCurve; reason: null } | { curve: null; reason: PreparationFault }
export type PreparationFault = 'tooFewPoints' | 'noGeneratingQuadrant'

/** A fit's time grows with its points; far more of them than this add nothing. */
const MOST_POINTS = 2000

/** Five unknowns need some redundancy before their scatter says anything. */
export const LEAST_POINTS = 8

/**
 * Sorts a curve by voltage and keeps what lies in or next to the generating quadrant
 * (−0.05 Voc ≤ V ≤ 1.2 Voc, I ≥ −0.5 Isc): beyond it bypass diodes or breakdown set the current.
 * @throws StationError analysis.badInput when lengths differ or a value is not finite
 */
export const prepareCurve = (curve: Pick<IvCurve, 'id' | 'voltageV' | 'currentA'>): Preparation => {
  const sorted = sortByVoltage(curve)
  const vocV = openCircuitV(sorted.v, sorted.i)
  const first = vocV === null ? null : plateauLine(sorted.v, sorted.i, vocV)
  if (vocV === null || first === null || !isUsable(vocV, first.interceptA))
    return { curve: null, reason: sorted.v.length < LEAST_POINTS ? 'tooFewPoints' : 'noGeneratingQuadrant' }
  const iscA = first.interceptA
  const quadrant = generatingPart(sorted, vocV, iscA)
  const { v, i, smooth } = withoutSpikes(quadrant, { vocV, iscA })
  const plateau = plateauLine(v, i, vocV)
  if (plateau === null || countDistinct(v) < LEAST_POINTS) return { curve: null, reason: 'tooFewPoints' }
  let best = 0
  for (let k = 1; k < v.length; k++) if (v[k]! * i[k]! > v[best]! * i[best]!) best = k
  const maximumPower = { voltageV: v[best]!, currentA: i[best]! }
  const spikes = quadrant.v.length - v.length
  const outside = sorted.v.length - quadrant.v.length
  const { stride } = sorted
  return {
    curve: { voltageV: v, currentA: i, smoothA: smooth, iscA, vocV, maximumPower, plateau, outside, spikes, stride },
    reason: null,
  }
}

// Powers of a double's range: products and ratios of such numbers neither overflow nor underflow.
const isUsable = (vocV: number, iscA: number): boolean => vocV > 1e-60 && vocV < 1e60 && iscA > 1e-60 && iscA < 1e60

interface Columns {
  v: Float64Array
  i: Float64Array
}

const sortByVoltage = (curve: Pick<IvCurve, 'id' | 'voltageV' | 'currentA'>): Columns & { stride: number } => {
  const stride = Math.ceil(curve.voltageV.length / MOST_POINTS) || 1
  const v = everyNth(curve.voltageV, stride)
  const i = everyNth(curve.currentA, stride)
  let finite = curve.voltageV.length === curve.currentA.length
  let sorted = true
  for (let k = 0; k < v.length; k++) {
    if (!Number.isFinite(v[k]!) || !Number.isFinite(i[k]!)) finite = false
    if (k > 0 && v[k]! < v[k - 1]!) sorted = false
  }
  if (!finite)
    throw new StationError('analysis.badInput', {
      what: `curve ${curve.id}`,
      detail: 'voltages and currents must be finite and of equal number',
    })
  if (sorted) return { v, i, stride }
  const order = new Uint32Array(v.keys()).sort((a, b) => v[a]! - v[b]! || i[b]! - i[a]!)
  return { v: Float64Array.from(order, (k) => v[k]!), i: Float64Array.from(order, (k) => i[k]!), stride }
}

const everyNth = (values: readonly number[], stride: number): Float64Array => {
  if (stride === 1) return new Float64Array(values)
  return Float64Array.from({ length: Math.ceil(values.length / stride) }, (_x, k) => values[k * stride]!)
}

const generatingPart = ({ v, i }: Columns, vocV: number, iscA: number): Columns => {
  const isInside = (k: number): boolean => v[k]! >= -0.05 * vocV && v[k]! <= 1.2 * vocV && i[k]! >= -0.5 * iscA
  if (isInside(0) && isInside(v.length - 1) && i.every((x) => x >= -0.5 * iscA)) return { v, i }
  const kept = { v: new Float64Array(v.length), i: new Float64Array(v.length) }
  let count = 0
  for (let k = 0; k < v.length; k++) {
    if (!isInside(k)) continue
    kept.v[count] = v[k]!
    kept.i[count++] = i[k]!
  }
  return { v: kept.v.subarray(0, count), i: kept.i.subarray(0, count) }
}

/**
 * Leaves out lone points more than 2 % of Isc and Voc and eight times the scatter off the running median, which a
 * monotone curve equals. More than one in twenty of them is no longer a few spikes: then all points stay.
 */
const withoutSpikes = (
  { v, i }: Columns,
  scale: { vocV: number; iscA: number },
): Columns & { smooth: Float64Array } => {
  const median = runningMedian(i)
  const far = 0.02 * scale.iscA
  let largest = 0
  for (let k = 0; k < i.length; k++) largest = Math.max(largest, Math.abs(i[k]! - median[k]!))
  if (largest <= far) return { v, i, smooth: median }
  const limit = Math.max(far, 8 * scatterOf(v, i))
  const reach = 2 + Math.round(v.length / 50)
  const isSpike = (k: number): boolean => {
    const off = Math.abs(i[k]! - median[k]!)
    if (off <= limit) return false
    // On the steep side a little noise of the voltage moves the current a lot: measure across the curve.
    const from = Math.max(0, k - reach)
    const to = Math.min(v.length - 1, k + reach)
    const slope = ((median[to]! - median[from]!) / (v[to]! - v[from]!)) * (scale.vocV / scale.iscA)
    return !(off <= limit * Math.sqrt(1 + slope * slope))
  }
  const stays = Uint8Array.from(i, (_x, k) => (isSpike(k) ? 0 : 1))
  const count = stays.reduce((sum, x) => sum + 1 - x, 0)
  if (count === 0 || count > i.length / 20) return { v, i, smooth: median }
  const left = i.filter((_x, k) => stays[k] === 1)
  return { v: v.filter((_x, k) => stays[k] === 1), i: left, smooth: runningMedian(left) }
}

const openCircuitV = (v: Float64Array, i: Float64Array): number | null => {
  const n = v.length
  let last = n - 1
  while (last >= 0 && !(i[last]! > 0)) last--
  if (last < 1) return null
  if (last < n - 1) {
    const share = i[last]! / (i[last]! - i[last + 1]!)
    return v[last]! + share * (v[last + 1]! - v[last]!)
  }
  let before = last - 1
  while (before > 0 && !(v[before]! < v[last]! && i[before]! > i[last]!)) before--
  const extension = (i[last]! * (v[last]! - v[before]!)) / (i[before]! - i[last]!)
  return v[last]! + (extension > 0 ? Math.min(extension, 0.2 * v[last]!) : 0)
}

const plateauLine = (v: Float64Array, i: Float64Array, vocV: number): PreparedCurve['plateau'] | null => {
  let end = 0
  let begin = 0
  while (begin < v.length && v[begin]! < -0.05 * vocV) begin++
  end = begin
  while (end < v.length && v[end]! <= 0.2 * vocV) end++
  const line = straightLine(v.subarray(begin, end), i.subarray(begin, end))
  if (line !== null && line.spread > 0.05 * vocV) return line
  // Too little of the plateau was measured: the largest current stands for it.
  const interceptA = i.subarray(begin).reduce((most, x) => Math.max(most, x), 0)
  return interceptA > 0 ? { interceptA, slopeS: 0 } : null
}

const straightLine = (
  x: Float64Array,
  y: Float64Array,
): { interceptA: number; slopeS: number; spread: number } | null => {
  const n = x.length
  if (n < 3) return null
  let [meanX, meanY] = [0, 0]
  for (let k = 0; k < n; k++) {
    meanX += x[k]! / n
    meanY += y[k]! / n
  }
  let [sxx, sxy] = [0, 0]
  for (let k = 0; k < n; k++) {
    const dx = x[k]! - meanX
    sxx += dx * dx
    sxy += dx * (y[k]! - meanY)
  }
  if (!(sxx > 0)) return null
  const slopeS = -sxy / sxx
  return { interceptA: meanY + slopeS * meanX, slopeS, spread: x[n - 1]! - x[0]! }
}

const countDistinct = (sorted: Float64Array): number => {
  let count = 1
  for (let k = 1; k < sorted.length; k++) if (sorted[k] !== sorted[k - 1]) count++
  return count
}
