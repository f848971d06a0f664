import type { RunLive } from '../../contract/run.ts'

export type LiveExposure = NonNullable<RunLive['exposure']>[number]

/** When the required amount will be reached, as far as anybody can tell. */
export type Estimate =
  { kind: 'met' } | { kind: 'notBegun' } | { kind: 'at'; utcMs: number } | { kind: 'unknown'; reason: string }

/** What is missing comes at the pace at which what is there came: lost time counts as it did so far. */
export function estimateEnd(exposure: LiveExposure, at: { nowUtcMs: number; paused: boolean }): Estimate {
  const { credited, required, elapsedMs } = exposure
  if (required === null) return { kind: 'unknown', reason: 'no amount is asked for' }
  if (credited >= required) return { kind: 'met' }
  if (elapsedMs <= 0) return { kind: 'notBegun' }
  if (at.paused) return { kind: 'unknown', reason: 'not known while the run is paused' }
  if (credited <= 0) return { kind: 'unknown', reason: 'not known: nothing is credited yet' }
  return { kind: 'at', utcMs: at.nowUtcMs + ((required - credited) / credited) * elapsedMs }
}

/** 0 to 1 of what is required; null where nothing is. */
export const fractionOf = ({ credited, required }: LiveExposure): number | null =>
  required === null || required <= 0 ? null : Math.min(1, credited / required)
