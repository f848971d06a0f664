import { badInput, quantity, requireFinite, requirePositive } from '../statistics/quantity.ts'
import type { Method, Quantity } from '../statistics/quantity.ts'

/** The three-value rule of light stabilisation, IEC 61215-2:2021, MQT 19. */
export const stabilisationMethod: Method = { id: 'iec61215-2:2021/mqt19', version: '1.0.0' }

export interface StabilisationPoint {
  /** Light dose since the start of the exposure, never falling. */
  readonly doseKWhPerM2: number
  /** Pmax corrected to STC, above 0. */
  readonly pmaxW: number
}

export interface StabilisationRule {
  /** x of (Pmax − Pmin)/Pavg < x. */
  readonly limit: number
  /** Least dose of each of the two intervals. */
  readonly intervalDoseKWhPerM2: number
}

/**
 * Rules by technology. The limits are well known; the interval doses are to be checked in a bought copy of the
 * technology part before a report says "per standard".
 */
export const stabilisationRules = {
  'c-Si': { limit: 0.01, intervalDoseKWhPerM2: 5 },
  CIGS: { limit: 0.02, intervalDoseKWhPerM2: 10 },
  CdTe: { limit: 0.02, intervalDoseKWhPerM2: 20 },
  'a-Si': { limit: 0.02, intervalDoseKWhPerM2: 43 },
} as const satisfies Record<string, StabilisationRule>

export interface StabilisationResult {
  readonly method: Method
  /** null when it can't be judged; `spread` or `reason` says why. */
  readonly stabilised: boolean | null
  readonly reason: string | null
  /** (max − min)/mean of the last three powers. */
  readonly spread: Quantity
  readonly limit: number
  /** Doses of the last two intervals. */
  readonly intervalDosesKWhPerM2: readonly number[]
  /** Change from the first to the last power in %. */
  readonly changePercent: Quantity
}

const checkPoints = (points: readonly StabilisationPoint[]): void => {
  points.forEach((point, i) => {
    requireFinite(point.doseKWhPerM2, 'dose')
    requirePositive(point.pmaxW, 'Pmax')
    if (i > 0 && point.doseKWhPerM2 < points[i - 1]!.doseKWhPerM2) throw badInput('dose', `it falls at point ${i}`)
  })
}

/** A dose counted in steps of the logger misses 5 kWh/m² by rounding only: that is not too short. */
const rounding = 1e-9

/**
 * Judges the last three powers; earlier ones don't count, and u(P) isn't subtracted. The comparison is strict: a spread
 * equal to the limit isn't stable.
 * @throws StationError analysis.badInput for powers that aren't above 0 or a dose that falls
 */
export const stabilisation = (points: readonly StabilisationPoint[], rule: StabilisationRule): StabilisationResult => {
  checkPoints(points)
  const limit = requirePositive(rule.limit, 'limit')
  const last = points.slice(-3)
  const intervals = last.slice(1).map((point, i) => point.doseKWhPerM2 - last[i]!.doseKWhPerM2)
  const none = 'fewer than two powers were measured'
  const change: Quantity =
    points.length < 2
      ? { value: null, reason: none }
      : quantity(100 * (points.at(-1)!.pmaxW / points[0]!.pmaxW - 1), 'beyond the range of a double')
  const base = { method: stabilisationMethod, limit, intervalDosesKWhPerM2: intervals, changePercent: change }
  if (last.length < 3) {
    const reason = `${points.length} powers were measured, three are needed`
    return { ...base, stabilised: null, reason, spread: { value: null, reason } }
  }
  const powers = last.map((point) => point.pmaxW)
  const mean = (powers[0]! + powers[1]! + powers[2]!) / 3
  const spread = requireFinite((Math.max(...powers) - Math.min(...powers)) / mean, 'spread')
  const short = intervals.find((dose) => dose < rule.intervalDoseKWhPerM2 * (1 - rounding))
  if (short !== undefined) {
    const reason = `an interval of ${short.toFixed(2)} kWh/m² is shorter than ${rule.intervalDoseKWhPerM2} kWh/m²`
    return { ...base, stabilised: null, reason, spread: { value: spread } }
  }
  return { ...base, stabilised: spread < limit, reason: null, spread: { value: spread } }
}
