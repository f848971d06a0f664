import { cancellable, throwIfCancelled, type Cancellation } from './cancellation.ts'

interface Waiter {
  priority: number
  order: number
  start: () => void
}

export interface Turns {
  /**
   * Runs `work` alone: after what runs now, before waiting work of a lower priority.
   * Work cancelled while it waits never starts.
   */
  take<T>(work: () => Promise<T>, options?: { priority?: number; signal?: Cancellation | undefined }): Promise<T>
  readonly waiting: number
}

/** One at a time, the highest priority first, equals in the order of their calls. */
export function createTurns(): Turns {
  const waiters: Waiter[] = []
  let busy = false
  let order = 0

  const next = (): void => {
    if (busy || waiters.length === 0) return
    waiters.sort((a, b) => b.priority - a.priority || a.order - b.order)
    busy = true
    waiters.shift()?.start()
  }

  const waitTurn = async (priority: number, signal: Cancellation | undefined): Promise<void> => {
    let waiter: Waiter | undefined
    const turn = new Promise<void>((resolve) => {
      waiter = { priority, order: order++, start: resolve }
      waiters.push(waiter)
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
    await waitTurn(options.priority ?? 0, options.signal)
    try {
      return await work()
    } finally {
      release()
    }
  }
  return {
    take,
    get waiting() {
      return waiters.length
    },
  }
}
