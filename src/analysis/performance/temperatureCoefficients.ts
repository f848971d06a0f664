import { StationError } from '../../contract/errors.ts'
import { fitLine } from '../numeric/line.ts'
import { extent } from '../numeric/statistics.ts'

/** Version of the method; stored with each result. */
export const temperatureCoefficientVersion = 'temperature coefficients 1.0 (IEC 60891, OLS about 25 °C)'

export interface TemperatureCoefficient {
  /** The fitted value at 25 °C, in the unit of the values. */
  readonly at25: number
  /** Slope per kelvin, in the unit of the values. */
  readonly perK: number
  /** Standard error of the slope, s / √Σ(T − T̄)²; null with two points. */
  readonly perKError: number | null
  /** 100 · slope / fitted value at 25 °C. */
  readonly percentPerK: number
  /** 100 · slope / value measured nearest to 25 °C, when one lies within 1 K; differs in the last digits. */
  readonly percentPerKOfMeasured: number | null
  readonly rSquared: number | null
  readonly largestResidual: number
  readonly temperatureRangeC: readonly [number, number]
  readonly count: number
}

/**
 * One temperature coefficient by ordinary least squares, y = a + b (T − 25 °C).
 *
 * @param points two or more temperatures in °C with the value (Isc, Voc, Pmax) at one irradiance; scale Isc to that
 *   irradiance first
 * @throws StationError analysis.badInput without two different temperatures, or for numbers that are not finite
 */
export const temperatureCoefficient = (
  points: readonly { temperatureC: number; value: number }[],
): TemperatureCoefficient => {
  if (!points.every((point) => Number.isFinite(point.temperatureC) && Number.isFinite(point.value))) {
    return refuse('a temperature or value is not a finite number')
  }
  const temperatures = points.map((point) => point.temperatureC)
  const fit = fitLine(
    temperatures.map((temperature) => temperature - 25),
    points.map((point) => point.value),
  )
  if (fit === null || fit.intercept === 0) return refuse('values at two or more different temperatures are needed')
  return {
    at25: fit.intercept,
    perK: fit.slope,
    perKError: fit.slopeError,
    percentPerK: (100 * fit.slope) / fit.intercept,
    percentPerKOfMeasured: ofMeasured(points, fit.slope),
    rSquared: fit.rSquared,
    largestResidual: fit.largestResidual,
    temperatureRangeC: extent(temperatures),
    count: fit.count,
  }
}

const refuse = (detail: string): never => {
  throw new StationError('analysis.badInput', { what: 'Temperature coefficient', detail })
}

const ofMeasured = (points: readonly { temperatureC: number; value: number }[], slope: number): number | null => {
  const nearest = points.reduce((best, point) =>
    Math.abs(point.temperatureC - 25) < Math.abs(best.temperatureC - 25) ? point : best,
  )
  return Math.abs(nearest.temperatureC - 25) <= 1 && nearest.value !== 0 ? (100 * slope) / nearest.value : null
}

export interface TemperatureCoefficients {
  readonly alpha: TemperatureCoefficient
  readonly beta: TemperatureCoefficient
  readonly delta: TemperatureCoefficient
}

/** α of Isc, β of Voc and δ of Pmax from measurements at one irradiance; see temperatureCoefficient. */
export const temperatureCoefficients = (
  points: readonly { temperatureC: number; iscA: number; vocV: number; pmaxW: number }[],
): TemperatureCoefficients => ({
  alpha: temperatureCoefficient(points.map(({ temperatureC, iscA }) => ({ temperatureC, value: iscA }))),
  beta: temperatureCoefficient(points.map(({ temperatureC, vocV }) => ({ temperatureC, value: vocV }))),
  delta: temperatureCoefficient(points.map(({ temperatureC, pmaxW }) => ({ temperatureC, value: pmaxW }))),
})
