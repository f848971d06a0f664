import { createCanceller, type Clock } from '../../base/clock.ts'
import { StationError } from '../../contract/errors.ts'
import type { Reading } from '../../contract/instrument.ts'
import type { Connections } from './connections.ts'
import type { Entries } from './entries.ts'

export interface IdleReading {
  id: string
  utcMs: number
  readings: Reading[]
  simulated: boolean
}

export interface IdlePolls {
  start: (id: string) => void
  stop: (id: string) => void
}

const defaultPollMs = 2000
/** So many samples that were due and didn't come make the last one old. */
const staleAfter = 3

export const isManual = (owner: string | null): boolean => owner?.startsWith('manual: ') ?? false

/** Reads the instruments that no run has, each at its own pace: what a window shows when nothing is going on. */
export function createIdlePolls(deps: {
  clock: Clock
  entries: Entries
  connections: Connections
  onReading: (reading: IdleReading) => void
  onError: (error: unknown) => void
}): IdlePolls {
  const { clock, entries, connections } = deps
  const going = new Map<string, ReturnType<typeof createCanceller>>()

  const read = async (id: string): Promise<void> => {
    const connection = connections.of(id)
    if (!connection.current()) return
    try {
      const readings = await connection.use((now) => now.read())
      const utcMs = clock.utcMs()
      if (!entries.has(id)) return
      entries.sample(id, { lastGoodUtcMs: utcMs, readings })
      deps.onReading({ id, utcMs, readings, simulated: entries.state(id).simulated })
    } catch (error) {
      // What an instrument didn't say is in its state already.
      if (!(error instanceof StationError)) deps.onError(error)
    }
  }
  const markStale = (id: string, pollMs: number): void => {
    const { health, lastGoodUtcMs } = entries.get(id)
    if (health === 'connected' && clock.utcMs() - (lastGoodUtcMs ?? 0) > staleAfter * pollMs)
      entries.update(id, { health: 'stale' })
  }
  const follow = async (id: string, end: ReturnType<typeof createCanceller>): Promise<void> => {
    let dueMs = clock.monotonicMs()
    while (!end.signal.aborted && entries.has(id)) {
      const { config, lockedBy } = entries.get(id)
      const pollMs = config.pollMs ?? defaultPollMs
      if (lockedBy === null || isManual(lockedBy)) {
        await read(id)
        if (entries.has(id)) markStale(id, pollMs)
      }
      dueMs = Math.max(dueMs + pollMs, clock.monotonicMs())
      await clock.sleep(dueMs - clock.monotonicMs(), end.signal).catch(() => undefined)
    }
  }
  const stop = (id: string): void => {
    going.get(id)?.cancel(new Error('not polled any more'))
    going.delete(id)
  }
  return {
    stop,
    start: (id) => {
      stop(id)
      const end = createCanceller()
      going.set(id, end)
      void follow(id, end).catch(deps.onError)
    },
  }
}
