import { StationError } from '../../contract/errors.ts'
import type { JunctionDevice } from './junction.ts'

/**
 * Two-diode model of a whole device:
 * I = IL − I01 (exp(Vd/a1) − 1) − I02 (exp(Vd/a2) − 1) − Gsh Vd, Vd = V + I Rs.
 * Usually n1 = 1 (diffusion) and n2 = 2 (recombination in the depletion region).
 */
export interface DoubleDiode {
  readonly photocurrentA: number
  /** ≥ 0 */
  readonly firstSaturationCurrentA: number
  /** ≥ 0; at least one of the two > 0 */
  readonly secondSaturationCurrentA: number
  /** n1·Ns·kT/q, V, > 0 */
  readonly firstModifiedIdealityV: number
  /** n2·Ns·kT/q, V, > 0 */
  readonly secondModifiedIdealityV: number
  /** ≥ 0 */
  readonly seriesResistanceOhm: number
  /** ≥ 0 */
  readonly shuntConductanceS: number
}

/**
 * The device seen from its junction; its current, voltage and key points come from
 * `junctionCurrentA`, `junctionVoltageV` and `junctionKeyPoints`.
 * @throws StationError analysis.badInput on invalid parameters
 */
export const doubleDiodeJunction = (d: DoubleDiode): JunctionDevice => {
  requireValid(d)
  const { firstSaturationCurrentA: i1, secondSaturationCurrentA: i2, shuntConductanceS: g } = d
  const { firstModifiedIdealityV: a1, secondModifiedIdealityV: a2 } = d
  return {
    seriesResistanceOhm: d.seriesResistanceOhm,
    lowestVdV: -Infinity,
    highestVdV: Infinity,
    at: (vd) => ({
      currentA: d.photocurrentA - diodeA(i1, vd / a1) - diodeA(i2, vd / a2) - g * vd,
      slopeS: -slope(i1, vd / a1) / a1 - slope(i2, vd / a2) / a2 - g,
    }),
  }
}

// An absent diode stays absent however large the exponent: 0·Infinity would be NaN.
const diodeA = (i0: number, exponent: number): number => (i0 === 0 ? 0 : i0 * Math.expm1(exponent))
const slope = (i0: number, exponent: number): number => (i0 === 0 ? 0 : i0 * Math.exp(exponent))

const requireValid = (d: DoubleDiode): void => {
  const notNegative = [
    d.firstSaturationCurrentA,
    d.secondSaturationCurrentA,
    d.seriesResistanceOhm,
    d.shuntConductanceS,
  ].every((x) => Number.isFinite(x) && x >= 0)
  const positive = [
    d.firstSaturationCurrentA + d.secondSaturationCurrentA,
    d.firstModifiedIdealityV,
    d.secondModifiedIdealityV,
  ].every((x) => Number.isFinite(x) && x > 0)
  if (notNegative && positive && Number.isFinite(d.photocurrentA)) return
  throw new StationError('analysis.badInput', {
    what: 'double-diode parameters',
    detail: 'a1, a2 and one of I01, I02 must be > 0; I01, I02, Rs and Gsh ≥ 0; all finite',
  })
}
