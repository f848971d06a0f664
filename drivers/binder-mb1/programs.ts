import type { Cancellation } from '../../src/base/cancellation.ts'
import { refused, type ProgramPort } from '../climate/chamber.ts'
import { idleMode, readMode, type Mb1, type Mode } from './device.ts'
import { mode, register } from './registers.ts'

const confirmMs = 10_000
const askAgainMs = 500
const mostPrograms = 25

async function until(
  device: Mb1,
  of: { what: string; isDone: (now: Mode) => boolean },
  signal: Cancellation,
): Promise<void> {
  const { clock, name } = device.context
  const untilMs = clock.monotonicMs() + confirmMs
  for (;;) {
    const now = await readMode(device, { signal })
    if (of.isDone(now)) return
    if (clock.monotonicMs() >= untilMs) throw refused(name, of.what, `the mode stays 0x${now.word.toString(16)}`)
    await clock.sleep(askAgainMs, signal)
  }
}

/** The programs that lie in the controller: chosen and started by its mode. MB1 tells no step and knows no pause. */
export function programPort(device: Mb1): ProgramPort {
  const { binder, context } = device
  const noPause = (): Promise<never> =>
    Promise.reject(refused(context.name, 'pause', 'MB1 has no pause by the interface'))
  return {
    status: async (signal) => {
      const { isProgram } = await readMode(device, { signal })
      const number = isProgram ? await binder.word(register.programNumber, { signal }) : null
      return {
        state: isProgram ? 'running' : 'idle',
        program: number === null ? null : number + 1,
        step: null,
        stepRemainingS: null,
        cyclesRemaining: null,
      }
    },
    start: async ({ program, step }, signal) => {
      const what = `start program ${program}`
      if (step !== 1) throw refused(context.name, `${what} at step ${step}`, 'programs begin at their first step')
      if (program < 1 || program > mostPrograms) throw refused(context.name, what, 'there are 25 programs')
      await binder.writeWord(register.mode, mode.idle, { signal })
      await binder.writeWord(register.programNumber, program - 1, { signal })
      await binder.writeWord(register.mode, mode.program, { signal })
      await until(device, { what, isDone: (now) => now.isProgram }, signal)
    },
    pause: noPause,
    resume: noPause,
    stop: async (signal) => {
      await binder.writeWord(register.mode, idleMode(device), { signal })
      await until(device, { what: 'stop the program', isDone: (now) => now.isIdle }, signal)
    },
  }
}
