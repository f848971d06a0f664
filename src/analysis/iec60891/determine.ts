import type { IvCurve } from '../../contract/curve.ts'
import { StationError } from '../../contract/errors.ts'
import { extractIv } from '../iv/extract.ts'
import { leastSquares } from '../numeric/linear.ts'
import { mean, sampleStandardDeviation } from '../numeric/statistics.ts'
import { conditionsOf, type Conditions } from './conditions.ts'
import { translateCurve, type TranslationMethod } from './translate.ts'

export interface Determined {
  readonly value: number
  /** Standard deviation of Pmax over its mean with this value. */
  readonly pmaxSpread: number
  /** True when every translated Pmax lies within ± 0.5 % of the mean, as the standard asks. */
  readonly withinHalfPercent: boolean
  /** True when the best value is an end of the range searched: it is then not determined. */
  readonly atLimit: boolean
}

/**
 * Finds the coefficient that makes the translated Pmax values agree best (IEC 60891:2021 annex B: Rs, R′s, κ, κ′):
 * three or more curves, at one temperature for Rs and at one irradiance for κ.
 *
 * @param curves three or more with conditions
 * @param plan range searched, the common target, and the method for a trial value of the coefficient
 * @throws StationError analysis.badInput for fewer than three curves or a curve without Pmax
 */
export const determineByPmaxSpread = (
  curves: readonly IvCurve[],
  plan: {
    range: readonly [number, number]
    target: Conditions
    method: (trial: number, curve: IvCurve) => TranslationMethod
  },
): Determined => {
  if (curves.length < 3) refuse(`${curves.length} curves; three or more are needed`)
  const powers = (trial: number): number[] =>
    curves.map((curve) => {
      const translated = translateCurve(curve, plan.target, plan.method(trial, curve)).curve
      return extractIv(translated).pmaxW ?? refuse(`curve ${curve.id} gives no Pmax`)
    })
  const spread = (trial: number): number => {
    const values = powers(trial)
    return (sampleStandardDeviation(values) ?? 0) / (mean(values) ?? 1)
  }
  const [low, high] = plan.range
  const value = minimise(spread, low, high)
  const found = powers(value)
  const centre = mean(found) ?? 1
  const margin = (high - low) * 1e-4
  return {
    value,
    pmaxSpread: spread(value),
    withinHalfPercent: found.every((power) => Math.abs(power / centre - 1) <= 0.005),
    atLimit: value - low < margin || high - value < margin,
  }
}

const refuse = (detail: string): never => {
  throw new StationError('analysis.badInput', { what: 'Determination of a translation coefficient', detail })
}

/** A grid finds the valley, golden-section search its bottom (60 steps reach rounding). */
const minimise = (f: (x: number) => number, low: number, high: number): number => {
  const steps = 20
  const grid = Array.from({ length: steps + 1 }, (_, k) => low + ((high - low) * k) / steps)
  const heights = grid.map(f)
  const best = heights.indexOf(Math.min(...heights))
  let [a, b] = [grid[Math.max(0, best - 1)]!, grid[Math.min(steps, best + 1)]!]
  const ratio = (Math.sqrt(5) - 1) / 2
  let [x1, x2] = [b - ratio * (b - a), a + ratio * (b - a)]
  let [f1, f2] = [f(x1), f(x2)]
  for (let k = 0; k < 30; k++) {
    if (f1 < f2) {
      ;[b, x2, f2] = [x2, x1, f1]
      x1 = b - ratio * (b - a)
      f1 = f(x1)
    } else {
      ;[a, x1, f1] = [x1, x2, f2]
      x2 = a + ratio * (b - a)
      f2 = f(x2)
    }
  }
  return (a + b) / 2
}

/** The temperature or irradiance that curves share: the mean, refused when they differ by more than the tolerance. */
const shared = (values: readonly number[], what: string, tolerance: number): number => {
  const centre = mean(values) ?? refuse('no curves')
  if (values.some((value) => Math.abs(value - centre) > tolerance)) refuse(`the curves differ in ${what}`)
  return centre
}

