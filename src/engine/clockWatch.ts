import type { Cancellation } from '../base/cancellation.ts'
import type { Clock } from '../base/clock.ts'
import type { RunEvent } from '../contract/run.ts'

const lookMs = 10_000
/** A clock that is disciplined by NTP is moved by less than this between two looks. */
const leastJumpMs = 1000
/** A process that is this late wasn't running: the PC slept, or was stopped. */
const leastSleepMs = 5000

const said = (ms: number): string => {
  const seconds = Math.abs(ms) / 1000
  return seconds < 120 ? `${seconds.toFixed(1)} s` : `${(seconds / 60).toFixed(1)} min`
}

const sayZone = (minutes: number): string => {
  const [hours, rest] = [Math.floor(Math.abs(minutes) / 60), Math.abs(minutes) % 60]
  return `UTC${minutes < 0 ? '−' : '+'}${String(hours).padStart(2, '0')}:${String(rest).padStart(2, '0')}`
}

/**
 * Notices when the PC's clock is set, when the PC slept, and when local time changes. Dwells and the ledger go by the monotonic clock and aren't
 * touched by either; whoever reads the times of a run has to know, so both are written into its log.
 */
export async function watchClock(
  deps: {
    clock: Clock
    tell: (event: Pick<RunEvent, 'level' | 'kind' | 'text'>) => Promise<void>
    /** Minutes by which local time is ahead of UTC; that of the PC unless given. */
    aheadMin?: (utcMs: number) => number
  },
  end: Cancellation,
): Promise<void> {
  const { clock } = deps
  const aheadMin = deps.aheadMin ?? ((utcMs: number): number => -new Date(utcMs).getTimezoneOffset())
  let before = { utcMs: clock.utcMs(), monotonicMs: clock.monotonicMs() }
  while (!end.aborted) {
    await clock.sleep(lookMs, end).catch(() => undefined)
    if (end.aborted) return
    const now = { utcMs: clock.utcMs(), monotonicMs: clock.monotonicMs() }
    const passedMs = now.monotonicMs - before.monotonicMs
    const jumpMs = now.utcMs - before.utcMs - passedMs
    const [wasAhead, isAhead] = [aheadMin(before.utcMs), aheadMin(now.utcMs)]
    before = now
    if (isAhead !== wasAhead)
      await deps.tell({
        level: 'info',
        kind: 'clock',
        text: `Local time of the PC went from ${sayZone(wasAhead)} to ${sayZone(isAhead)} (daylight saving, or another zone). Everything is recorded in UTC, and dwells are not affected.`,
      })
    if (passedMs - lookMs > leastSleepMs)
      await deps.tell({
        level: 'warning',
        kind: 'clock',
        text: `The station did not run for ${said(passedMs - lookMs)}: the PC slept or was stopped. Nothing is credited for that time.`,
      })
    if (Math.abs(jumpMs) > leastJumpMs)
      await deps.tell({
        level: 'warning',
        kind: 'clock',
        text: `The PC’s clock went ${jumpMs > 0 ? 'forward' : 'back'} by ${said(jumpMs)}: it was set, or the PC slept. Dwells are not affected.`,
      })
  }
}
