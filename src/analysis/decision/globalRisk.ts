import { normalDensity, normalProbability } from '../statistics/distributions.ts'
import { badInput, requireFinite, requirePositive } from '../statistics/quantity.ts'
import type { Method } from '../statistics/quantity.ts'
import type { ToleranceLimits } from './rules.ts'

/** Global (average) consumer's and producer's risk of a rule over many items. */
export const globalRiskMethod: Method = { id: 'jcgm106/globalRisk', version: '1.0.0' }

export interface GlobalRiskInput {
  /** Mean and standard deviation of the items' true values (normal); the deviation is above 0. */
  readonly processMean: number
  readonly processStandardDeviation: number
  /** Standard uncertainty of the measurement, above 0. */
  readonly standardUncertainty: number
  readonly limits: ToleranceLimits
  /** w: acceptance limits lie this far inside the tolerance limits; negative widens. 0 unless stated. */
  readonly guardBand?: number
}

export interface GlobalRisk {
  readonly method: Method
  /** Probability that an item doesn't conform and is accepted (JCGM 106, 9.5.2, global consumer's risk). */
  readonly consumerRisk: number
  /** Probability that an item conforms and is rejected (global producer's risk). */
  readonly producerRisk: number
  /** Consumer's risk among the accepted items; null when nothing is ever accepted. */
  readonly consumerRiskAmongAccepted: number | null
  readonly conformingProbability: number
  readonly acceptedProbability: number
}

/** Five-point Gauss–Legendre rule on −1…1 (Abramowitz & Stegun, table 25.4). */
const gaussNodes = [
  [0, 128 / 225],
  [Math.sqrt(5 - 2 * Math.sqrt(10 / 7)) / 3, (322 + 13 * Math.sqrt(70)) / 900],
  [-Math.sqrt(5 - 2 * Math.sqrt(10 / 7)) / 3, (322 + 13 * Math.sqrt(70)) / 900],
  [Math.sqrt(5 + 2 * Math.sqrt(10 / 7)) / 3, (322 - 13 * Math.sqrt(70)) / 900],
  [-Math.sqrt(5 + 2 * Math.sqrt(10 / 7)) / 3, (322 - 13 * Math.sqrt(70)) / 900],
] as const

const panelsPerPiece = 40

/** Integral of a smooth function over a…b. */
const integrate = (f: (x: number) => number, a: number, b: number): number => {
  const half = (b - a) / panelsPerPiece / 2
  let sum = 0
  for (let i = 0; i < panelsPerPiece; i++) {
    const middle = a + (2 * i + 1) * half
    for (const [node, weight] of gaussNodes) sum += weight * f(middle + half * node)
  }
  return sum * half
}

/** Beyond this many standard deviations a normal density adds less than 1e-22. */
const reach = 10

const probabilityBetween = (mean: number, sd: number, limits: ToleranceLimits): number => {
  const above = limits.upper === null ? 0 : normalProbability((mean - limits.upper) / sd)
  const below = limits.lower === null ? 0 : normalProbability((limits.lower - mean) / sd)
  return Math.max(0, 1 - above - below)
}

/** Where the integrand bends: the limits, and the reach of the measurement about each acceptance limit. */
const breakpoints = (
  input: GlobalRiskInput,
  acceptance: ToleranceLimits,
  ends: readonly [number, number],
): number[] => {
  const inner: number[] = []
  for (const limit of [acceptance.lower, acceptance.upper, input.limits.lower, input.limits.upper]) {
    if (limit === null) continue
    for (const step of [-8, -3, 0, 3, 8]) inner.push(limit + step * input.standardUncertainty)
  }
  const [low, high] = ends
  return [low, ...inner.filter((x) => x > low && x < high).sort((a, b) => a - b), high]
}

