import type { IvCurve } from '../../contract/curve.ts'
import { finiteOrNull } from '../numeric/statistics.ts'
import { findIsc, findVoc, slopeAtIsc, slopeAtVoc, type AxisCrossing, type SlopeAtIsc } from './axes.ts'
import { extractE1036 } from './e1036.ts'
import { curveFlags, type CurveFlag } from './flags.ts'
import { findPeak, highestSample, type PowerPeak } from './maximumPower.ts'
import { prepareCurve, type PreparedCurve } from './prepare.ts'

export type ExtractionRule = 'station' | 'e1036'

/** Name and version of each rule, stored with every result. */
export const extractionRules: Record<ExtractionRule, string> = {
  station: 'station I-V extraction 1.1 (IEC 60904-1)',
  e1036: 'ASTM E1036 I-V extraction 1.0',
}

/** Parameters of one curve. Null where a value can't be determined; the flags then say why. */
export interface IvParameters {
  readonly id: string
  readonly rule: string
  readonly iscA: number | null
  readonly vocV: number | null
  readonly pmaxW: number | null
  /** Standard error of Pmax from the scatter of the fit (k = 1): repeatability only, no calibration in it. */
  readonly pmaxErrorW: number | null
  readonly vmpV: number | null
  readonly impA: number | null
  /** Pmax / (Isc Voc). */
  readonly fillFactor: number | null
  /** −dV/dI near Voc; contains n Ns Vth / Isc beside the series resistance. */
  readonly rsSlopeOhm: number | null
  readonly rsSlopeErrorOhm: number | null
  /** −1 / (dI/dV) near V = 0. */
  readonly rshSlopeOhm: number | null
  readonly rshSlopeErrorOhm: number | null
  /** The points and the order of the polynomial that gave Pmax. */
  readonly pmaxWindow: { lowV: number; highV: number; points: number; order: number } | null
  /** Scatter about a smooth curve, in shares of Isc and Voc. */
  readonly scatter: number | null
  readonly flags: readonly CurveFlag[]
}

/**
 * Isc, Voc, Pmax, Vmp, Imp, FF and the slopes of a measured I-V curve.
 *
 * @param curve at least one finite point, in any order, generator convention (positive current delivers power)
 * @param options rule `station` (default): IEC 60904-1 with the lab's own windows, ≤ 0.02 % on exact curves of 100
 *   points, robust against crowds, repeats and disorder; `e1036`: ASTM E1036, see e1036.ts
 * @returns finite numbers or null with the reason among the flags
 * @throws StationError analysis.badInput for no points, unequal lengths or numbers that are not finite
 */
export const extractIv = (curve: IvCurve, options: { rule?: ExtractionRule } = {}): IvParameters => {
  const rule = options.rule ?? 'station'
  const { prepared, flags } = prepareCurve(curve)
  if (prepared === null) return nothing(curve.id, rule, flags)
  const found = rule === 'e1036' ? byE1036(prepared) : byStation(prepared)
  if (found === null) return nothing(curve.id, rule, [...flags, curveFlags.notDelivering()])
  return inUnits(curve.id, rule, { prepared, found, flags })
}

interface Found {
  isc: AxisCrossing
  voc: AxisCrossing
  peak: PowerPeak | null
  flags: readonly CurveFlag[]
}

const byStation = (prepared: PreparedCurve): Found | null => {
  const k = highestSample(prepared.u, prepared.j)
  if (k === null) return null
  const { peak, flags } = findPeak(prepared, k)
  const peakU = prepared.u[k]!
  return { isc: findIsc(prepared, peakU), voc: findVoc(prepared, peakU), peak, flags }
}

const byE1036 = (prepared: PreparedCurve): Found | null => {
  const k = highestSample(prepared.rawU, prepared.rawJ)
  return k === null ? null : extractE1036(prepared, k)
}

