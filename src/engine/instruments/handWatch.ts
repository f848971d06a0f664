import { createCanceller } from '../../base/clock.ts'
import type { Hands } from './hands.ts'
import type { ManagerCore } from './manager.ts'

/** A window that is loaded again, or lost its connection for a moment, is back by then. */
export const graceMs = 10_000
const lookEveryMs = 1000

export interface HandWatch {
  /** From now on, until nothing is in anybody's hands. */
  start: () => void
  stop: () => void
}

/**
 * Sees whether somebody still answers for what is in hand. Without a window, what has nothing on is given back; what may be
 * on stays as it is, with everybody told: switched off unasked it may do harm, and unsaid it surely does.
 */
export function createHandWatch(
  core: ManagerCore,
  given: { hands: Hands; giveBack: (id: string) => Promise<void> },
): HandWatch {
  const { deps, entries } = core
  const { hands } = given
  let end = createCanceller()
  let isGoing = false

  const look = async (id: string): Promise<void> => {
    const hand = hands.get(id)
    const { lockedBy, config } = entries.get(id)
    // Left on by its owner's own decision: told until somebody takes it or switches it off.
    if (!hand || !deps.hand || lockedBy === null) return
    const nowMs = deps.clock.monotonicMs()
    if (hand.window !== null && deps.hand.isPresent(hand.window)) {
      hand.seenMs = nowMs
      if (hand.leftUtcMs === null) return
      hands.leave(id, null)
      return deps.hand.tell('info', `${config.name} is in the hand of ${hand.who} again: the window is back.`)
    }
    if (nowMs - hand.seenMs < graceMs) return
    if (!hands.mayBeOn(id)) {
      await given.giveBack(id)
      return deps.hand.tell(
        'info',
        `${config.name} was given back: the window of ${hand.who} is gone, and nothing is on.`,
      )
    }
    if (hand.leftUtcMs !== null) return
    hands.leave(id, deps.clock.utcMs())
    deps.hand.tell(
      'warning',
      `${config.name} may still be on: ${hand.who} set it by hand, and that window is gone. Take it over, or switch it off.`,
    )
  }
  const follow = async (signal: typeof end.signal): Promise<void> => {
    while (!signal.aborted && hands.ids().length > 0) {
      await deps.clock.sleep(lookEveryMs, signal).catch(() => undefined)
      for (const id of signal.aborted ? [] : hands.ids()) await look(id).catch(deps.onError)
    }
  }
  return {
    start: () => {
      if (isGoing || !deps.hand) return
      isGoing = true
      end = createCanceller()
      void follow(end.signal)
        .finally(() => (isGoing = false))
        .catch(deps.onError)
    },
    stop: () => end.cancel(new Error('the station ends')),
  }
}
