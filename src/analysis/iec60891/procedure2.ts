import type { Conditions, Points } from './conditions.ts'

/** Coefficients of procedure 2 in the form of 2021. */
export interface Procedure2Coefficients {
  /** α relative to Isc at STC, in 1/K. */
  readonly alphaRelPerK: number
  /** β relative to Voc at STC, in 1/K. */
  readonly betaRelPerK: number
  /** Voc at STC in volts. */
  readonly vocStcV: number
  /** B1 and B2 of Voc,STC / Voc(G) = 1 + B1 ln(1000/G) + B2 ln²(1000/G). */
  readonly b1: number
  readonly b2: number
  /** R′s at 25 °C. */
  readonly seriesResistanceOhm: number
  /** κ′ in Ω/K. */
  readonly kappaOhmPerK: number
}

/** f(G) = 1 + B1 ln(1000/G) + B2 ln²(1000/G). */
export const lightFactor = (irradianceWPerM2: number, c: { b1: number; b2: number }): number => {
  const x = Math.log(1000 / irradianceWPerM2)
  return 1 + c.b1 * x + c.b2 * x * x
}

/**
 * IEC 60891:2021 procedure 2, from condition 1 to condition 2, point by point:
 *
 *     I2 = I1 (G2/G1) [1 + a (T2 − 25)] / [1 + a (T1 − 25)]
 *     V2 = V1 − R′s1 (I2 − I1) − κ′ I2 (T2 − T1)
 *          + Voc,STC { b [ f(G2) (T2 − 25) − f(G1) (T1 − 25) ] + 1/f(G2) − 1/f(G1) }
 *     R′s1 = R′s + κ′ (T1 − 25)
 *
 * A translation and its reverse give the points back.
 *
 * @param points V in volts, I in amperes, same length
 */
export const procedure2 = (
  points: Points,
  step: { from: Conditions; to: Conditions },
  c: Procedure2Coefficients,
): Points => {
  const { from, to } = step
  const warming = to.temperatureC - from.temperatureC
  const above1 = from.temperatureC - 25
  const above2 = to.temperatureC - 25
  const [f1, f2] = [lightFactor(from.irradianceWPerM2, c), lightFactor(to.irradianceWPerM2, c)]
  const growth =
    ((to.irradianceWPerM2 / from.irradianceWPerM2) * (1 + c.alphaRelPerK * above2)) / (1 + c.alphaRelPerK * above1)
  const shiftV = c.vocStcV * (c.betaRelPerK * (f2 * above2 - f1 * above1) + 1 / f2 - 1 / f1)
  const resistance = c.seriesResistanceOhm + c.kappaOhmPerK * above1
  const currentA = points.currentA.map((current) => current * growth)
  const voltageV = points.voltageV.map((voltage, k) => {
    const after = currentA[k]!
    const drop = resistance * (after - points.currentA[k]!) + c.kappaOhmPerK * after * warming
    return voltage - drop + shiftV
  })
  return { voltageV, currentA }
}