/**
 * Rs of procedure 1 (κ = 0) from three or more curves at different irradiance and one temperature (± 2 K), translated
 * to the highest irradiance.
 *
 * @param range in Ω, default 0 … Voc/Isc of the first curve over 3
 */
export const determineSeriesResistance = (
  curves: readonly IvCurve[],
  given: { alphaAPerK: number; betaVPerK: number; range?: readonly [number, number] },
): Determined => {
  const conditions = curves.map(conditionsOf)
  const temperatureC = shared(
    conditions.map((c) => c.temperatureC),
    'temperature by more than 2 K',
    2,
  )
  const irradianceWPerM2 = Math.max(...conditions.map((c) => c.irradianceWPerM2))
  const { alphaAPerK, betaVPerK } = given
  return determineByPmaxSpread(curves, {
    range: given.range ?? [0, usualResistance(curves[0]!)],
    target: { irradianceWPerM2, temperatureC },
    method: (seriesResistanceOhm) => ({
      procedure: '1',
      coefficients: { alphaAPerK, betaVPerK, seriesResistanceOhm, kappaOhmPerK: 0 },
    }),
  })
}

const usualResistance = (curve: IvCurve): number => {
  const { vocV, iscA } = extractIv(curve)
  return vocV !== null && iscA !== null ? vocV / iscA / 3 : refuse(`curve ${curve.id} gives no Isc and Voc`)
}

/**
 * κ of procedure 1 from three or more curves at different temperature and one irradiance (± 2 %), translated to the
 * temperature nearest to 25 °C.
 *
 * @param range in Ω/K, default −0.02 … 0.05
 */
export const determineKappa = (
  curves: readonly IvCurve[],
  given: { alphaAPerK: number; betaVPerK: number; seriesResistanceOhm: number; range?: readonly [number, number] },
): Determined => {
  const conditions = curves.map(conditionsOf)
  const light = conditions.map((c) => c.irradianceWPerM2)
  const irradianceWPerM2 = shared(light, 'irradiance by more than 2 %', 0.02 * Math.max(...light))
  const temperatureC = conditions.reduce((best, c) =>
    Math.abs(c.temperatureC - 25) < Math.abs(best.temperatureC - 25) ? c : best,
  ).temperatureC
  const { alphaAPerK, betaVPerK, seriesResistanceOhm } = given
  return determineByPmaxSpread(curves, {
    range: given.range ?? [-0.02, 0.05],
    target: { irradianceWPerM2, temperatureC },
    method: (kappaOhmPerK) => ({
      procedure: '1',
      coefficients: { alphaAPerK, betaVPerK, seriesResistanceOhm, kappaOhmPerK },
    }),
  })
}

/**
 * B1 and B2 of procedure 2 (2021): least squares of Voc,STC / Voc(G) − 1 = B1 x + B2 x², x = ln(1000/G), at 25 °C, with
 * or without a free constant.
 *
 * @param points three or more G (W/m²) with Voc (V) at 25 °C
 * @param vocStcV Voc at STC
 * @returns b0 is the fitted constant (1 + b0 stands where the standard has 1; it should be near 0)
 * @throws StationError analysis.badInput for fewer than three distinct irradiances
 */
export const determineIrradianceFactors = (
  points: readonly { irradianceWPerM2: number; vocV: number }[],
  vocStcV: number,
): { b0: number; b1: number; b2: number } => {
  if (!points.every((point) => point.irradianceWPerM2 > 0 && point.vocV > 0)) refuse('G and Voc must be above 0')
  const rows = points.map(({ irradianceWPerM2 }) => {
    const x = Math.log(1000 / irradianceWPerM2)
    return [1, x, x * x]
  })
  const values = points.map(({ vocV }) => vocStcV / vocV - 1)
  const solved = leastSquares(rows, values) ?? refuse('Voc at three or more different irradiances is needed')
  const [b0, b1, b2] = solved.coefficients
  return { b0: b0!, b1: b1!, b2: b2! }
}
