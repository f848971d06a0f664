import { cancellable, throwIfCancelled, type Cancellation } from './cancellation.ts'

interface Waiter {
  priority: number
  start: () => void
}

export interface Turns {
  /**
   * Runs `work` alone: after what runs now, before waiting work of a lower priority.
   * Work cancelled while it waits never starts.
   */
  take<T>(work: () => Promise<T>, options?: { priority?: number; signal?: Cancellation | undefined }): Promise<T>
  /** Keeps the turn for work of this priority or a higher one, until what it returns is called. */
  hold(priority: number): () => void
  readonly waiting: number
}

/** One at a time, the highest priority first, equals in the order of their calls. */
export function createTurns(): Turns {
  /** In the order in which they start. */
  const waiters: Waiter[] = []
  let busy = false
  let least = -Infinity

  const next = (): void => {
    if (busy || (waiters[0]?.priority ?? -Infinity) < least) return
    const first = waiters.shift()
    if (!first) return
    busy = true
    first.start()
  }

  /** Behind all that go first; looked for from the end, where most belong. */
  const queue = (waiter: Waiter): void => {
    let at = waiters.length
    while (at > 0 && waiters[at - 1]!.priority < waiter.priority) at--
    waiters.splice(at, 0, waiter)
  }

  const waitTurn = async (priority: number, signal: Cancellation | undefined): Promise<void> => {
    let waiter: Waiter | undefined
    const turn = new Promise<void>((resolve) => {
      waiter = { priority, start: resolve }
      queue(waiter)
    })
    next()
    try {
      await cancellable(turn, signal)
    } catch (error) {
      const index = waiters.findIndex((each) => each === waiter)
      if (index >= 0) waiters.splice(index, 1)
      else release()
      throw error
    }
  }

  const release = (): void => {
    busy = false
    next()
  }

  const take: Turns['take'] = async (work, options = {}) => {
    throwIfCancelled(options.signal)
    const priority = options.priority ?? 0
    // Nobody is there, as most often: no need to wait for anything.
    if (!busy && waiters.length === 0 && priority >= least) busy = true
    else await waitTurn(priority, options.signal)
    try {
      return await work()
    } finally {
      release()
    }
  }

  const hold: Turns['hold'] = (priority) => {
    least = priority
    return () => {
      least = -Infinity
      next()
    }
  }
  return {
    take,
    hold,
    get waiting() {
      return waiters.length
    },
  }
}
