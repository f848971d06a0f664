import type { StationEvent } from '../contract/api.ts'
import { messageOf } from '../contract/errors.ts'
import type { PreflightLine, RunStatus } from '../contract/run.ts'

/** Keeps the PC from going to sleep, by whatever means the host has. */
export interface SleepBlocker {
  /** Tries it, and says by what means; throws where it can't. */
  check: () => Promise<string>
  hold: () => void
  release: () => void
}

/** A run that stands still goes on, too: so do its outputs and its chamber. */
export const isGoing = (status: RunStatus): boolean => ['running', 'paused', 'stopping'].includes(status)

/** Holds while any run goes on. */
export function createAwake(blocker: SleepBlocker | null): (event: StationEvent) => void {
  const running = new Set<string>()
  return (event) => {
    if (event.type !== 'run' || !blocker) return
    const before = running.size
    if (isGoing(event.run.status)) running.add(event.run.id)
    else running.delete(event.run.id)
    if (before === 0 && running.size > 0) blocker.hold()
    else if (before > 0 && running.size === 0) blocker.release()
  }
}

const todo =
  'Switch sleep and hibernation off in the power settings of this PC, for as long as the test takes. While it sleeps nothing is measured or controlled.'

/** Whether sleep is blocked while a test runs; none where a host has no PC to keep awake, as in virtual time. */
export async function checkSleep(blocker: SleepBlocker | null | undefined): Promise<PreflightLine[]> {
  if (!blocker) return []
  const line = { id: 'sleep', title: 'Sleep of the PC' }
  try {
    const detail = `blocked while a test goes on, by ${await blocker.check()}; a lid that is closed, or a person, can still bring it about`
    return [{ ...line, state: 'ok', detail, todo: null }]
  } catch (error) {
    const detail = `it can’t be blocked from here, and whether the PC will sleep isn’t known: ${messageOf(error)}`
    return [{ ...line, state: 'warning', detail, todo }]
  }
}
