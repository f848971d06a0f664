import type { Cancellation } from '../../src/base/cancellation.ts'
import { createTurns } from '../../src/base/turns.ts'
import { underAll, type Canceller } from '../../src/base/underAll.ts'
import { StationError } from '../../src/contract/errors.ts'

const usual = 0
/** Held by a stop: nothing of the usual priority starts meanwhile. */
const stopPriority = 100

/**
 * What a chamber's driver does, in order: one change at a time, which reads, writes and reads back, and one reading at a
 * time beside it; a safe stop before and instead of everything else. A change under way is ended by a stop, so that
 * nothing it still had to send, such as the start, comes behind it.
 */
export interface Gate {
  read<T>(work: () => Promise<T>, signal: Cancellation | undefined): Promise<T>
  change<T>(work: (own: Cancellation) => Promise<T>, signal: Cancellation | undefined): Promise<T>
  stop<T>(work: () => Promise<T>): Promise<T>
}

export function createGate(): Gate {
  const readings = createTurns()
  const changes = createTurns()
  const underWay = new Set<Canceller>()
  let stops = 0
  let letGo: (() => void)[] = []

  return {
    read: (work, signal) => readings.take(work, { priority: usual, signal }),
    change: (work, signal) =>
      underAll([signal], async (end) => {
        underWay.add(end)
        try {
          return await changes.take(() => work(end.signal), { priority: usual, signal: end.signal })
        } finally {
          underWay.delete(end)
        }
      }),
    stop: async (work) => {
      for (const change of underWay) change.cancel(new StationError('run.stopped', { who: 'a safe stop' }))
      if (stops++ === 0) letGo = [readings, changes].map((turns) => turns.hold(stopPriority))
      try {
        return await work()
      } finally {
        if (--stops === 0) for (const release of letGo) release()
      }
    },
  }
}
