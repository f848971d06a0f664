import {
  badInput,
  missing,
  quantity,
  requireFinite,
  requireNotNegative,
  requirePositive,
} from '../statistics/quantity.ts'
import type { Method, Quantity } from '../statistics/quantity.ts'

/** Metrics of temperature cycles (MQT 11, MQT 12) from logged module temperatures. */
export const temperatureCycleMethod: Method = { id: 'stress/temperatureCycles', version: '1.0.0' }

export interface TemperatureSample {
  readonly timeMs: number
  readonly temperatureC: number
}

export interface CycleProfile {
  readonly lowC: number
  readonly highC: number
  /** A dwell begins within ± this of its set-point; 2 K unless stated. */
  readonly toleranceK?: number
  /** It ends only beyond tolerance + hysteresis, so that noise at the edge doesn't split it; 0.5 K unless stated. */
  readonly hysteresisK?: number
  /** Window of the regression for ramps; 5 min unless stated. */
  readonly rampWindowMs?: number
}

export interface Dwell {
  readonly at: 'low' | 'high'
  readonly fromMs: number
  readonly toMs: number
}

export interface TemperatureCycle {
  readonly fromMs: number
  /** Start of the next cycle; for the last one the end of the data. */
  readonly toMs: number
  /** False for the last one, whose return wasn't seen. */
  readonly closed: boolean
  readonly minimumC: number
  readonly maximumC: number
  /** Longest uninterrupted dwell in minutes. */
  readonly lowDwellMin: number
  readonly highDwellMin: number
  /** Steepest regression over the window in K/h, both positive. */
  readonly steepestRiseKPerH: Quantity
  readonly steepestFallKPerH: Quantity
}

export interface CycleResult {
  readonly method: Method
  readonly dwells: readonly Dwell[]
  readonly cycles: readonly TemperatureCycle[]
}

const msPerMin = 60_000
const msPerH = 3_600_000

const checkSamples = (samples: readonly TemperatureSample[]): void => {
  samples.forEach(({ timeMs, temperatureC }, i) => {
    requireFinite(timeMs, 'time')
    requireFinite(temperatureC, 'temperature')
    if (i > 0 && !(timeMs > samples[i - 1]!.timeMs)) throw badInput('samples', `the time doesn’t rise at sample ${i}`)
  })
}

interface Bands {
  readonly lowC: number
  readonly highC: number
  readonly toleranceK: number
  readonly hysteresisK: number
}

const findDwells = (samples: readonly TemperatureSample[], bands: Bands): Dwell[] => {
  const setPointC = { low: bands.lowC, high: bands.highC }
  const dwells: Dwell[] = []
  let open: { at: 'low' | 'high'; fromMs: number; toMs: number } | null = null
  for (const { timeMs, temperatureC } of samples) {
    if (open !== null && Math.abs(temperatureC - setPointC[open.at]) > bands.toleranceK + bands.hysteresisK) {
      dwells.push(open)
      open = null
    }
    const inside = (at: 'low' | 'high') => Math.abs(temperatureC - setPointC[at]) <= bands.toleranceK
    if (open === null && inside('low')) open = { at: 'low', fromMs: timeMs, toMs: timeMs }
    if (open === null && inside('high')) open = { at: 'high', fromMs: timeMs, toMs: timeMs }
    // The end is the last sample within the tolerance itself.
    if (open !== null && inside(open.at)) open.toMs = timeMs
  }
  if (open !== null) dwells.push(open)
  return dwells
}

/** Slope in K/h of the least-squares line through samples[from…to]. */
const slopeOf = (samples: readonly TemperatureSample[], from: number, to: number): number => {
  const count = to - from + 1
  const start = samples[from]!.timeMs
  let [meanT, meanY] = [0, 0]
  for (let i = from; i <= to; i++) {
    meanT += (samples[i]!.timeMs - start) / count
    meanY += samples[i]!.temperatureC / count
  }
  let [tt, ty] = [0, 0]
  for (let i = from; i <= to; i++) {
    const t = samples[i]!.timeMs - start - meanT
    tt += t * t
    ty += t * (samples[i]!.temperatureC - meanY)
  }
  return (ty / tt) * msPerH
}

/** A window counts when it holds at least three samples over at least four fifths of its length. */
const fullShare = 0.8

export interface Ramps {
  readonly steepestRiseKPerH: Quantity
  readonly steepestFallKPerH: Quantity
}

/**
 * Steepest rise and fall by regression over a sliding window. The difference of neighbouring one-minute samples would
 * take the noise of the sensor for a ramp.
 */
