import { assert } from '../../src/base/assert.ts'
import { StationError } from '../../src/contract/errors.ts'
import type { Profile, SweepRequest } from '../../src/contract/instrument.ts'

/** What one model of a source-measure unit can do in DC, from the limits `<model>.<name>` of its profile. */
export interface SmuLimits {
  maxVoltageV: number
  maxCurrentA: number
  /** Above this voltage only `highRangeMaxCurrentA` is allowed. */
  lowRangeMaxV: number
  highRangeMaxCurrentA: number
}

/** Limits by the model that identified, such as `2460`; null for one that the profile doesn't list. */
export function modelLimits(profile: Profile, model: string): SmuLimits | null {
  if (!profile.models.some((pattern) => new RegExp(pattern).test(model))) return null
  const limit = (name: string): number => profileLimit(profile, `${model.slice(0, 4)}.${name}`)
  return {
    maxVoltageV: limit('maxVoltageV'),
    maxCurrentA: limit('maxCurrentA'),
    lowRangeMaxV: limit('lowRangeMaxV'),
    highRangeMaxCurrentA: limit('highRangeMaxCurrentA'),
  }
}

export function profileLimit(profile: Profile, name: string): number {
  const value = profile.limits[name]
  assert(value !== undefined, `the profile ${profile.id} lacks the limit ${name}`)
  return value
}

/** A sweep that has passed the limits, in the order in which it is measured. */
export interface SweepPlan {
  firstV: number
  lastV: number
  /** Largest magnitude: what the ranges have to hold. */
  reachV: number
  points: number
  currentLimitA: number
  settleMs: number
  nplc: number
  fourWire: boolean
}

/**
 * Checks a sweep against the profile before anything is sent, and puts it in order: forward rises from the lower to
 * the higher of the two voltages (Isc to Voc), reverse falls, whichever of them was named first.
 * Throws device.limit.
 */
export function planSweep(request: SweepRequest, of: { name: string; profile: Profile; limits: SmuLimits }): SweepPlan {
  const { name, profile, limits } = of
  const { startV, stopV, points, currentLimitA, settleMs, nplc } = request
  const numbers = [startV, stopV, points, currentLimitA, settleMs, nplc]
  assert(numbers.every(Number.isFinite), 'a sweep is asked for in finite numbers')
  const reachV = Math.max(Math.abs(startV), Math.abs(stopV))
  const most = (quantity: string, asked: number, limit: number): void => {
    if (asked > limit) throw new StationError('device.limit', { instrument: name, quantity, asked, limit })
  }
  const least = (quantity: string, asked: number, limit: number): void => {
    if (asked < limit) throw new StationError('device.limit', { instrument: name, quantity, asked, limit })
  }
  most('voltage (V)', reachV, limits.maxVoltageV)
  most('current (A)', currentLimitA, limits.maxCurrentA)
  if (reachV > limits.lowRangeMaxV)
    most(`current above ${limits.lowRangeMaxV} V (A)`, currentLimitA, limits.highRangeMaxCurrentA)
  least('current (A)', currentLimitA, 0.01)
  most('points', points, profileLimit(profile, 'maxPoints'))
  least('points', points, profileLimit(profile, 'minPoints'))
  most('integration time (power-line cycles)', nplc, profileLimit(profile, 'maxNplc'))
  least('integration time (power-line cycles)', nplc, profileLimit(profile, 'minNplc'))
  most('settling time (ms)', settleMs, profileLimit(profile, 'maxSettleMs'))
  least('settling time (ms)', settleMs, 0)
  const [lowV, highV] = [Math.min(startV, stopV), Math.max(startV, stopV)]
  const isForward = request.direction === 'forward'
  return {
    firstV: isForward ? lowV : highV,
    lastV: isForward ? highV : lowV,
    reachV,
    points: Math.round(points),
    currentLimitA,
    settleMs,
    nplc,
    fourWire: request.fourWire,
  }
}

/** Longest time a point can take: settling, conversions of V and I with auto zero at 50 Hz, and overhead. */
export const pointMs = (plan: SweepPlan): number => plan.settleMs + (6 * plan.nplc * 1000) / 50 + 5

/** Time from the trigger to the first reading, which the instrument's own time stamps leave out. */
export const firstPointMs = (plan: SweepPlan): number => plan.settleMs + (plan.nplc * 1000) / 50
