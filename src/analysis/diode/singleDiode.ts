import { StationError } from '../../contract/errors.ts'
import { thermalVoltageV } from './constants.ts'
import {
  junctionCurrentA,
  junctionKeyPoints,
  junctionVoltageV,
  type JunctionDevice,
  type JunctionState,
  type KeyPoints,
} from './junction.ts'
import { lambertWOfExp } from './lambertW.ts'

/**
 * Parameters of the single-diode model of a whole device (module, string or cell):
 * I = IL − I0 (exp(Vd/a) − 1) − Gsh Vd, with Vd = V + I Rs and a = n Ns kT/q.
 */
export interface SingleDiode {
  readonly photocurrentA: number
  /** > 0 */
  readonly saturationCurrentA: number
  /** ≥ 0 */
  readonly seriesResistanceOhm: number
  /** 1/Rsh, ≥ 0; 0 means no shunt. */
  readonly shuntConductanceS: number
  /** a = n·Ns·kT/q, V, > 0 */
  readonly modifiedIdealityV: number
  readonly breakdown?: ReverseBreakdown
  readonly recombination?: Recombination
}

/** Avalanche breakdown: the shunt current grows by the factor 1 + fraction·(1 − Vd/Vbr)^−exponent (Bishop 1988). */
export interface ReverseBreakdown {
  readonly fraction: number
  /** Vbr of the whole device, V, < 0; about −5.5 V a cell. */
  readonly voltageV: number
  /** About 3.28. */
  readonly exponent: number
}

/** Recombination in the intrinsic layer of thin-film cells: IL·lossV/(builtInV − Vd) (Merten et al., IEEE TED 45 (1998) 423). */
export interface Recombination {
  /** d²/(μτ), V, ≥ 0 */
  readonly lossV: number
  /** Ns·Vbi, V, > 0 */
  readonly builtInV: number
}

export interface CellDescription {
  readonly idealityFactor: number
  readonly cellsInSeries: number
  readonly temperatureC: number
}

/** a = n·Ns·kT/q, V. */
export const modifiedIdealityV = (cell: CellDescription): number =>
  cell.idealityFactor * cell.cellsInSeries * thermalVoltageV(cell.temperatureC)

const requireValid = (d: SingleDiode): void => {
  const numbers = [d.photocurrentA, d.saturationCurrentA, d.seriesResistanceOhm, d.shuntConductanceS]
  const positive = d.saturationCurrentA > 0 && d.modifiedIdealityV > 0 && Number.isFinite(d.modifiedIdealityV)
  if (numbers.every(Number.isFinite) && positive && d.seriesResistanceOhm >= 0 && d.shuntConductanceS >= 0) return
  throw new StationError('analysis.badInput', {
    what: 'single-diode parameters',
    detail: 'I0 and a must be > 0, Rs and Gsh ≥ 0, all finite',
  })
}

const stateAt = (d: SingleDiode, vd: number): JunctionState => {
  const exponential = d.saturationCurrentA * Math.exp(vd / d.modifiedIdealityV)
  const diode = d.saturationCurrentA * Math.expm1(vd / d.modifiedIdealityV)
  let currentA = d.photocurrentA - diode - d.shuntConductanceS * vd
  let slopeS = -exponential / d.modifiedIdealityV - d.shuntConductanceS
  if (d.breakdown) {
    const { fraction, voltageV, exponent } = d.breakdown
    const base = 1 - vd / voltageV
    const gain = d.shuntConductanceS * fraction * base ** -exponent
    currentA -= gain * vd
    slopeS -= gain * (1 + (exponent * vd) / (voltageV * base))
  }
  if (d.recombination) {
    const { lossV, builtInV } = d.recombination
    const loss = (d.photocurrentA * lossV) / (builtInV - vd)
    currentA -= loss
    slopeS -= loss / (builtInV - vd)
  }
  return { currentA, slopeS }
}

/** The device seen from its junction, with the breakdown and recombination terms where the parameters have them. */
export const singleDiodeJunction = (d: SingleDiode): JunctionDevice => {
  requireValid(d)
  return {
    seriesResistanceOhm: d.seriesResistanceOhm,
    lowestVdV: d.breakdown ? d.breakdown.voltageV : -Infinity,
    highestVdV: d.recombination ? d.recombination.builtInV : Infinity,
    at: (vd) => stateAt(d, vd),
  }
}

export interface ParametricPoint {
  voltageV: number
  currentA: number
  powerW: number
  /** dI/dV at the terminals, S. */
  slopeS: number
}

/**
 * The point of the curve at diode voltage vdV, without iteration (“bishop88”).
 * @param vdV V, above the breakdown voltage and below the built-in voltage where those are given, and not so
 *   high that exp(Vd/a) overflows
 * @throws StationError analysis.badInput on invalid parameters or outside that range
 * Source: Bishop, Solar Cells 25 (1988) 73, eq. (1)–(4).
 */
