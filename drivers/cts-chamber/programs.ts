import type { Cancellation } from '../../src/base/cancellation.ts'
import type { ProgramStatus } from '../../src/contract/instrument.ts'
import { refused, type ProgramPort } from '../climate/chamber.ts'
import type { Status } from './client.ts'
import { answer, command } from './protocol.ts'
import { startMs, type Cts } from './settings.ts'

const askAgainMs = 500
const mostPrograms = 99

async function until(
  { client, context }: Cts,
  of: { wanted: (status: Status) => boolean; what: string },
  signal: Cancellation,
): Promise<void> {
  const untilMs = context.clock.monotonicMs() + startMs
  while (!of.wanted(await client.status({ signal }))) {
    if (context.clock.monotonicMs() >= untilMs)
      throw refused(context.name, of.what, `its status doesn’t change; ${await client.errorText({ signal })}`)
    await context.clock.sleep(askAgainMs, signal)
  }
}

/** The programs that lie in the control. They begin at their first step; the control tells the number alone. */
export function programPort(device: Cts): ProgramPort {
  const { client, context } = device
  const running = async (signal: Cancellation | undefined): Promise<number> =>
    Number((await client.ask(command.program, answer.program, { signal }))[0])

  return {
    status: async (signal) => {
      const { isRunning, isPaused } = await client.status({ signal })
      const number = await running(signal)
      const state: ProgramStatus['state'] =
        number === 0 ? 'idle' : isPaused ? 'paused' : isRunning ? 'running' : 'ended'
      const program = number === 0 ? null : number
      return { state, program, step: null, stepRemainingS: null, cyclesRemaining: null }
    },
    start: async ({ program, step }, signal) => {
      if (step !== 1) throw refused(context.name, `start at step ${step}`, 'programs begin at their first step')
      if (program < 1 || program > mostPrograms) throw refused(context.name, `start program ${program}`, '1 to 99')
      const request = command.startProgram(program)
      const [taken] = await client.ask(request, /^p(\d{3})$/, { signal })
      if (Number(taken) !== program) throw refused(context.name, request, `it answered with program ${taken}`)
      await until(device, { wanted: (status) => status.isRunning, what: request }, signal)
    },
    pause: async (signal) => {
      await client.tell(command.pause, 's3', { signal })
      await until(device, { wanted: (status) => status.isPaused, what: 'pause' }, signal)
    },
    resume: async (signal) => {
      await client.tell(command.resume, 's3', { signal })
      await until(device, { wanted: (status) => !status.isPaused, what: 'resume' }, signal)
    },
    stop: async (signal) => {
      await client.tell(command.stopProgram, command.stopProgram, { signal })
      await client.tell(command.run(false), 's1', { signal })
      await until(device, { wanted: (status) => !status.isRunning, what: 'stop' }, signal)
    },
  }
}
