import { StationError } from '../../contract/errors.ts'
import { BOLTZMANN_EV_PER_K, STC_IRRADIANCE_W_PER_M2, STC_TEMPERATURE_C, ZERO_CELSIUS_K } from './constants.ts'
import type { SingleDiode } from './singleDiode.ts'

export interface DeSotoReference {
  /** Parameters at 1000 W/m² and 25 °C, without breakdown or recombination terms. */
  readonly atStc: SingleDiode
  /** Temperature coefficient of Isc, A/K. */
  readonly alphaIscAPerK: number
  /** Band gap at 25 °C, eV; 1.121 for crystalline silicon when left out. */
  readonly bandGapEv?: number
  /** Relative change of the band gap, 1/K; −0.0002677 for crystalline silicon when left out. */
  readonly bandGapPerK?: number
  /** The CEC model's Adjust, %: alpha is taken as alpha·(1 − Adjust/100). 0, De Soto's own model, when left out. */
  readonly cecAdjustPercent?: number
}

export interface Conditions {
  /** > 0 */
  readonly irradianceWPerM2: number
  /** Cell temperature, °C, above absolute zero. */
  readonly temperatureC: number
}

/**
 * Single-diode parameters at other conditions.
 * @throws StationError analysis.badInput when the irradiance is not > 0 or the temperature not above absolute zero
 * Source: De Soto, Klein, Beckman, Solar Energy 80 (2006) 78, eq. (8)–(13); Adjust: Dobos, J. Sol. Energy Eng. 134 (2012) 021011.
 */
export const translateDeSoto = (reference: DeSotoReference, to: Conditions): SingleDiode => {
  const ratio = to.irradianceWPerM2 / STC_IRRADIANCE_W_PER_M2
  const cellK = to.temperatureC + ZERO_CELSIUS_K
  if (!(ratio > 0 && Number.isFinite(ratio) && cellK > 0 && Number.isFinite(cellK)))
    throw new StationError('analysis.badInput', {
      what: 'conditions',
      detail: 'irradiance must be > 0 and the temperature above −273.15 °C',
    })
  const { atStc, bandGapEv = 1.121, bandGapPerK = -0.0002677, cecAdjustPercent = 0 } = reference
  const stcK = STC_TEMPERATURE_C + ZERO_CELSIUS_K
  const riseK = to.temperatureC - STC_TEMPERATURE_C
  const gapEv = bandGapEv * (1 + bandGapPerK * riseK)
  const exponent = (bandGapEv / stcK - gapEv / cellK) / BOLTZMANN_EV_PER_K
  const alpha = reference.alphaIscAPerK * (1 - cecAdjustPercent / 100)
  return {
    photocurrentA: ratio * (atStc.photocurrentA + alpha * riseK),
    saturationCurrentA: atStc.saturationCurrentA * (cellK / stcK) ** 3 * Math.exp(exponent),
    seriesResistanceOhm: atStc.seriesResistanceOhm,
    shuntConductanceS: atStc.shuntConductanceS * ratio,
    modifiedIdealityV: (atStc.modifiedIdealityV * cellK) / stcK,
  }
}