export const bishop88 = (d: SingleDiode, vdV: number): ParametricPoint => {
  const device = singleDiodeJunction(d)
  const { currentA, slopeS } = device.at(vdV)
  const outside = vdV <= device.lowestVdV || vdV >= device.highestVdV
  if (outside || !Number.isFinite(currentA) || !Number.isFinite(slopeS))
    throw new StationError('analysis.badInput', {
      what: 'diode voltage',
      detail: `${vdV} V is outside the model’s range`,
    })
  const voltageV = vdV - currentA * d.seriesResistanceOhm
  return { voltageV, currentA, powerW: voltageV * currentA, slopeS: slopeS / (1 - slopeS * d.seriesResistanceOhm) }
}

/**
 * Current at a terminal voltage: Lambert W in log form, polished by one Newton step; with a breakdown or
 * recombination term by iteration on Vd.
 * @param voltageV any finite voltage, V
 * @returns A, relative error about 1e-15 of the photocurrent
 * @throws StationError analysis.badInput on invalid parameters, or where the current overflows (Rs = 0 only)
 * Source: Jain and Kapoor, Sol. Energy Mater. Sol. Cells 81 (2004) 269.
 */
export const currentA = (d: SingleDiode, voltageV: number): number => {
  if (d.breakdown || d.recombination || d.seriesResistanceOhm === 0)
    return junctionCurrentA(singleDiodeJunction(d), voltageV)
  requireValid(d)
  return explicitCurrentA(d, voltageV)
}

const explicitCurrentA = (d: SingleDiode, voltageV: number): number => {
  const { photocurrentA: il, saturationCurrentA: i0, seriesResistanceOhm: rs, shuntConductanceS: g } = d
  const a = d.modifiedIdealityV
  const divider = 1 + rs * g
  const opening = (voltageV + rs * (il + i0)) / divider
  const y = Math.log(rs / (a * divider)) + Math.log(i0) + opening / a
  if (!Number.isFinite(y))
    throw new StationError('analysis.badInput', {
      what: 'voltage',
      detail: `${voltageV} V is outside the model’s range`,
    })
  let vd = opening - a * lambertWOfExp(y)
  const state = stateAt(d, vd)
  const step = (vd - rs * state.currentA - voltageV) / (1 - rs * state.slopeS)
  // Where exp(Vd/a) is past the doubles, Lambert's value stands alone.
  if (!Number.isFinite(step)) return (vd - voltageV) / rs
  vd -= step
  // Of two equal expressions take the one that passes less of the rounding in Vd on.
  return -state.slopeS * rs < 1 ? state.currentA - step * state.slopeS : (vd - voltageV) / rs
}

/** Currents at many voltages; see {@link currentA}. */
export const currentsA = (d: SingleDiode, voltagesV: ArrayLike<number>): Float64Array =>
  Float64Array.from(voltagesV, (v) => currentA(d, v))

/**
 * Terminal voltage at a current.
 * @param current any finite current, A
 * @returns V; null when the device can't carry that current (more than IL + I0 without a shunt)
 * @throws StationError analysis.badInput on invalid parameters
 */
export const voltageV = (d: SingleDiode, current: number): number | null => {
  if (d.breakdown || d.recombination) return junctionVoltageV(singleDiodeJunction(d), current)
  requireValid(d)
  const vd = diodeVoltageV(d, current)
  return vd === null ? null : vd - current * d.seriesResistanceOhm
}

/** Newton from the right of the root, where a falling concave function brings it down steadily. */
const diodeVoltageV = (d: SingleDiode, current: number): number | null => {
  const { saturationCurrentA: i0, shuntConductanceS: g, modifiedIdealityV: a } = d
  const through = d.photocurrentA - current
  if (g === 0) return through + i0 > 0 ? a * Math.log1p(through / i0) : null
  let vd = through >= 0 ? Math.min(a * Math.log1p(through / i0), through / g) : Math.min(0, (through + i0) / g)
  for (let i = 0; i < 100; i++) {
    const { currentA: at, slopeS } = stateAt(d, vd)
    const step = (at - current) / slopeS
    vd -= step
    if (Math.abs(step) <= 1e-15 * Math.abs(vd)) break
  }
  return vd
}

/**
 * Isc, Voc and maximum power point of a parameter set.
 * @returns A, V, W to about 1e-12 relative; null when it has no open-circuit voltage
 * @throws StationError analysis.badInput on invalid parameters
 */
export const keyPoints = (d: SingleDiode): KeyPoints | null => junctionKeyPoints(singleDiodeJunction(d))
