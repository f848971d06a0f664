import type { Cancellation } from '../../src/base/cancellation.ts'
import { refused, type ProgramPort } from '../climate/chamber.ts'
import { program, programControl } from './commands.ts'
import type { SimServ } from './settings.ts'
import { activeMessages, readProgramState, readProgramStatus, readStatus } from './status.ts'

/** A program's state lags behind the command by about a second. */
const confirmMs = 10_000
const askAgainMs = 500

type State = Awaited<ReturnType<typeof readProgramState>>['state']

async function until({ client, context }: SimServ, wanted: readonly State[], signal: Cancellation): Promise<void> {
  const { clock, name } = context
  const untilMs = clock.monotonicMs() + confirmMs
  for (;;) {
    const { state } = await readProgramState(client, name, { signal })
    if (wanted.includes(state)) return
    if (clock.monotonicMs() >= untilMs) {
      const { hasAlarm } = await readStatus(client, name, { signal })
      const why = hasAlarm ? `; an alarm stands: ${await activeMessages(client, signal)}` : ''
      throw refused(name, `program ${wanted.join(' or ')}`, `it stays ${state}${why}`)
    }
    await clock.sleep(askAgainMs, signal)
  }
}

/** The programs that lie in the chamber. SimServ starts them at their first step only, here once through. */
export function programPort(device: SimServ): ProgramPort {
  const { client, context } = device
  const control = (what: string, signal: Cancellation): Promise<void> =>
    client.tell(program.control, [1, what], { signal })
  return {
    status: (signal) => readProgramStatus(client, context.name, signal),
    start: async ({ program: number, step }, signal) => {
      if (step !== 1) throw refused(context.name, `start at step ${step}`, 'SimServ starts a program at its first step')
      await client.tell(program.start, [number, 1], { signal })
      await until(device, ['running'], signal)
      const running = await client.askCount(program.number, [], { signal })
      if (running !== number) throw refused(context.name, `start program ${number}`, `program ${running} runs`)
    },
    pause: async (signal) => {
      await control(programControl.pause, signal)
      await until(device, ['paused'], signal)
    },
    resume: async (signal) => {
      await control(programControl.resume, signal)
      await until(device, ['running'], signal)
    },
    stop: async (signal) => {
      await client.tell(program.stop, [], { signal })
      await until(device, ['idle', 'ended'], signal)
    },
  }
}
