import { median, medianAbsoluteDeviation } from '../statistics/descriptive.ts'
import { badInput, requireAllFinite, requirePositive } from '../statistics/quantity.ts'
import type { Method } from '../statistics/quantity.ts'

/**
 * Finds the curves of a set that are shaped unlike the others (modules of one type, one module over time).
 * Each curve is normalised to its own Isc and Voc, so that irradiance and temperature hardly matter, and compared
 * with the median curve of the set.
 */
export const curveIsolationMethod: Method = { id: 'anomaly/curveIsolation', version: '1.0.0' }

export interface ShapeCurve {
  readonly id: string
  /** Pairs by index, any order. */
  readonly voltageV: readonly number[]
  readonly currentA: readonly number[]
  /** Above 0. */
  readonly iscA: number
  readonly vocV: number
}

export interface IsolatedCurve {
  readonly id: string
  /** RMS distance from the median shape, in units of Isc. */
  readonly distance: number
  /** Robust z of ln(distance) within the set; null when the set has no spread. */
  readonly score: number | null
  readonly isolated: boolean
  /** V/Voc at which it is furthest from the median shape. */
  readonly furthestAt: number
}

const gridPoints = 41
/** Below 0.05 and above 0.95 Voc many sweeps have no points. */
const gridOf = (index: number): number => 0.05 + (0.9 * index) / (gridPoints - 1)

/** A shape that differs by less than this RMS (in Isc) is never called isolated: it is the noise of a sweep. */
const leastDistance = 0.003

const shapeOf = (curve: ShapeCurve): number[] => {
  const { voltageV, currentA, id } = curve
  if (voltageV.length !== currentA.length || voltageV.length < 5) {
    throw badInput(`curve ${id}`, 'at least five pairs of voltage and current are needed')
  }
  requireAllFinite(voltageV, `voltage of ${id}`)
  requireAllFinite(currentA, `current of ${id}`)
  const isc = requirePositive(curve.iscA, `Isc of ${id}`)
  const voc = requirePositive(curve.vocV, `Voc of ${id}`)
  const points = voltageV.map((v, i) => [v / voc, currentA[i]! / isc] as const).sort((a, b) => a[0] - b[0])
  let at = 0
  return Array.from({ length: gridPoints }, (_, index) => {
    const x = gridOf(index)
    while (at < points.length - 2 && points[at + 1]![0] < x) at++
    const [low, high] = [points[at]!, points[at + 1]!]
    const width = high[0] - low[0]
    const share = width > 0 ? Math.min(1, Math.max(0, (x - low[0]) / width)) : 0
    return low[1] * (1 - share) + high[1] * share
  })
}

const compare = (shape: readonly number[], reference: readonly number[]): { distance: number; furthestAt: number } => {
  let squares = 0
  let furthest = 0
  shape.forEach((value, i) => {
    const difference = Math.abs(value - reference[i]!)
    squares += (difference * difference) / gridPoints
    if (difference > Math.abs(shape[furthest]! - reference[furthest]!)) furthest = i
  })
  return { distance: Math.sqrt(squares), furthestAt: gridOf(furthest) }
}

/**
 * @param curves at least four
 * @param threshold robust z of the log distance above which a curve is isolated; 3.5 unless stated
 * @throws StationError analysis.badInput for too few curves, unpaired points, or numbers that aren't finite
 */
export const isolateByShape = (curves: readonly ShapeCurve[], threshold = 3.5): readonly IsolatedCurve[] => {
  if (curves.length < 4) throw badInput('curves', `${curves.length} curves, at least 4 are needed to tell the odd one`)
  const shapes = curves.map(shapeOf)
  const reference = Array.from({ length: gridPoints }, (_, i) => median(shapes.map((shape) => shape[i]!)))
  const compared = shapes.map((shape) => compare(shape, reference))
  // On the log scale: distances are positive and spread over decades.
  const logs = compared.map(({ distance }) => Math.log(Math.max(distance, 1e-12)))
  const center = median(logs)
  const mad = medianAbsoluteDeviation(logs)
  return curves.map(({ id }, i) => {
    const { distance, furthestAt } = compared[i]!
    const score = mad > 0 ? (0.6745 * (logs[i]! - center)) / mad : null
    const odd = score === null ? logs[i]! > center : score > threshold
    return { id, distance, score, isolated: odd && distance > leastDistance, furthestAt }
  })
}
