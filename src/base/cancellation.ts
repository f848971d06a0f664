/** The part of an AbortSignal that waiting code needs; the platform's own AbortSignal fits it. */
export interface Cancellation {
  readonly aborted: boolean
  readonly reason: unknown
  addEventListener(type: 'abort', listener: () => void): void
  removeEventListener(type: 'abort', listener: () => void): void
}

/** What was given as the reason, as an Error. */
export const asError = (reason: unknown): Error => (reason instanceof Error ? reason : new Error(String(reason)))

/** Ends at once, with the reason, where the work was cancelled already. */
export function throwIfCancelled(signal: Cancellation | undefined): void {
  if (signal?.aborted) throw signal.reason
}

/** Rejects with the signal's reason as soon as it is cancelled; otherwise settles as `work` does. */
export async function cancellable<T>(work: Promise<T>, signal: Cancellation | undefined): Promise<T> {
  if (!signal) return work
  let stop = (): void => undefined
  const cancelled = new Promise<never>((_resolve, reject) => {
    stop = () => reject(asError(signal.reason))
    if (signal.aborted) stop()
    else signal.addEventListener('abort', stop)
  })
  try {
    return await Promise.race([work, cancelled])
  } finally {
    signal.removeEventListener('abort', stop)
  }
}
