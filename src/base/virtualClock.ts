import { asError, type Cancellation } from './cancellation.ts'
import type { Clock } from './clock.ts'

interface Sleeper {
  atMs: number
  order: number
  wake: () => void
}

export interface VirtualClock extends Clock {
  /** Lets the time run: jumps from one sleeper to the next until `work` settles. */
  run<T>(work: Promise<T>): Promise<T>
}

/**
 * A clock that jumps to the next sleeper once all running work waits. Equal wake times go in the order of their calls,
 * so a run is the same on every machine.
 * @param startUtcMs what utcMs() says at the start
 * @param settle resolves when every promise that can go on has gone on (a turn of the event loop)
 */
export function createVirtualClock(startUtcMs: number, settle: () => Promise<void>): VirtualClock {
  const sleepers: Sleeper[] = []
  let nowMs = 0
  let order = 0
  let outsideWork = 0

  const sleep = (ms: number, signal?: Cancellation): Promise<void> =>
    new Promise((resolve, reject) => {
      if (signal?.aborted) return reject(asError(signal.reason))
      const leave = (): void => {
        signal?.removeEventListener('abort', cancelled)
        const index = sleepers.indexOf(sleeper)
        if (index >= 0) sleepers.splice(index, 1)
      }
      const cancelled = (): void => {
        leave()
        reject(asError(signal?.reason))
      }
      const wake = (): void => {
        leave()
        resolve()
      }
      const sleeper: Sleeper = { atMs: nowMs + Math.max(0, ms), order: order++, wake }
      signal?.addEventListener('abort', cancelled)
      sleepers.push(sleeper)
    })

  const wakeNext = (): void => {
    if (outsideWork > 0) return
    const next = sleepers.reduce<Sleeper | undefined>(
      (best, each) =>
        !best || each.atMs < best.atMs || (each.atMs === best.atMs && each.order < best.order) ? each : best,
      undefined,
    )
    if (!next) return
    nowMs = Math.max(nowMs, next.atMs)
    next.wake()
  }

  const run = async <T>(work: Promise<T>): Promise<T> => {
    let open = true
    const ended = work.finally(() => {
      open = false
    })
    ended.catch(() => undefined)
    for (;;) {
      await settle()
      if (!open) return ended
      wakeNext()
    }
  }

  const outside = async <T>(work: Promise<T>): Promise<T> => {
    outsideWork++
    try {
      return await work
    } finally {
      outsideWork--
    }
  }

  return { utcMs: () => startUtcMs + nowMs, monotonicMs: () => nowMs, sleep, outside, run }
}
