import { assert } from '../base/assert.ts'
import { throwIfCancelled } from '../base/cancellation.ts'
import type { Clock } from '../base/clock.ts'

/** setTimeout takes longer delays for 1 ms. */
const longestTimerMs = 2 ** 31 - 1

/** The clock of the PC. Its monotonic time stands still while the PC sleeps on some systems. */
export function createRealClock(): Clock {
  const monotonicMs = (): number => performance.now()

  const sleep: Clock['sleep'] = async (ms, signal) => {
    assert(!Number.isNaN(ms), 'a time to sleep is a number')
    throwIfCancelled(signal)
    const wakeMs = monotonicMs() + ms
    let timer: ReturnType<typeof setTimeout> | undefined
    let stop = (): void => undefined
    await new Promise<void>((resolve) => {
      stop = resolve
      // Timers may fire a fraction of a millisecond early, and long delays go in stages.
      const wait = (): void => {
        const leftMs = Math.ceil(wakeMs - monotonicMs())
        if (leftMs <= 0) resolve()
        else timer = setTimeout(wait, Math.min(leftMs, longestTimerMs))
      }
      timer = setTimeout(wait, Math.min(Math.max(0, ms), longestTimerMs))
      signal?.addEventListener('abort', stop)
    })
    clearTimeout(timer)
    signal?.removeEventListener('abort', stop)
    throwIfCancelled(signal)
  }

  return { utcMs: () => Date.now(), monotonicMs, sleep, outside: (work) => work }
}
