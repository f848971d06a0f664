import type { Clock } from '../../base/clock.ts'

/** How an exchange wants what is left of it to be treated. */
export interface Manners {
  /** How long the line has to be quiet before the next request when this one goes wrong. */
  quietMs: number
  /** Bytes that may trail an answer and mean nothing, such as the LF of CR LF. */
  padding: readonly number[]
  /** Silence that has to be before any request. */
  gapMs: number
  /** Whose late answer could be mistaken for this one's; null where each bears a number of its own. */
  party: number | null
}

/**
 * What a line carries between exchanges. It is dirty as long as bytes may come that no coming request asked for;
 * it is clean again once it was quiet for as long as the exchange that soiled it demanded.
 */
export interface LineState {
  /** A piece was received. */
  heard(): void
  lastReceivedMs(): number
  discardedBytes(): number
  count(bytes: number): void
  /** Drops bytes nobody asked for. An unfinished piece soils the line: its other half may come after the next request. */
  discard(bytes: Uint8Array): void
  soil(quietMs: number): void
  clean(): void
  /** When the line may be taken for clean; -Infinity when it is. */
  readyAtMs(): number
  quietMs(): number
  /** Holds for strays until the next exchange. */
  adopt(manners: Manners): void
}

export function createLineState(clock: Clock): LineState {
  let dirty: { sinceMs: number; quietMs: number } | null = null
  let manners: Manners = { quietMs: 0, padding: [], gapMs: 0, party: 0 }
  let lastReceivedMs = -Infinity
  let discardedBytes = 0

  const soil = (quietMs: number): void => {
    dirty = { sinceMs: clock.monotonicMs(), quietMs: Math.max(quietMs, dirty?.quietMs ?? 0) }
  }
  const discard = (bytes: Uint8Array): void => {
    const start = bytes.findIndex((byte) => !manners.padding.includes(byte))
    if (start < 0) return
    discardedBytes += bytes.length - start
    if (!manners.padding.includes(bytes.at(-1) ?? -1)) soil(manners.quietMs)
  }
  return {
    heard: () => void (lastReceivedMs = clock.monotonicMs()),
    lastReceivedMs: () => lastReceivedMs,
    discardedBytes: () => discardedBytes,
    count: (bytes) => void (discardedBytes += bytes),
    discard,
    soil,
    clean: () => void (dirty = null),
    readyAtMs: () => (dirty ? Math.max(dirty.sinceMs, lastReceivedMs) + dirty.quietMs : -Infinity),
    quietMs: () => dirty?.quietMs ?? 0,
    adopt: (next) => void (manners = next),
  }
}
