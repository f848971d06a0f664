import { cancellable, type Cancellation } from '../../base/cancellation.ts'

/** Why a run stands still, and who waits for it to go on. Several reasons may hold at once. */
export interface Pauses {
  readonly reason: string | null
  pause: (key: string, reason: string) => void
  /** Takes one reason away; without a key all of them. */
  resume: (key?: string) => void
  /** Resolves when nothing holds the run any more; with how long that took (ms). */
  wait: (signal: Cancellation) => Promise<number>
}

export function createPauses(deps: { nowMs: () => number; changed: () => void }): Pauses {
  const reasons = new Map<string, string>()
  let released = Promise.withResolvers<undefined>()
  const settle = (): void => {
    deps.changed()
    if (reasons.size > 0) return
    released.resolve(undefined)
    released = Promise.withResolvers<undefined>()
  }
  return {
    get reason() {
      return reasons.size > 0 ? [...reasons.values()].join('; ') : null
    },
    pause: (key, reason) => {
      reasons.set(key, reason)
      deps.changed()
    },
    resume: (key) => {
      if (key === undefined) reasons.clear()
      else reasons.delete(key)
      settle()
    },
    wait: async (signal) => {
      const sinceMs = deps.nowMs()
      while (reasons.size > 0) await cancellable(released.promise, signal)
      return deps.nowMs() - sinceMs
    },
  }
}
