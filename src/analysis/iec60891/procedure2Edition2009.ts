import type { Conditions, Points } from './conditions.ts'

/** Coefficients of procedure 2 in the form of the second edition (2009). */
export interface Procedure2Edition2009Coefficients {
  /** α relative to Isc, in 1/K. */
  readonly alphaRelPerK: number
  /** β relative to Voc, in 1/K. */
  readonly betaRelPerK: number
  /** Irradiance correction factor a: the thermal voltage of the diode over Voc, about 0.06. */
  readonly irradianceFactor: number
  readonly seriesResistanceOhm: number
  readonly kappaOhmPerK: number
}

/**
 * IEC 60891:2009 procedure 2, which the edition of 2021 replaced by another form:
 *
 *     I2 = I1 [1 + α (T2 − T1)] G2/G1
 *     V2 = V1 + Voc1 [ β (T2 − T1) + a ln(G2/G1) ] − R′s (I2 − I1) − κ′ I2 (T2 − T1)
 *
 * @param points V in volts, I in amperes, same length
 * @param vocV open-circuit voltage of the measured curve (Voc1)
 */
export const procedure2Edition2009 = (
  points: Points,
  step: { from: Conditions; to: Conditions; vocV: number },
  c: Procedure2Edition2009Coefficients,
): Points => {
  const warming = step.to.temperatureC - step.from.temperatureC
  const light = step.to.irradianceWPerM2 / step.from.irradianceWPerM2
  const growth = (1 + c.alphaRelPerK * warming) * light
  const shiftV = step.vocV * (c.betaRelPerK * warming + c.irradianceFactor * Math.log(light))
  const currentA = points.currentA.map((current) => current * growth)
  const voltageV = points.voltageV.map((voltage, k) => {
    const after = currentA[k]!
    const drop = c.seriesResistanceOhm * (after - points.currentA[k]!) + c.kappaOhmPerK * after * warming
    return voltage + shiftV - drop
  })
  return { voltageV, currentA }
}
