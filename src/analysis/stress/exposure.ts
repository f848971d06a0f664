import { badInput, missing, quantity, requireFinite, requirePositive } from '../statistics/quantity.ts'
import type { Method, Quantity } from '../statistics/quantity.ts'

/** Doses: integrals of a logged quantity over time. Gaps are never filled; they are reported. */
export const exposureMethod: Method = { id: 'stress/exposureDose', version: '1.0.0' }

export interface TimedSample {
  readonly timeMs: number
  /** null where the sample is missing. */
  readonly value: number | null
}

export interface Gap {
  readonly fromMs: number
  readonly toMs: number
}

export interface Dose {
  readonly method: Method
  /** ∫ value dt by trapezoids, in the value's unit times seconds. */
  readonly integral: number
  /** Time that is integrated. */
  readonly coveredS: number
  /** Time between neighbouring valid samples that lie further apart than the longest step: not integrated. */
  readonly missingS: number
  readonly gaps: readonly Gap[]
  readonly mean: Quantity
}

const msPerS = 1000
const sPerH = 3600

/**
 * Integrates a logged quantity.
 * @param samples in time order; equal times are refused
 * @param longestStepMs neighbouring valid samples further apart leave a gap
 * @throws StationError analysis.badInput for times that don't rise, or numbers that aren't finite
 */
export const integrate = (samples: readonly TimedSample[], longestStepMs: number): Dose => {
  requirePositive(longestStepMs, 'longest step')
  let integral = 0
  let coveredMs = 0
  const gaps: Gap[] = []
  let last: { timeMs: number; value: number } | null = null
  let lastTimeMs = -Infinity
  for (const { timeMs, value } of samples) {
    requireFinite(timeMs, 'time of a sample')
    if (!(timeMs > lastTimeMs)) throw badInput('samples', `the time doesn’t rise at ${timeMs} ms`)
    lastTimeMs = timeMs
    if (value === null) continue
    requireFinite(value, 'sample')
    if (last !== null) {
      const stepMs = timeMs - last.timeMs
      if (stepMs > longestStepMs) gaps.push({ fromMs: last.timeMs, toMs: timeMs })
      else {
        integral += ((last.value + value) / 2) * (stepMs / msPerS)
        coveredMs += stepMs
      }
    }
    last = { timeMs, value }
  }
  const coveredS = coveredMs / msPerS
  return {
    method: exposureMethod,
    integral: requireFinite(integral, 'integral'),
    coveredS,
    missingS: gaps.reduce((sum, gap) => sum + (gap.toMs - gap.fromMs) / msPerS, 0),
    gaps,
    mean:
      coveredS > 0 ? quantity(integral / coveredS, 'too large') : missing('no two samples lie close enough together'),
  }
}

/** W/m² over time to kWh/m²: irradiation, or a UV dose when the samples are UV irradiance. */
export const irradiationKWhPerM2 = (dose: Dose): number => dose.integral / sPerH / 1000

/** V over time to V·h. */
export const voltHours = (dose: Dose): number => dose.integral / sPerH

/** A over time to coulomb. */
export const chargeC = (dose: Dose): number => dose.integral

/** C/m² over the area of the module. */
export const chargeDensityCPerM2 = (dose: Dose, areaM2: number): number =>
  dose.integral / requirePositive(areaM2, 'area')

export interface UvExposure {
  /** 280 to 400 nm. */
  readonly totalKWhPerM2: number
  /** 280 to 320 nm. */
  readonly shortKWhPerM2: number
  readonly requiredKWhPerM2: number
}

/**
 * UV preconditioning: the total dose is reached, and 3 to 10 % of it lie in 280 to 320 nm.
 * @see IEC 61215-2:2021, MQT 10
 */
export const uvCheck = (
  exposure: UvExposure,
): { readonly doseReached: boolean; readonly shortSharePercent: Quantity; readonly shareInRange: boolean | null } => {
  const total = requireFinite(exposure.totalKWhPerM2, 'UV dose')
  const short = requireFinite(exposure.shortKWhPerM2, 'UV dose below 320 nm')
  const doseReached = total >= requirePositive(exposure.requiredKWhPerM2, 'required dose')
  const share = total > 0 ? quantity((100 * short) / total, 'too large') : missing('there is no UV dose')
  return {
    doseReached,
    shortSharePercent: share,
    shareInRange: share.value === null ? null : share.value >= 3 && share.value <= 10,
  }
}
