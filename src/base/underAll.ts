import type { Cancellation } from './cancellation.ts'
import { createCanceller } from './clock.ts'

export type Canceller = ReturnType<typeof createCanceller>

/** Runs `work` with a cancellation that follows all the given ones. */
export async function underAll<T>(
  signals: readonly (Cancellation | undefined)[],
  work: (end: Canceller) => Promise<T>,
): Promise<T> {
  const end = createCanceller()
  const stops = signals.map((signal) => {
    const stop = (): void => end.cancel(signal?.reason as Error)
    if (signal?.aborted) stop()
    else signal?.addEventListener('abort', stop)
    return () => signal?.removeEventListener('abort', stop)
  })
  try {
    return await work(end)
  } finally {
    for (const stop of stops) stop()
  }
}