const regionsOf = (limits: ToleranceLimits, low: number, high: number): [number, number, 'in' | 'out'][] => {
  const lower = limits.lower === null ? low : Math.min(Math.max(limits.lower, low), high)
  const upper = limits.upper === null ? high : Math.min(Math.max(limits.upper, low), high)
  return [
    [low, lower, 'out'],
    [lower, upper, 'in'],
    [upper, high, 'out'],
  ]
}

/**
 * Global risks of accepting by one measurement with a guard band, true values and errors both normal.
 * Numerical integration; absolute error below 1e-9.
 * @throws StationError analysis.badInput for numbers that aren't finite, deviations that aren't above 0, or crossed limits
 * @see JCGM 106:2012, 9.5, equations (17) to (20)
 */
export const globalRisk = (input: GlobalRiskInput): GlobalRisk => {
  const { limits, standardUncertainty: u } = input
  const mean = requireFinite(input.processMean, 'process mean')
  const sd = requirePositive(input.processStandardDeviation, 'process standard deviation')
  requirePositive(u, 'standard uncertainty')
  const w = requireFinite(input.guardBand ?? 0, 'guard band')
  const { lower, upper } = limits
  if (lower === null && upper === null) throw badInput('tolerance limits', 'neither limit is given')
  if (lower !== null && upper !== null && !(lower < upper)) throw badInput('tolerance limits', 'the limits are crossed')
  const acceptance = { lower: lower === null ? null : lower + w, upper: upper === null ? null : upper - w }
  const nothingAccepted = acceptance.lower !== null && acceptance.upper !== null && acceptance.lower >= acceptance.upper
  const accept = (x: number): number => (nothingAccepted ? 0 : probabilityBetween(x, u, acceptance))
  const density = (x: number): number => normalDensity((x - mean) / sd) / sd
  let consumerRisk = 0
  let producerRisk = 0
  for (const [a, b, side] of regionsOf(limits, mean - reach * sd, mean + reach * sd)) {
    const points = breakpoints(input, acceptance, [a, b])
    for (let i = 1; i < points.length; i++) {
      const [from, to] = [points[i - 1]!, points[i]!]
      if (side === 'out') consumerRisk += integrate((x) => density(x) * accept(x), from, to)
      else producerRisk += integrate((x) => density(x) * (1 - accept(x)), from, to)
    }
  }
  const acceptedProbability = nothingAccepted ? 0 : probabilityBetween(mean, Math.hypot(sd, u), acceptance)
  return {
    method: globalRiskMethod,
    consumerRisk,
    producerRisk,
    consumerRiskAmongAccepted: acceptedProbability > 1e-12 ? consumerRisk / acceptedProbability : null,
    conformingProbability: probabilityBetween(mean, sd, limits),
    acceptedProbability,
  }
}

export type GuardBandMethod = 'rss' | 'test95' | 'rp10' | 'dobbert'

/**
 * Acceptance limit as a fraction of the tolerance limit, from the test uncertainty ratio TUR = T/U (k = 2).
 * rss: √(1−1/TUR²) (TUR ≥ 1); test95: 1−1/TUR; rp10: 1.25−1/TUR (NCSLI RP-10, capped at 1); dobbert: 1−M/TUR with
 * M = 1.04−exp(0.38·ln TUR−0.54), which keeps the global false acceptance at 2 % whatever the process.
 * @returns 0…1; 0 says that nothing can be accepted
 */
export const acceptanceFraction = (method: GuardBandMethod, testUncertaintyRatio: number): number => {
  const tur = requirePositive(testUncertaintyRatio, 'test uncertainty ratio')
  const fraction = {
    rss: Math.sqrt(Math.max(0, 1 - 1 / (tur * tur))),
    test95: 1 - 1 / tur,
    rp10: 1.25 - 1 / tur,
    dobbert: 1 - (1.04 - Math.exp(0.38 * Math.log(tur) - 0.54)) / tur,
  }[method]
  return Math.min(1, Math.max(0, fraction))
}
