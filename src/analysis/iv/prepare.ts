import type { IvCurve } from '../../contract/curve.ts'
import { StationError } from '../../contract/errors.ts'
import { extent, median } from '../numeric/statistics.ts'
import { curveFlags, type CurveFlag } from './flags.ts'
import { quadrantOfPower, type Places } from './path.ts'
import { levelScatter, localScatter, type Scatter } from './scatter.ts'
import { findSteps, type Step } from './steps.ts'

/**
 * A curve made fit for computing: dimensionless (u = V / voltageScaleV, j = I / currentScaleA), ascending in u, one
 * point a place. The scales are near Voc and Isc, so that windows and thresholds are shares of them.
 */
export interface PreparedCurve {
  readonly u: readonly number[]
  readonly j: readonly number[]
  /** All finite points in ascending u, repeats included: what a rule works on that takes single samples. */
  readonly rawU: readonly number[]
  readonly rawJ: readonly number[]
  readonly voltageScaleV: number
  readonly currentScaleA: number
  /** Standard deviation of a single sample normal to the curve, in shares of full scale; null below 8 points. */
  readonly scatter: number | null
  /** Step of the current readings in shares of full scale; 0 when they show none. */
  readonly resolution: number
  readonly stepped: boolean
  readonly flags: readonly CurveFlag[]
}

/**
 * Scatter of single samples above which a curve is called noisy. The geometric mean of 0.1 %, which a good bench keeps
 * and which is never to be flagged, and 0.3 %, which is always to be: the estimate from 25 points is uncertain by 15 %.
 */
export const noisyScatter = 0.00173

/** Points closer than this in u are one place: far below what bends the curve, above the settling of a source. */
const placeWidth = 2e-4

/**
 * Puts a curve in order and says what is remarkable about it.
 *
 * @param curve at least one point; voltages and currents finite, in any order
 * @returns null with its flags when the module delivers no power in the curve
 * @throws StationError analysis.badInput for no points, unequal lengths or numbers that are not finite
 */
export const prepareCurve = (curve: IvCurve): { prepared: PreparedCurve | null; flags: CurveFlag[] } => {
  checkInput(curve)
  const flags = [...orderFlags(curve), ...lightFlags(curve)]
  const scales = findScales(curve)
  if ('flag' in scales) return { prepared: null, flags: [...flags, scales.flag] }
  const { voltageScaleV, currentScaleA } = scales
  const raw = sortPoints(curve, scales)
  const { u, j, count, largest } = mergePlaces(raw.u, raw.j)
  const repeats = countRepeats(raw.u, raw.j)
  if (repeats >= Math.max(3, 0.05 * raw.u.length)) flags.push(curveFlags.duplicates(repeats))
  if (largest !== null) flags.push(curveFlags.clustered(largest * voltageScaleV))
  if (u.length < 10) flags.push(curveFlags.fewPoints(u.length))
  const resolution = readingStep(raw.j)
  const quadrant = quadrantOfPower({ u, j, count })
  const local = localScatter(quadrant, resolution)
  const steps = findSteps(quadrant, resolution)
  const scatter = local === null ? null : bestScatter(quadrant, local, steps)
  if (steps.length > 0)
    flags.push(curveFlags.steps(steps.length, ((steps[0]!.fromU + steps[0]!.toU) / 2) * voltageScaleV))
  const outliers = local?.outliers.length ?? 0
  if (outliers > 0 && steps.length === 0) flags.push(curveFlags.outliers(outliers))
  if (scatter !== null && scatter > noisyScatter && u.length >= 15) flags.push(curveFlags.noisy(scatter))
  const prepared: PreparedCurve = {
    ...{ u, j, rawU: raw.u, rawJ: raw.j, voltageScaleV, currentScaleA, flags },
    ...{ scatter, resolution, stepped: steps.length > 0 },
  }
  return { prepared, flags }
}

/** Where the level part has few points their scatter about longer cubics is the sharper estimate. */
const bestScatter = (quadrant: Places, local: Scatter, steps: readonly Step[]): number => {
  if (local.level.length > 400) return local.deviation
  const level = levelScatter(quadrant, local.level, steps)
  return level === null ? local.deviation : Math.max(level, local.steepDeviation)
}

const checkInput = (curve: IvCurve): void => {
  const refuse = (detail: string): never => {
    throw new StationError('analysis.badInput', { what: `Curve ${curve.id}`, detail })
  }
  if (curve.voltageV.length !== curve.currentA.length) refuse('voltages and currents do not pair up')
  if (curve.voltageV.length === 0) refuse('it has no points')
  if (!curve.voltageV.every(Number.isFinite)) refuse('a voltage is not a finite number')
  if (!curve.currentA.every(Number.isFinite)) refuse('a current is not a finite number')
}

/** Steps against the main direction beyond 1 % of the span are disorder; smaller ones are settling or noise. */
const orderFlags = (curve: IvCurve): CurveFlag[] => {
  const [low, high] = extent(curve.voltageV)
  const span = high / 2 - low / 2
  let [up, down, largestUp, largestDown] = [0, 0, 0, 0]
  for (let k = 1; k < curve.voltageV.length; k++) {
    const step = (curve.voltageV[k]! / 2 - curve.voltageV[k - 1]! / 2) / span
    if (step > 0) {
      up += step
      largestUp = Math.max(largestUp, step)
    } else if (step < 0) {
      down -= step
      largestDown = Math.max(largestDown, -step)
    }
  }
  if (!Number.isFinite(up + down)) return []
  if (Math.min(largestUp, largestDown) > 0.01) return [curveFlags.unsorted()]
  return down > up && curve.direction !== 'reverse' ? [curveFlags.reversed()] : []
}

