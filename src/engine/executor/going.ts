import type { Cancellation } from '../../base/cancellation.ts'
import type { Clock } from '../../base/clock.ts'
import type { Ledger } from './ledger.ts'
import { stepIdOf } from './path.ts'
import { withOwnDeadline, type GoingStep } from './stepRunner.ts'

/** What goes on in a run just now: its steps, those around them included, and tear-downs. */
export interface Going {
  /** A step begins; returns what ends it. */
  entered: (path: string, lane: string | null, step: GoingStep) => () => void
  isGoingOn: (stepId: string) => boolean
  goingSteps: () => readonly GoingStep[]
  /** Gives a tear-down a signal and a deadline of its own. */
  tearDown: (deadlineMs: number, work: (own: Cancellation) => Promise<void>) => Promise<void>
  isTearingDown: () => boolean
}

export function createGoing({ ledger, clock }: { ledger: Pick<Ledger, 'enter'>; clock: Clock }): Going {
  const counts = new Map<string, number>()
  const steps = new Set<GoingStep>()
  let tearDowns = 0
  return {
    entered: (path, lane, step) => {
      const id = stepIdOf(path)
      counts.set(id, (counts.get(id) ?? 0) + 1)
      steps.add(step)
      const leave = ledger.enter(path, lane)
      return () => {
        counts.set(id, (counts.get(id) ?? 1) - 1)
        steps.delete(step)
        leave()
      }
    },
    isGoingOn: (id) => (counts.get(id) ?? 0) > 0,
    goingSteps: () => [...steps],
    tearDown: async (deadlineMs, work) => {
      tearDowns++
      await withOwnDeadline(clock, deadlineMs, work).finally(() => tearDowns--)
    },
    isTearingDown: () => tearDowns > 0,
  }
}
