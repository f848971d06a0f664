import type { IvCurve } from '../../contract/curve.ts'
import { prepareCurve, type PreparedCurve } from './preparedCurve.ts'

/** A series resistance, or null with the reason. */
export type SeriesResistance =
  | { seriesResistanceOhm: number; reason: null; method: SeriesResistanceMethod }
  | { seriesResistanceOhm: null; reason: string; method: SeriesResistanceMethod }

export type SeriesResistanceMethod = 'rs-swanson@1' | 'rs-light-dark@1' | 'rs-suns-voc@1' | 'rs-fill-factor@1'

const finite = (value: number, method: SeriesResistanceMethod): SeriesResistance =>
  Number.isFinite(value)
    ? { seriesResistanceOhm: value, reason: null, method }
    : { seriesResistanceOhm: null, reason: 'The inputs leave no finite resistance.', method }

const none = (reason: string, method: SeriesResistanceMethod): SeriesResistance => ({
  seriesResistanceOhm: null,
  reason,
  method,
})

/**
 * Series resistance from curves at two or more irradiances and one temperature: at equal distance ΔI below Isc the
 * junction is at the same voltage, so these points lie on a line of slope −Rs (two curves: the two-light method).
 * @param curves V, A; at least two whose Isc differ by 5 % or more
 * @param dropFraction ΔI as a fraction of the smallest Isc, in (0, 1); 0.1, near the maximum power point, when left out
 * Source: Wolf and Rauschenbach, Adv. Energy Conversion 3 (1963) 455; Swanson, in Pysch et al., SEMSC 91 (2007) 1698.
 */
export const swansonSeriesResistance = (
  curves: readonly Pick<IvCurve, 'id' | 'voltageV' | 'currentA'>[],
  dropFraction = 0.1,
): SeriesResistance => {
  const method = 'rs-swanson@1'
  const prepared = curves.map((curve) => prepareCurve(curve).curve)
  const usable = prepared.filter((curve) => curve !== null)
  if (usable.length < prepared.length || usable.length < 2)
    return none('At least two curves with a generating quadrant are needed.', method)
  if (!(dropFraction > 0 && dropFraction < 1)) return none('The drop must lie between 0 and 1 of Isc.', method)
  const isc = usable.map((curve) => curve.iscA)
  const [least, most] = [Math.min(...isc), Math.max(...isc)]
  if (most < 1.05 * least) return none('The curves differ by less than 5 % in Isc.', method)
  const points = usable.map((curve) => {
    const current = curve.iscA - dropFraction * least
    return { current, voltage: voltageAt(curve, current) }
  })
  if (points.some((point) => point.voltage === null))
    return none('A curve does not reach down to the chosen distance from Isc.', method)
  return finite(
    -slopeOf(
      points.map((p) => p.current),
      points.map((p) => p.voltage!),
    ),
    method,
  )
}

export interface LightDark {
  /** Illuminated curve, V, A. */
  readonly light: Pick<IvCurve, 'id' | 'voltageV' | 'currentA'>
  /** Dark curve at the same temperature, generator convention: forward currents are negative. */
  readonly dark: Pick<IvCurve, 'id' | 'voltageV' | 'currentA'>
  /** Series resistance in the dark, ohm, where known; else taken as equal to that under light. */
  readonly darkSeriesResistanceOhm?: number
}

/**
 * Series resistance at the maximum power point by comparing the light curve with the dark one shifted by Isc: at equal diode
 * current the light curve has lost Imp·Rs, the dark one gained (Isc − Imp)·Rs,dark.
 * Source: Aberle, Wenham, Green, 23rd IEEE PVSC (1993) 133; with Rs,dark: Pysch et al., SEMSC 91 (2007) 1698.
 */
export const lightDarkSeriesResistance = ({ light, dark, darkSeriesResistanceOhm }: LightDark): SeriesResistance => {
  const method = 'rs-light-dark@1'
  const curve = prepareCurve(light).curve
  if (curve === null) return none('The light curve has no generating quadrant.', method)
  const { voltageV: vmp, currentA: imp } = curve.maximumPower
  const diode = curve.iscA - imp
  const vDark = crossing(descending(dark.voltageV, dark.currentA), -diode)
  if (vDark === null) return none('The dark curve does not reach the current Isc − Imp.', method)
  if (darkSeriesResistanceOhm === undefined) return finite((vDark - vmp) / curve.iscA, method)
  return finite((vDark - vmp - diode * darkSeriesResistanceOhm) / imp, method)
}

export interface SunsVoc {
  readonly light: Pick<IvCurve, 'id' | 'voltageV' | 'currentA'>
  /** Irradiance of the light curve, W/m², > 0. */
  readonly irradianceWPerM2: number
  /** Open-circuit voltages at other irradiances and the same temperature. */
  readonly sunsVoc: readonly { readonly irradianceWPerM2: number; readonly vocV: number }[]
}

/**
 * Series resistance at the maximum power point from the pseudo curve without series resistance:
 * at irradiance G the open circuit stands for the current Isc·(1 − G/Glight). Rs = (Vpseudo(Imp) − Vmp)/Imp.
 * Source: Sinton and Cuevas, 16th EU PVSEC (2000) 1152; Pysch et al., SEMSC 91 (2007) 1698.
 */
