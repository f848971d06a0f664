import type { IvCurve } from '../../contract/curve.ts'
import { StationError } from '../../contract/errors.ts'
import { interpolateLinear } from '../numeric/interpolate.ts'
import { extent, mean, sampleStandardDeviation } from '../numeric/statistics.ts'
import { extractIv } from './extract.ts'
import { prepareCurve } from './prepare.ts'

export interface Repeatability {
  readonly mean: number
  /** Sample standard deviation s (n − 1). */
  readonly standardDeviation: number
  readonly standardDeviationPercent: number
  /** (max − min) / mean in percent. */
  readonly spreadPercent: number
  readonly count: number
}

/**
 * Repeatability of Pmax (or Isc, Voc) over repeated sweeps of one module.
 *
 * @param values two or more values above 0, in one unit
 * @throws StationError analysis.badInput otherwise
 */
export const repeatabilityOf = (values: readonly number[]): Repeatability => {
  const centre = mean(values)
  const standardDeviation = sampleStandardDeviation(values)
  if (centre === null || standardDeviation === null || !values.every((value) => value > 0 && Number.isFinite(value))) {
    throw new StationError('analysis.badInput', {
      what: 'Repeatability',
      detail: 'two or more values above 0 are needed',
    })
  }
  const [low, high] = extent(values)
  return {
    mean: centre,
    standardDeviation,
    standardDeviationPercent: (100 * standardDeviation) / centre,
    spreadPercent: (100 * (high - low)) / centre,
    count: values.length,
  }
}

export interface Hysteresis {
  /** |Pmax,f − Pmax,r| over their mean, in percent; null when a sweep gives no Pmax. */
  readonly pmaxPercent: number | null
  /** Area between the sweeps over Isc · Voc of the forward one, in percent; null when they don't overlap. */
  readonly areaPercent: number | null
}

/**
 * Difference between a forward and a reverse sweep of one module at the same conditions: capacitance, or light that
 * drifted. The area is taken over the voltages that both sweeps have.
 *
 * @throws StationError analysis.badInput as extractIv
 */
export const hysteresisOf = (forward: IvCurve, reverse: IvCurve): Hysteresis => {
  const [f, r] = [extractIv(forward), extractIv(reverse)]
  const bothPmax = f.pmaxW !== null && r.pmaxW !== null
  const full = f.iscA !== null && f.vocV !== null ? f.iscA * f.vocV : null
  const area = areaBetween(forward, reverse)
  return {
    pmaxPercent: bothPmax ? (200 * Math.abs(f.pmaxW - r.pmaxW)) / (f.pmaxW + r.pmaxW) : null,
    areaPercent: full === null || area === null ? null : (100 * area) / full,
  }
}

/** ∫ |If − Ir| dV over the common voltages, in 200 steps. */
const areaBetween = (a: IvCurve, b: IvCurve): number | null => {
  const lines = [a, b].map((curve) => {
    const { prepared } = prepareCurve(curve)
    if (prepared === null) return null
    const { u, j, voltageScaleV, currentScaleA } = prepared
    return { voltageV: u.map((value) => value * voltageScaleV), currentA: j.map((value) => value * currentScaleA) }
  })
  const [first, second] = lines
  if (!first || !second) return null
  const low = Math.max(first.voltageV[0]!, second.voltageV[0]!)
  const high = Math.min(first.voltageV.at(-1)!, second.voltageV.at(-1)!)
  if (!(high > low)) return null
  const steps = 200
  const width = (high - low) / steps
  let sum = 0
  for (let k = 0; k < steps; k++) {
    const voltage = low + (k + 0.5) * width
    const difference =
      interpolateLinear(first.voltageV, first.currentA, voltage)! -
      interpolateLinear(second.voltageV, second.currentA, voltage)!
    sum += Math.abs(difference) * width
  }
  return sum
}
