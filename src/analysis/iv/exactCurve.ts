import type { IvCurve } from '../../contract/curve.ts'

/** Five parameters of the single-diode model; `idealityVoltageV` is n Ns k T / q. */
export interface DiodeParameters {
  readonly photocurrentA: number
  readonly saturationCurrentA: number
  readonly seriesResistanceOhm: number
  readonly shuntResistanceOhm: number
  readonly idealityVoltageV: number
}

/**
 * Reference for tests: the single-diode curve by plain bisection on the diode voltage, exact to rounding and independent
 * of the solvers that are tested. I = IL − I0 [exp(Vd/a) − 1] − Vd/Rsh, V = Vd − I Rs.
 */
export const createExactCurve = (p: DiodeParameters) => {
  const current = (vd: number): number =>
    p.photocurrentA - p.saturationCurrentA * Math.expm1(vd / p.idealityVoltageV) - vd / p.shuntResistanceOhm
  const voltage = (vd: number): number => vd - current(vd) * p.seriesResistanceOhm
  const top = p.idealityVoltageV * Math.log(2 * (p.photocurrentA / p.saturationCurrentA) + 2)
  const solve = (above: (vd: number) => boolean): number => {
    let [low, high] = [-2 * p.photocurrentA * p.seriesResistanceOhm - top, 2 * top]
    for (let k = 0; k < 120; k++) {
      const middle = (low + high) / 2
      if (above(middle)) high = middle
      else low = middle
    }
    return (low + high) / 2
  }
  const vocV = voltage(solve((vd) => current(vd) < 0))
  const iscA = current(solve((vd) => voltage(vd) > 0))
  const currentAt = (voltageV: number): number => current(solve((vd) => voltage(vd) > voltageV))
  // dP/dVd = 0 by bisection on its sign; P is concave between Isc and Voc.
  const slope = (vd: number): number => {
    const falling =
      -(p.saturationCurrentA / p.idealityVoltageV) * Math.exp(vd / p.idealityVoltageV) - 1 / p.shuntResistanceOhm
    return (1 - falling * p.seriesResistanceOhm) * current(vd) + voltage(vd) * falling
  }
  const peak = solve((vd) => slope(vd) < 0)
  const curve = (id: string, voltageV: readonly number[]): IvCurve => ({
    ...{ id, voltageV, currentA: voltageV.map(currentAt), irradianceWPerM2: null, temperatureC: null },
  })
  /** n points with equal steps from `from` to `to` in shares of Voc. */
  const sweep = (count: number, from = 0, to = 1): IvCurve =>
    curve(
      'exact',
      Array.from({ length: count }, (_, k) => vocV * (from + ((to - from) * k) / (count - 1))),
    )
  return {
    vocV,
    iscA,
    vmpV: voltage(peak),
    impA: current(peak),
    pmaxW: voltage(peak) * current(peak),
    currentAt,
    sweep,
  }
}
