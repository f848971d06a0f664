import { ScpiError, type ScpiCommand } from '../bench/scpi.ts'
import { keywordArgument, numberArgument } from '../bench/scpiSettings.ts'

/** The supply's watchdog (manual, 5.6.10). It is looked at whenever a command comes: nothing changes between. */
export function createDeviceWatchdog(deps: { nowMs: () => number; onExpiry: () => void }) {
  let setMs = 0
  let restartedMs = 0
  let state: 'off' | 'running' | 'expired' = 'off'
  let leftMs = 0

  const start = (ms: number): void => {
    state = 'running'
    restartedMs = deps.nowMs()
    setMs = ms
    leftMs = ms
  }
  const command: ScpiCommand = {
    set: ([what, ms]) => {
      const word = keywordArgument(what, ['SET', 'STOP', 'TEST'])
      if (word === 'STOP') state = 'off'
      // The test loads 2.5 ms, which have passed before the next command can come.
      else if (word === 'TEST') start(2.5)
      else start(Math.round(numberArgument(ms, { min: 20, max: 10_000, initial: 1000 })))
    },
    get: ([what]) => {
      if (what !== undefined) {
        if (what.toUpperCase() !== 'SET') throw new ScpiError(-104, 'Data type error')
        return String(setMs)
      }
      if (state === 'running') return String(Math.max(1, Math.round(leftMs)))
      // 0 is told once, and clears the indicator.
      const answer = state === 'expired' ? '0' : '-1'
      state = 'off'
      return answer
    },
  }
  return {
    command,
    /** The time ran out, whenever a command came last: as a fault. */
    expire: (): void => {
      state = 'expired'
      deps.onExpiry()
    },
    /** Before each command: whether the time ran out since the last one. */
    look: (): void => {
      if (state !== 'running') return
      leftMs = setMs - (deps.nowMs() - restartedMs)
      if (leftMs > 0) return
      state = 'expired'
      deps.onExpiry()
    },
    /** A valid command came. */
    restart: (): void => {
      if (state === 'running') restartedMs = deps.nowMs()
    },
  }
}

export type DeviceWatchdogSimulation = ReturnType<typeof createDeviceWatchdog>