const nothing = (id: string, rule: ExtractionRule, flags: readonly CurveFlag[]): IvParameters => ({
  ...{ id, rule: extractionRules[rule], iscA: null, vocV: null, pmaxW: null, pmaxErrorW: null, vmpV: null, impA: null },
  ...{ fillFactor: null, rsSlopeOhm: null, rsSlopeErrorOhm: null, rshSlopeOhm: null, rshSlopeErrorOhm: null },
  ...{ pmaxWindow: null, scatter: null, flags },
})

const inUnits = (
  id: string,
  rule: ExtractionRule,
  result: { prepared: PreparedCurve; found: Found; flags: readonly CurveFlag[] },
): IvParameters => {
  const { prepared, found } = result
  const { voltageScaleV: volt, currentScaleA: ampere } = prepared
  const { peak } = found
  const slopes = slopesOf(prepared)
  const isc = positiveOrNull(found.isc.value)
  const voc = positiveOrNull(found.voc.value)
  return {
    id,
    rule: extractionRules[rule],
    iscA: isc === null ? null : finiteOrNull(isc * ampere),
    vocV: voc === null ? null : finiteOrNull(voc * volt),
    pmaxW: peak === null ? null : finiteOrNull(peak.power * volt * ampere),
    pmaxErrorW: peak === null || peak.error === null ? null : finiteOrNull(peak.error * volt * ampere),
    vmpV: peak === null ? null : finiteOrNull(peak.u * volt),
    impA: peak === null ? null : finiteOrNull((peak.power / peak.u) * ampere),
    fillFactor: peak === null || isc === null || voc === null ? null : finiteOrNull(peak.power / (isc * voc)),
    ...slopes.values,
    pmaxWindow: peak === null ? null : windowInVolts(peak, volt),
    scatter: prepared.scatter,
    flags: [...result.flags, ...found.flags, ...found.isc.flags, ...found.voc.flags, ...slopes.flags],
  }
}

const positiveOrNull = (value: number | null): number | null => (value !== null && value > 0 ? value : null)

const windowInVolts = (peak: PowerPeak, volt: number): IvParameters['pmaxWindow'] => {
  const { lowU, highU, points, order } = peak.window
  return { lowV: lowU * volt, highV: highU * volt, points, order }
}

type Slopes = Pick<IvParameters, 'rsSlopeOhm' | 'rsSlopeErrorOhm' | 'rshSlopeOhm' | 'rshSlopeErrorOhm'>

const slopesOf = (prepared: PreparedCurve): { values: Slopes; flags: CurveFlag[] } => {
  const k = highestSample(prepared.u, prepared.j)
  const peakU = k === null ? 1 : prepared.u[k]!
  const ohm = prepared.voltageScaleV / prepared.currentScaleA
  const atVoc = slopeAtVoc(prepared, peakU)
  const atIsc = slopeAtIsc(prepared, peakU)
  // A slope within rounding of level gives no resistance.
  const falling = atIsc !== null && atIsc.slope < -1e-9
  const rising = atVoc !== null && atVoc.slope < -1e-9
  const flags: CurveFlag[] = []
  if (atIsc !== null && !falling) flags.push(risingFlag(atIsc))
  if (!rising) flags.push(curveFlags.rsUndetermined())
  return {
    values: {
      rsSlopeOhm: rising ? finiteOrNull(-atVoc.slope * ohm) : null,
      rsSlopeErrorOhm: rising && atVoc.slopeError !== null ? finiteOrNull(atVoc.slopeError * ohm) : null,
      rshSlopeOhm: falling ? finiteOrNull(-ohm / atIsc.slope) : null,
      rshSlopeErrorOhm:
        falling && atIsc.slopeError !== null ? finiteOrNull((atIsc.slopeError / atIsc.slope ** 2) * ohm) : null,
    },
    flags,
  }
}

/** A rise within three standard errors may be noise: then the curve only fails to tell a shunt resistance. */
const risingFlag = ({ slope, slopeError }: SlopeAtIsc): CurveFlag =>
  slopeError !== null && slope > 1e-9 && slope >= 3 * slopeError
    ? curveFlags.positiveSlopeAtIsc()
    : curveFlags.rshUndetermined()
