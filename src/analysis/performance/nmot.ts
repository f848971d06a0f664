import { StationError } from '../../contract/errors.ts'
import { fitLine } from '../numeric/line.ts'

/** Version of the methods below; stored with each result. */
export const nmotVersion = 'NMOT 1.0 (IEC 61853-2, linear least squares of G / (Tm − Ta))'

export interface OutdoorPoint {
  readonly irradianceWPerM2: number
  readonly moduleC: number
  readonly ambientC: number
  readonly windMPerS: number
}

export interface ThermalModel {
  /** Constant heat loss u0 in W/(m² K). */
  readonly u0: number
  /** Heat loss by wind u1 in W s/(m³ K). */
  readonly u1: number
  readonly u0Error: number | null
  readonly u1Error: number | null
  /** 20 °C + 800 W/m² / (u0 + u1 · 1 m/s). */
  readonly nmotC: number
  readonly rSquared: number | null
  readonly count: number
}

const refuse = (what: string, detail: string): never => {
  throw new StationError('analysis.badInput', { what, detail })
}

/**
 * Heat-loss coefficients and nominal module operating temperature (IEC 61853-2, Faiman): ordinary least squares of
 * G / (Tm − Ta) = u0 + u1 v.
 *
 * @param points already filtered by the rules of the standard; the module warmer than the air in each
 * @throws StationError analysis.badInput for a point that is not warmer, no spread of wind, or losses not above 0
 */
export const fitNmot = (points: readonly OutdoorPoint[]): ThermalModel => {
  const losses = points.map(({ irradianceWPerM2, moduleC, ambientC }, k) => {
    const loss = irradianceWPerM2 / (moduleC - ambientC)
    return loss > 0 && Number.isFinite(loss)
      ? loss
      : refuse('NMOT', `in point ${k + 1} the module is not warmer than the air`)
  })
  const fit = fitLine(
    points.map((point) => point.windMPerS),
    losses,
  )
  if (fit === null) return refuse('NMOT', 'points at two or more different wind speeds are needed')
  const total = fit.intercept + fit.slope
  if (!(total > 0)) return refuse('NMOT', `u0 + u1 is ${total.toPrecision(3)} W/(m² K); it must be above 0`)
  return {
    u0: fit.intercept,
    u1: fit.slope,
    u0Error: fit.interceptError,
    u1Error: fit.slopeError,
    nmotC: 20 + 800 / total,
    rSquared: fit.rSquared,
    count: fit.count,
  }
}

/**
 * NOCT in the way of IEC 61215:2005: the line of Tm − Ta on G through the points with wind of 1 ± 0.75 m/s, read at
 * 800 W/m² and added to 20 °C. The standard's small correction for the mean ambient temperature and wind is not applied.
 *
 * @throws StationError analysis.badInput without two different irradiances in that wind
 */
export const fitNoct = (points: readonly OutdoorPoint[]): { noctC: number; slopeKM2PerW: number; count: number } => {
  const calm = points.filter((point) => Math.abs(point.windMPerS - 1) <= 0.75)
  const fit = fitLine(
    calm.map((point) => point.irradianceWPerM2),
    calm.map((point) => point.moduleC - point.ambientC),
  )
  if (fit === null) return refuse('NOCT', 'points at two or more irradiances with wind of 0.25 to 1.75 m/s are needed')
  return { noctC: 20 + fit.intercept + 800 * fit.slope, slopeKM2PerW: fit.slope, count: fit.count }
}
