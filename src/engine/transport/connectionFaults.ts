import type { Clock } from '../../base/clock.ts'
import type { FaultBoard } from '../../contract/instrument.ts'

/** What EA's and others' servers do. */
const idleCloseMs = 5000

/** What a simulator's host asks before it lets anything through: the faults that are switched on, and the cable. */
export interface ConnectionFaults {
  /** Pulled by hand, or by the fault `unplug`. */
  isUnplugged(): boolean
  /** Nothing goes through, either way. */
  isSilent(): boolean
  /** True once in each spell of the fault `reset`; the host resets the connection that there is. */
  takeReset(): boolean
  refusesSecond(): boolean
  /** @param sinceMs when the last request came */
  isIdleTooLong(sinceMs: number): boolean
  unplug: () => void
  plug: () => void
}

export function createConnectionFaults(deps: { clock: Clock; board: FaultBoard | undefined }): ConnectionFaults {
  const { clock, board } = deps
  let isPulled = false
  let wasReset = false
  const has = (name: string): boolean => board?.isActive(name) ?? false
  return {
    isUnplugged: () => isPulled || has('unplug'),
    isSilent: () => has('half-open'),
    takeReset: () => {
      const isNow = has('reset')
      const isFirst = isNow && !wasReset
      wasReset = isNow
      return isFirst
    },
    refusesSecond: () => has('one-client'),
    isIdleTooLong: (sinceMs) => has('idle-close') && clock.monotonicMs() - sinceMs > idleCloseMs,
    unplug: () => void (isPulled = true),
    plug: () => void (isPulled = false),
  }
}
