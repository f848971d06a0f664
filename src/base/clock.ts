import type { Cancellation } from './cancellation.ts'

/** The only way in which the engine and the drivers learn the time or wait. */
export interface Clock {
  /** Milliseconds since 1970-01-01T00:00Z; may jump when the PC's clock is set. */
  utcMs(): number
  /** Milliseconds since an arbitrary start; never jumps or runs backwards. */
  monotonicMs(): number
  /** Resolves after `ms`; rejects with the signal's reason when cancelled. */
  sleep(ms: number, signal?: Cancellation): Promise<void>
  /**
   * Tells the clock that `work` waits for the outside world (disk, a thread). A virtual clock stands still meanwhile,
   * so that the speed of the PC can't change what a simulated run measures.
   */
  outside<T>(work: Promise<T>): Promise<T>
}

/** Made once: an Error for every exchange that went well would cost more than the exchange. */
const inTime = new Error('done in time')

/** A deadline that comes so much too late was kept waiting by a PC that stood still, and `work` was, too. */
const stoodStillMs = 100
/** Then it has this long to take in what came meanwhile. */
const graceMs = 200

/** Settles as `work` does, or rejects with `late()` when it takes longer than `timeoutMs`. */
export async function withDeadline<T>(
  work: Promise<T>,
  clock: Clock,
  deadline: { timeoutMs: number; late: () => Error },
): Promise<T> {
  const done = createCanceller()
  const lateMs = clock.monotonicMs() + deadline.timeoutMs + stoodStillMs
  const timer = clock
    .sleep(deadline.timeoutMs, done.signal)
    .then(() => (clock.monotonicMs() > lateMs ? clock.sleep(graceMs, done.signal) : undefined))
    .then(
      () => Promise.reject(deadline.late()),
      () => new Promise<never>(() => undefined),
    )
  try {
    return await Promise.race([work, timer])
  } finally {
    done.cancel(inTime)
  }
}

/** A cancellation of one's own, without the platform's AbortController. */
export function createCanceller(): { signal: Cancellation; cancel: (reason: Error) => void } {
  // Few ever have a listener, and most of those one: made when it is needed, as there are several for each exchange.
  let listeners: Set<() => void> | null = null
  const signal = {
    aborted: false,
    reason: undefined as unknown,
    addEventListener: (_type: 'abort', listener: () => void): void => void (listeners ??= new Set()).add(listener),
    removeEventListener: (_type: 'abort', listener: () => void): void => void listeners?.delete(listener),
  }
  const cancel = (reason: Error): void => {
    if (signal.aborted) return
    signal.aborted = true
    signal.reason = reason
    for (const listener of [...(listeners ?? [])]) listener()
  }
  return { signal, cancel }
}
