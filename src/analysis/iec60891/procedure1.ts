import type { Conditions, Points } from './conditions.ts'

/** Coefficients of procedure 1; absolute values for the module as it is. */
export interface Procedure1Coefficients {
  /** α in A/K. */
  readonly alphaAPerK: number
  /** β in V/K. */
  readonly betaVPerK: number
  /** Internal series resistance Rs: a parameter of the translation, see determine.ts. */
  readonly seriesResistanceOhm: number
  /** Curve correction factor κ in Ω/K. */
  readonly kappaOhmPerK: number
}

/**
 * IEC 60891:2021 procedure 1, from condition 1 to condition 2, point by point:
 *
 *     I2 = I1 + Isc1 (G2/G1 − 1) + α (T2 − T1)
 *     V2 = V1 − Rs (I2 − I1) − κ I2 (T2 − T1) + β (T2 − T1)
 *
 * For small steps of irradiance (about ± 20 %): it has no term for the change of Voc with light.
 *
 * @param points V in volts, I in amperes, same length
 * @param iscA short-circuit current of the measured curve (Isc1)
 */
export const procedure1 = (
  points: Points,
  step: { from: Conditions; to: Conditions; iscA: number },
  c: Procedure1Coefficients,
): Points => {
  const warming = step.to.temperatureC - step.from.temperatureC
  const shiftA = step.iscA * (step.to.irradianceWPerM2 / step.from.irradianceWPerM2 - 1) + c.alphaAPerK * warming
  const currentA = points.currentA.map((current) => current + shiftA)
  const voltageV = points.voltageV.map((voltage, k) => {
    const after = currentA[k]!
    const drop = c.seriesResistanceOhm * (after - points.currentA[k]!) + c.kappaOhmPerK * after * warming
    return voltage - drop + c.betaVPerK * warming
  })
  return { voltageV, currentA }
}