const lightFlags = (curve: IvCurve): CurveFlag[] => {
  const light = curve.pointIrradianceWPerM2
  if (light === undefined || light.length === 0) return []
  const [low, high] = extent(light)
  const change = (high - low) / high
  return change > 0.01 && Number.isFinite(change) ? [curveFlags.irradianceDrift(change)] : []
}

interface Scales {
  voltageScaleV: number
  currentScaleA: number
}

/** Largest voltage at which current still flows forward, and the current of the five points nearest to zero voltage. */
const findScales = (curve: IvCurve): Scales | { flag: CurveFlag } => {
  const { voltageV, currentA } = curve
  const [lowest, highest] = extent(voltageV)
  const largestV = Math.max(Math.abs(lowest), Math.abs(highest))
  const largestI = extent(currentA.map(Math.abs))[1]
  let voltageScaleV = 0
  let [delivered, taken] = [0, 0]
  voltageV.forEach((voltage, k) => {
    const share = (voltage / largestV) * (currentA[k]! / largestI)
    if (voltage > 0) delivered = Math.max(delivered, share)
    taken = Math.max(taken, -share)
    if (currentA[k]! >= 0) voltageScaleV = Math.max(voltageScaleV, voltage)
  })
  const near = nearestCurrents(curve)
  // In the load convention the short-circuit current is negative; what is beyond open circuit looks like delivery.
  if (!(delivered > 0.02 * taken) || near < -0.05 * largestI) return { flag: blindFlag(curve) }
  const currentScaleA = near > 0.05 * largestI ? near : largestI
  const tooWide = largestV > 1e6 * voltageScaleV || voltageScaleV < 1e-250 || currentScaleA < 1e-250
  if (tooWide || largestV > 1e150 || largestI > 1e150) return { flag: curveFlags.outOfRange() }
  const narrow = highest - lowest < 1e-3 * largestV && voltageV.length > 2
  return narrow ? { flag: curveFlags.noVoltageSpan() } : { voltageScaleV, currentScaleA }
}

/** Median of the currents of the five points nearest to zero voltage. */
const nearestCurrents = ({ voltageV, currentA }: IvCurve): number => {
  const nearest: { distance: number; current: number }[] = []
  voltageV.forEach((voltage, k) => {
    const distance = Math.abs(voltage)
    if (nearest.length === 5 && distance > nearest[4]!.distance) return
    nearest.push({ distance, current: currentA[k]! })
    nearest.sort((a, b) => a.distance - b.distance || b.current - a.current)
    if (nearest.length > 5) nearest.pop()
  })
  return median(nearest.map((point) => point.current)) ?? 0
}

/** Why a curve without a point in the first quadrant shows no power. */
const blindFlag = (curve: IvCurve): CurveFlag => {
  const backwards = curve.voltageV.filter((voltage, k) => voltage < 0 && curve.currentA[k]! > 0).length
  return backwards > curve.voltageV.length / 2 ? curveFlags.voltagePolarity() : curveFlags.notDelivering()
}

const sortPoints = (curve: IvCurve, scales: Scales): { u: number[]; j: number[] } => {
  const points = curve.voltageV.map((voltage, k) => ({
    u: voltage / scales.voltageScaleV,
    j: curve.currentA[k]! / scales.currentScaleA,
  }))
  if (points[0]!.u > points.at(-1)!.u) points.reverse()
  points.sort((a, b) => a.u - b.u || b.j - a.j)
  return { u: points.map(({ u }) => u), j: points.map(({ j }) => j) }
}

/** The step of readings with few digits: the smallest difference, where nearly all differences are multiples of it. */
const readingStep = (j: readonly number[]): number => {
  const sorted = new Float64Array(j).sort()
  const differences: number[] = []
  for (let k = 1; k < sorted.length; k++) {
    const difference = sorted[k]! - sorted[k - 1]!
    if (difference > 1e-7) differences.push(difference)
  }
  const step = extent(differences)[0]
  const multiples = differences.filter((value) => Math.abs(value / step - Math.round(value / step)) < 0.05).length
  return differences.length >= 5 && multiples > 0.9 * differences.length ? step : 0
}

/**
 * Averages the points of each place. A crowd of three or more points on the upper half of the curve and away from the
 * axis, or a third of all points in one place, is reported: rules that take the nearest samples break on it
 * (analysis.md 1.1). On the lower half a sweep in steps of current rightly has many points within little voltage.
 */
const mergePlaces = (
  rawU: readonly number[],
  rawJ: readonly number[],
): { u: number[]; j: number[]; count: number[]; largest: number | null } => {
  const u: number[] = []
  const j: number[] = []
  const counts: number[] = []
  let largest: number | null = null
  let crowd = 2
  for (let from = 0; from < rawU.length;) {
    let to = from
    let [sumU, sumJ] = [0, 0]
    while (to < rawU.length && rawU[to]! - rawU[from]! <= placeWidth) {
      sumU += rawU[to]!
      sumJ += rawJ[to]!
      to++
    }
    const count = to - from
    u.push(sumU / count)
    j.push(sumJ / count)
    counts.push(count)
    const away = Math.abs(u.at(-1)!) > 0.02 && j.at(-1)! > 0.5
    // Dense flash data put several points in every place; a crowd stands out from the average density.
    const dense = count > 3 * (rawU.length * placeWidth + 1)
    if (count > crowd && ((away && dense && count >= 3) || count > 0.33 * rawU.length)) {
      crowd = count
      largest = u.at(-1)!
    }
    from = to
  }
  return { u, j, count: counts, largest: rawU.length >= 6 ? largest : null }
}

const countRepeats = (u: readonly number[], j: readonly number[]): number => {
  let repeats = 0
  for (let k = 1; k < u.length; k++) if (u[k] === u[k - 1] && j[k] === j[k - 1]) repeats++
  return repeats
}
