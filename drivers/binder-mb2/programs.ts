import type { Cancellation } from '../../src/base/cancellation.ts'
import type { ProgramStatus } from '../../src/contract/instrument.ts'
import { badReply, refused, type ProgramPort } from '../climate/chamber.ts'
import { readProgramTime, switchLines, type Mb2 } from './device.ts'
import { dateWords, isDate, line, register } from './registers.ts'

const confirmMs = 10_000
const askAgainMs = 500
const mostPrograms = 25
const mostSections = 100

async function until(
  { clock, name }: Mb2['context'],
  of: { what: string; isDone: () => Promise<boolean> },
  signal: Cancellation,
): Promise<void> {
  const untilMs = clock.monotonicMs() + confirmMs
  while (!(await of.isDone())) {
    if (clock.monotonicMs() >= untilMs) throw refused(name, of.what, 'the controller doesn’t do it')
    await clock.sleep(askAgainMs, signal)
  }
}

async function readStatus(device: Mb2, signal: Cancellation | undefined): Promise<ProgramStatus> {
  const { binder } = device
  const nothing = { program: null, step: null, stepRemainingS: null, cyclesRemaining: null }
  if (!(await readProgramTime(device, { signal })).isOn) return { ...nothing, state: 'idle' }
  const number = await binder.word(register.currentProgram, { signal })
  const section = await binder.word(register.currentSection, { signal })
  const isPaused = (await binder.word(register.programPause, { signal })) === 1
  return { ...nothing, state: isPaused ? 'paused' : 'running', program: number + 1, step: section }
}

/** Starts now, by the controller's own clock. */
async function start(device: Mb2, at: { program: number; step: number }, signal: Cancellation): Promise<void> {
  const { binder, context } = device
  const { program, step } = at
  if (program < 1 || program > mostPrograms || step < 1 || step > mostSections)
    throw refused(context.name, `start program ${program} at section ${step}`, 'there are 25 programs of 100 sections')
  const now = await binder.words(register.clock, dateWords, { signal })
  if (!isDate(now))
    throw badReply(context.name, { request: 'the controller’s clock', reply: now.join(' '), detail: 'no date' })
  await binder.writeWord(register.programSection, step, { signal })
  await binder.writeWord(register.programInit, 0, { signal })
  await binder.writeWord(register.programNumber, program - 1, { signal })
  await binder.writeWords(register.programDate, now, { signal })
  await binder.writeWord(register.programStart, 1, { signal })
  const isDone = async (): Promise<boolean> => (await readProgramTime(device, { signal })).isOn
  await until(context, { what: `start program ${program}`, isDone }, signal)
  const running = (await binder.word(register.currentProgram, { signal })) + 1
  if (running !== program) throw refused(context.name, `start program ${program}`, `program ${running} runs`)
}

/** The programs that lie in the controller. Without idle mode it would go on by hand where a program ends. */
export function programPort(device: Mb2): ProgramPort {
  const { binder, context } = device
  const pause = async (on: boolean, signal: Cancellation): Promise<void> => {
    const wanted = on ? 1 : 0
    await binder.writeWord(register.programPause, wanted, { signal })
    const isDone = async (): Promise<boolean> => (await binder.word(register.programPause, { signal })) === wanted
    await until(context, { what: on ? 'pause' : 'resume', isDone }, signal)
  }
  return {
    status: (signal) => readStatus(device, signal),
    start: (at, signal) => start(device, at, signal),
    pause: (signal) => pause(true, signal),
    resume: (signal) => pause(false, signal),
    stop: async (signal) => {
      await binder.writeWord(register.programStop, 1, { signal })
      await switchLines(device, { on: line.idle }, { signal })
      const isDone = async (): Promise<boolean> => !(await readProgramTime(device, { signal })).isOn
      await until(context, { what: 'stop the program', isDone }, signal)
    },
  }
}