export const steepestRamps = (samples: readonly TemperatureSample[], windowMs = 5 * msPerMin): Ramps => {
  checkSamples(samples)
  requirePositive(windowMs, 'ramp window')
  let [rise, fall] = [-Infinity, -Infinity]
  let from = 0
  samples.forEach(({ timeMs }, to) => {
    while (timeMs - samples[from]!.timeMs > windowMs) from++
    if (to - from < 2 || timeMs - samples[from]!.timeMs < fullShare * windowMs) return
    const slope = slopeOf(samples, from, to)
    rise = Math.max(rise, slope)
    fall = Math.max(fall, -slope)
  })
  if (rise === -Infinity) {
    const none = missing('no window has three samples over four fifths of its length')
    return { steepestRiseKPerH: none, steepestFallKPerH: none }
  }
  const positive = (value: number) => quantity(Math.max(0, value), 'beyond the range of a double')
  return { steepestRiseKPerH: positive(rise), steepestFallKPerH: positive(fall) }
}

/** Dwells of one kind that follow each other without the other kind between are one visit. */
const visitsOf = (dwells: readonly Dwell[]): Dwell[][] => {
  const visits: Dwell[][] = []
  for (const dwell of dwells) {
    const last = visits.at(-1)
    if (last !== undefined && last[0]!.at === dwell.at) last.push(dwell)
    else visits.push([dwell])
  }
  return visits
}

const longestMin = (visit: readonly Dwell[]): number =>
  visit.reduce((most, dwell) => Math.max(most, (dwell.toMs - dwell.fromMs) / msPerMin), 0)

/**
 * Splits a log into cycles. A cycle is a visit to one set-point and the following visit to the other; it lasts until
 * the first set-point is reached again.
 * @param samples in time order
 * @throws StationError analysis.badInput for times that don't rise or a profile whose bands overlap
 */
export const temperatureCycles = (samples: readonly TemperatureSample[], profile: CycleProfile): CycleResult => {
  checkSamples(samples)
  const toleranceK = requirePositive(profile.toleranceK ?? 2, 'tolerance')
  const hysteresisK = requireNotNegative(profile.hysteresisK ?? 0.5, 'hysteresis')
  const { lowC, highC } = profile
  if (!(requireFinite(highC, 'high') - requireFinite(lowC, 'low') > 2 * (toleranceK + hysteresisK))) {
    throw badInput('cycle profile', 'the two bands overlap')
  }
  const dwells = findDwells(samples, { lowC, highC, toleranceK, hysteresisK })
  const visits = visitsOf(dwells)
  const cycles: TemperatureCycle[] = []
  for (let i = 0; i + 1 < visits.length; i += 2) {
    const [first, second, next] = [visits[i]!, visits[i + 1]!, visits[i + 2]]
    const fromMs = first[0]!.fromMs
    const toMs = next === undefined ? samples.at(-1)!.timeMs : next[0]!.fromMs
    const part = samples.filter(({ timeMs }) => timeMs >= fromMs && timeMs <= toMs)
    const [low, high] = first[0]!.at === 'low' ? [first, second] : [second, first]
    cycles.push({
      fromMs,
      toMs,
      closed: next !== undefined,
      minimumC: part.reduce((least, { temperatureC }) => Math.min(least, temperatureC), Infinity),
      maximumC: part.reduce((most, { temperatureC }) => Math.max(most, temperatureC), -Infinity),
      lowDwellMin: longestMin(low),
      highDwellMin: longestMin(high),
      ...steepestRamps(part, profile.rampWindowMs),
    })
  }
  return { method: temperatureCycleMethod, dwells, cycles }
}

export interface CycleLimits {
  readonly rampKPerH: number
  readonly dwellMin: number
  readonly cycleH: number
}

/** IEC 61215-2, MQT 11: ramps up to 100 K/h, dwells of at least 10 min, cycles up to 6 h. */
export const thermalCyclingLimits: CycleLimits = { rampKPerH: 100, dwellMin: 10, cycleH: 6 }

/** What is wrong with a cycle, in words; empty when nothing is. An open cycle isn't judged on its length. */
export const cycleProblems = (cycle: TemperatureCycle, limits: CycleLimits = thermalCyclingLimits): string[] => {
  const problems: string[] = []
  const ramp = (name: string, value: Quantity): void => {
    if (value.value === null) problems.push(`${name}: ${value.reason}`)
    else if (value.value > limits.rampKPerH) {
      problems.push(`${name} ${value.value.toFixed(1)} K/h is above ${limits.rampKPerH} K/h`)
    }
  }
  ramp('rise', cycle.steepestRiseKPerH)
  ramp('fall', cycle.steepestFallKPerH)
  for (const [name, minutes] of [['low', cycle.lowDwellMin] as const, ['high', cycle.highDwellMin] as const]) {
    if (minutes < limits.dwellMin)
      problems.push(`${name} dwell ${minutes.toFixed(1)} min is below ${limits.dwellMin} min`)
  }
  const hours = (cycle.toMs - cycle.fromMs) / msPerH
  if (cycle.closed && hours > limits.cycleH) problems.push(`${hours.toFixed(2)} h is longer than ${limits.cycleH} h`)
  return problems
}
