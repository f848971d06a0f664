import type { Cancellation } from '../../src/base/cancellation.ts'
import { createTurns } from '../../src/base/turns.ts'
import { underAll, type Canceller } from '../../src/base/underAll.ts'
import { StationError } from '../../src/contract/errors.ts'

const readPriority = 0
const changePriority = 10
const stopPriority = 100

/**
 * What a chamber's driver does, in order: one thing at a time, and a safe stop before and instead of everything else. A
 * setting under way is ended by a stop, so that nothing it still had to send, such as the start, comes behind it.
 */
export interface Gate {
  read<T>(work: () => Promise<T>, signal: Cancellation | undefined): Promise<T>
  change<T>(work: (own: Cancellation) => Promise<T>, signal: Cancellation | undefined): Promise<T>
  stop<T>(work: () => Promise<T>): Promise<T>
}

export function createGate(): Gate {
  const turns = createTurns()
  const changes = new Set<Canceller>()
  let stops = 0
  let letGo = (): void => undefined

  return {
    read: (work, signal) => turns.take(work, { priority: readPriority, signal }),
    change: (work, signal) =>
      underAll([signal], async (end) => {
        changes.add(end)
        try {
          return await turns.take(() => work(end.signal), { priority: changePriority, signal: end.signal })
        } finally {
          changes.delete(end)
        }
      }),
    stop: async (work) => {
      for (const change of changes) change.cancel(new StationError('run.stopped', { who: 'a safe stop' }))
      if (stops++ === 0) letGo = turns.hold(stopPriority)
      try {
        return await work()
      } finally {
        if (--stops === 0) letGo()
      }
    },
  }
}
