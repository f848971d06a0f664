import { cancellable, type Cancellation } from '../../base/cancellation.ts'

/** Why a run stands still, and who waits for it to go on. Several reasons may hold at once. */
export interface Pauses {
  readonly reason: string | null
  pause: (key: string, reason: string) => void
  /** Takes one reason away; without a key all of them. */
  resume: (key?: string) => void
  /** Resolves when nothing holds the run any more; with how long that took (ms). */
  wait: (signal: Cancellation) => Promise<number>
  /** How long the run has stood still so far (ms): what waits for something meanwhile isn't late by that. */
  totalMs: () => number
}

export function createPauses(deps: { nowMs: () => number; changed: () => void }): Pauses {
  const reasons = new Map<string, string>()
  let released = Promise.withResolvers<undefined>()
  let earlierMs = 0
  let sinceMs: number | null = null
  const settle = (): void => {
    deps.changed()
    if (reasons.size > 0) return
    if (sinceMs !== null) earlierMs += deps.nowMs() - sinceMs
    sinceMs = null
    released.resolve(undefined)
    released = Promise.withResolvers<undefined>()
  }
  return {
    get reason() {
      return reasons.size > 0 ? [...reasons.values()].join('; ') : null
    },
    pause: (key, reason) => {
      reasons.set(key, reason)
      sinceMs ??= deps.nowMs()
      deps.changed()
    },
    resume: (key) => {
      if (key === undefined) reasons.clear()
      else reasons.delete(key)
      settle()
    },
    wait: async (signal) => {
      const startMs = deps.nowMs()
      while (reasons.size > 0) await cancellable(released.promise, signal)
      return deps.nowMs() - startMs
    },
    totalMs: () => earlierMs + (sinceMs === null ? 0 : deps.nowMs() - sinceMs),
  }
}
