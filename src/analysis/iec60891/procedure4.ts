import type { Conditions, Points } from './conditions.ts'

export interface Procedure4Coefficients {
  /** α in A/K. */
  readonly alphaAPerK: number
  readonly seriesResistanceOhm: number
  readonly cellsInSeries: number
}

/** ε of crystalline silicon in volts a cell: the voltage to which Voc tends at 0 K. */
export const siliconEpsilonV = 1.232

/**
 * IEC 60891:2021 procedure 4, for crystalline silicon, without a temperature coefficient of the voltage:
 *
 *     I′ = I1 + Isc1 (G2/G1 − 1)         V′ = V1 − Rs (I′ − I1)
 *     I2 = I′ + α (T2 − T1)              V2 = V′ + (T2 − T1) / (T1 + 273.15) · (V′ − ε Ns)
 *
 * @param points V in volts, I in amperes, same length
 * @param iscA short-circuit current of the measured curve (Isc1)
 */
export const procedure4 = (
  points: Points,
  step: { from: Conditions; to: Conditions; iscA: number },
  c: Procedure4Coefficients,
): Points => {
  const { from, to } = step
  const warming = to.temperatureC - from.temperatureC
  const lightA = step.iscA * (to.irradianceWPerM2 / from.irradianceWPerM2 - 1)
  const share = warming / (from.temperatureC + 273.15)
  return {
    currentA: points.currentA.map((current) => current + lightA + c.alphaAPerK * warming),
    voltageV: points.voltageV.map((voltage) => {
      const lit = voltage - c.seriesResistanceOhm * lightA
      return lit + share * (lit - siliconEpsilonV * c.cellsInSeries)
    }),
  }
}
