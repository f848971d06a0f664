import { StationError } from '../../contract/errors.ts'

/** The state of a device at one diode voltage. */
export interface JunctionState {
  /** Current out of the terminals, A. */
  currentA: number
  /** dI/dVd, S; never positive. */
  slopeS: number
}

/**
 * A photovoltaic device as seen from its junction: its current falls as the diode voltage Vd = V + I·Rs rises.
 * So (V, I) follow from Vd without iteration (Bishop, Solar Cells 25 (1988) 73).
 */
export interface JunctionDevice {
  readonly seriesResistanceOhm: number
  /** The diode voltage stays above this (breakdown voltage), −Infinity where there is no such limit. */
  readonly lowestVdV: number
  /** The diode voltage stays below this (built-in voltage), Infinity where there is no such limit. */
  readonly highestVdV: number
  readonly at: (vdV: number) => JunctionState
}

export interface MaximumPower {
  voltageV: number
  currentA: number
  powerW: number
}

export interface KeyPoints {
  iscA: number
  vocV: number
  maximumPower: MaximumPower
}

/**
 * Current of a device at a terminal voltage.
 * @param voltageV finite, V
 * @returns A, to about 1e-13 relative
 * @throws StationError analysis.badInput when no diode voltage that a double can hold gives this voltage
 */
export const junctionCurrentA = (device: JunctionDevice, voltageV: number): number => {
  const rs = device.seriesResistanceOhm
  const excessV = (vd: number): number => vd - rs * device.at(vd).currentA - voltageV
  const vd = rs === 0 ? voltageV : rootOfIncreasing(excessV, voltageV, device)
  const currentA = vd === null || vd <= device.lowestVdV || vd >= device.highestVdV ? NaN : device.at(vd).currentA
  if (!Number.isFinite(currentA))
    throw new StationError('analysis.badInput', {
      what: 'voltage',
      detail: `${voltageV} V is outside the model’s range`,
    })
  return currentA
}

/**
 * Terminal voltage of a device at a current.
 * @param currentA finite, A
 * @returns V; null when the device can't carry that current (for instance more than IL + I0 without a shunt)
 */
export const junctionVoltageV = (device: JunctionDevice, currentA: number): number | null => {
  const vd = rootOfIncreasing((x) => currentA - device.at(x).currentA, 0, device)
  return vd === null ? null : vd - currentA * device.seriesResistanceOhm
}

/**
 * Isc, Voc and the maximum power point of a device.
 * @returns null when the device has no open-circuit voltage that a double can hold
 */
export const junctionKeyPoints = (device: JunctionDevice): KeyPoints | null => {
  const rs = device.seriesResistanceOhm
  const vdOc = rootOfIncreasing((vd) => -device.at(vd).currentA, 0, device)
  const vdSc = rootOfIncreasing((vd) => vd - rs * device.at(vd).currentA, 0, device)
  if (vdOc === null || vdSc === null) return null
  const powerFall = (vd: number): number => {
    const { currentA, slopeS } = device.at(vd)
    return -(slopeS * (vd - rs * currentA) + currentA * (1 - rs * slopeS))
  }
  const vdMp = vdOc > vdSc ? rootInBracket(powerFall, vdSc, vdOc) : vdOc
  const currentA = device.at(vdMp).currentA
  const voltageV = vdMp - rs * currentA
  return {
    iscA: device.at(vdSc).currentA,
    vocV: vdOc,
    maximumPower: { voltageV, currentA, powerW: voltageV * currentA },
  }
}

type RealFunction = (x: number) => number

/** Root of an increasing function inside the device's range of diode voltages, searched outwards from a start. */
const rootOfIncreasing = (f: RealFunction, start: number, device: JunctionDevice): number | null => {
  const { lowestVdV, highestVdV } = device
  const inside = start > lowestVdV && start < highestVdV ? start : startInside(lowestVdV, highestVdV)
  const first = f(inside)
  if (first === 0) return inside
  const up = first < 0
  const end = up ? highestVdV : lowestVdV
  let near = inside
  let span = 1
  for (let i = 0; i < 1000; i++) {
    // Towards a finite end halve the distance to it, else go outwards in doubling steps.
    const far = Number.isFinite(end) ? near + (end - near) / 2 : near + (up ? span : -span)
    if (far === near || !Number.isFinite(far)) return null
    const value = f(far)
    if (up ? value >= 0 : value <= 0) return up ? rootInBracket(f, near, far) : rootInBracket(f, far, near)
    near = far
    span *= 2
  }
  return null
}

const startInside = (lowest: number, highest: number): number => {
  if (!Number.isFinite(lowest)) return highest - Math.abs(highest) / 2
  return Number.isFinite(highest) ? (lowest + highest) / 2 : lowest + Math.abs(lowest) / 2
}

/**
 * Root in [low, high] of a function with f(low) ≤ 0 ≤ f(high); infinite values count by their sign.
 * Source: Chandrupatla, Adv. Eng. Software 28 (1997) 145: inverse quadratic steps where safe, else bisection.
 */
const rootInBracket = (f: RealFunction, low: number, high: number): number => {
  let [a, b, c] = [high, low, high]
  let [fa, fb, fc] = [f(a), f(b), 0]
  fc = fa
  let t = 0.5
  for (let i = 0; i < 200; i++) {
    const x = a + t * (b - a)
    const fx = f(x)
    if (Math.sign(fx) === Math.sign(fa)) {
      ;[c, fc] = [a, fa]
    } else {
      ;[c, fc, b, fb] = [b, fb, a, fa]
    }
    ;[a, fa] = [x, fx]
    const best = Math.abs(fa) < Math.abs(fb) ? a : b
    const relative = (2 ** -52 * Math.abs(best)) / Math.abs(b - c) + Number.MIN_VALUE
    if (fx === 0 || relative > 0.5 || b === a) return best
    t = Math.min(1 - relative, Math.max(relative, nextFraction({ a, b, c, fa, fb, fc })))
  }
  return a
}

interface Triple {
  a: number
  b: number
  c: number
  fa: number
  fb: number
  fc: number
}

const nextFraction = ({ a, b, c, fa, fb, fc }: Triple): number => {
  const xi = (a - b) / (c - b)
  const phi = (fa - fb) / (fc - fb)
  if (!(phi * phi < xi && (1 - phi) * (1 - phi) < 1 - xi)) return 0.5
  const t = (fa / (fb - fa)) * (fc / (fb - fc)) + (((c - a) / (b - a)) * fa * fb) / ((fc - fa) * (fc - fb))
  return Number.isFinite(t) ? t : 0.5
}
