import { badInput, missing, requireFinite, requireNotNegative, requirePositive } from '../statistics/quantity.ts'
import type { Method, Quantity } from '../statistics/quantity.ts'

/** How long a chamber was within its tolerances (damp heat counts only the hours in which both T and RH are). */
export const complianceMethod: Method = { id: 'stress/chamberCompliance', version: '1.0.0' }

export interface ComplianceBand {
  /** For instance "temperature". */
  readonly name: string
  readonly setPoint: number
  /** Half-width, at least 0; the edge is inside. */
  readonly tolerance: number
}

export interface ChamberSample {
  readonly timeMs: number
  /** One for each band, null where it is missing. */
  readonly values: readonly (number | null)[]
}

export interface Excursion {
  readonly fromMs: number
  readonly toMs: number
  readonly band: string
  /** The value furthest from the set-point. */
  readonly extreme: number
}

export interface Compliance {
  readonly method: Method
  readonly insideH: number
  readonly outsideH: number
  /** A value was missing, or two samples lie further apart than the longest step. */
  readonly unknownH: number
  /** inside/(inside + outside). */
  readonly insideShare: Quantity
  readonly excursions: readonly Excursion[]
}

const msPerH = 3_600_000

const isOutside = (value: number, band: ComplianceBand): boolean => Math.abs(value - band.setPoint) > band.tolerance

type State = 'inside' | 'outside' | 'unknown'

const stateOf = (sample: ChamberSample, bands: readonly ComplianceBand[]): State => {
  const outside = bands.some((band, i) => {
    const value = sample.values[i] ?? null
    return value !== null && isOutside(value, band)
  })
  if (outside) return 'outside'
  return bands.some((_, i) => (sample.values[i] ?? null) === null) ? 'unknown' : 'inside'
}

/** A step between two samples is inside only when both are; outside when one is; otherwise unknown. */
const stepState = (a: State, b: State): State => {
  if (a === 'outside' || b === 'outside') return 'outside'
  return a === 'unknown' || b === 'unknown' ? 'unknown' : 'inside'
}

const excursionsOf = (samples: readonly ChamberSample[], band: ComplianceBand, index: number): Excursion[] => {
  const found: { fromMs: number; toMs: number; band: string; extreme: number }[] = []
  let open = false
  for (const { timeMs, values } of samples) {
    const value = values[index] ?? null
    if (value === null || !isOutside(value, band)) {
      open = false
      continue
    }
    const last = found.at(-1)
    if (!open || last === undefined) found.push({ fromMs: timeMs, toMs: timeMs, band: band.name, extreme: value })
    else {
      last.toMs = timeMs
      if (Math.abs(value - band.setPoint) > Math.abs(last.extreme - band.setPoint)) last.extreme = value
    }
    open = true
  }
  return found
}

/**
 * Time within all tolerances at once.
 * @param samples in time order
 * @param longestStepMs steps longer than this are unknown
 * @throws StationError analysis.badInput for times that don't rise or numbers that aren't finite
 */
export const chamberCompliance = (
  samples: readonly ChamberSample[],
  bands: readonly ComplianceBand[],
  longestStepMs: number,
): Compliance => {
  requirePositive(longestStepMs, 'longest step')
  if (bands.length === 0) throw badInput('chamber', 'no tolerance is given')
  for (const band of bands) {
    requireFinite(band.setPoint, `set-point of ${band.name}`)
    requireNotNegative(band.tolerance, `tolerance of ${band.name}`)
  }
  const ms = { inside: 0, outside: 0, unknown: 0 }
  samples.forEach((sample, i) => {
    requireFinite(sample.timeMs, 'time')
    for (const value of sample.values) if (value !== null) requireFinite(value, 'sample')
    if (i === 0) return
    const before = samples[i - 1]!
    const stepMs = sample.timeMs - before.timeMs
    if (!(stepMs > 0)) throw badInput('samples', `the time doesn’t rise at sample ${i}`)
    const state = stepMs > longestStepMs ? 'unknown' : stepState(stateOf(before, bands), stateOf(sample, bands))
    ms[state] += stepMs
  })
  const known = ms.inside + ms.outside
  return {
    method: complianceMethod,
    insideH: ms.inside / msPerH,
    outsideH: ms.outside / msPerH,
    unknownH: ms.unknown / msPerH,
    insideShare: known > 0 ? { value: ms.inside / known } : missing('no step between samples could be judged'),
    excursions: bands.flatMap((band, i) => excursionsOf(samples, band, i)),
  }
}