export const sunsVocSeriesResistance = ({ light, irradianceWPerM2, sunsVoc }: SunsVoc): SeriesResistance => {
  const method = 'rs-suns-voc@1'
  const curve = prepareCurve(light).curve
  if (curve === null) return none('The light curve has no generating quadrant.', method)
  if (!(irradianceWPerM2 > 0)) return none('The irradiance of the light curve must be above 0.', method)
  const { voltageV: vmp, currentA: imp } = curve.maximumPower
  const pseudoA = sunsVoc.map((point) => curve.iscA * (1 - point.irradianceWPerM2 / irradianceWPerM2))
  const pseudo = descending(
    sunsVoc.map((point) => point.vocV),
    pseudoA,
  )
  const vPseudo = crossing(pseudo, imp)
  if (vPseudo === null) return none('The Suns-Voc points do not span the current Imp.', method)
  return finite((vPseudo - vmp) / imp, method)
}

export interface FillFactorInput {
  readonly iscA: number
  readonly vocV: number
  /** Measured fill factor, 0…1. */
  readonly fillFactor: number
  /** a = n·Ns·kT/q, V. */
  readonly modifiedIdealityV: number
}

/** Fill factor without resistances, FF0 = (voc − ln(voc + 0.72))/(voc + 1), voc = Voc/a > 10 (Green, Solar Cells 7 (1982) 337). */
export const idealFillFactor = (vocV: number, modifiedIdealityV: number): number => {
  const voc = vocV / modifiedIdealityV
  return (voc - Math.log(voc + 0.72)) / (voc + 1)
}

/**
 * Series resistance that explains the whole loss of fill factor: FF = FF0 (1 − 1.1 r) + r²/5.4, Rs = r·Voc/Isc.
 * An upper estimate, since shunt and recombination lower FF too; holds for Voc/a > 10 and r < 0.4.
 * Source: Green, Solar Cells (1982), eq. 5.20.
 */
export const fillFactorSeriesResistance = (input: FillFactorInput): SeriesResistance => {
  const method = 'rs-fill-factor@1'
  const { iscA, vocV, fillFactor, modifiedIdealityV } = input
  if (!(iscA > 0 && vocV > 0 && modifiedIdealityV > 0 && vocV / modifiedIdealityV > 10))
    return none('Isc, Voc and a must be above 0 and Voc/a above 10.', method)
  const ff0 = idealFillFactor(vocV, modifiedIdealityV)
  if (!(fillFactor <= ff0)) return none(`The fill factor is above the ideal one of ${ff0.toFixed(4)}.`, method)
  const linear = 1.1 * ff0
  const root = linear * linear - (4 / 5.4) * (ff0 - fillFactor)
  if (!(root >= 0)) return none('The fill factor is too low for the formula.', method)
  // The smaller root, in the form that does not cancel when the loss is small.
  const r = (2 * (ff0 - fillFactor)) / (linear + Math.sqrt(root))
  if (r > 0.4) return none('The fill factor is too low for the formula.', method)
  return finite((r * vocV) / iscA, method)
}

interface Descending {
  v: number[]
  i: number[]
}

/** The points by falling current. */
const descending = (v: ArrayLike<number>, i: ArrayLike<number>): Descending => {
  const order = Array.from({ length: Math.min(v.length, i.length) }, (_x, k) => k).sort((a, b) => i[b]! - i[a]!)
  return { v: order.map((k) => v[k]!), i: order.map((k) => i[k]!) }
}

const voltageAt = (curve: PreparedCurve, current: number): number | null =>
  crossing(descending(curve.voltageV, curve.currentA), current)

/** V at a current by a cubic through the four nearest points, a straight line where those do not fall strictly. */
const crossing = ({ v, i }: Descending, current: number): number | null => {
  const after = i.findIndex((x) => x < current)
  if (after < 1) return i.length > 0 && i[i.length - 1] === current ? v[i.length - 1]! : null
  const from = Math.min(Math.max(0, after - 2), i.length - 4)
  const four = [from, from + 1, from + 2, from + 3]
  if (from < 0 || four.some((k) => k > from && !(i[k]! < i[k - 1]! && v[k]! > v[k - 1]!))) {
    const share = (i[after - 1]! - current) / (i[after - 1]! - i[after]!)
    return v[after - 1]! + share * (v[after]! - v[after - 1]!)
  }
  const lagrange = (k: number): number =>
    four.reduce((product, l) => (l === k ? product : (product * (current - i[l]!)) / (i[k]! - i[l]!)), 1)
  return four.reduce((sum, k) => sum + v[k]! * lagrange(k), 0)
}

const slopeOf = (x: number[], y: number[]): number => {
  const meanX = x.reduce((sum, a) => sum + a, 0) / x.length
  const sxx = x.reduce((sum, a) => sum + (a - meanX) ** 2, 0)
  return x.reduce((sum, a, k) => sum + (a - meanX) * y[k]!, 0) / sxx
}
