import type { Cancellation } from '../../src/base/cancellation.ts'
import { StationError } from '../../src/contract/errors.ts'
import type { ChamberProgram, ProgramStatus } from '../../src/contract/instrument.ts'
import type { QueryOptions } from '../../src/contract/link.ts'
import { refusalOf, type EspecClient } from './client.ts'
import { programName, type EspecDialect } from './dialect.ts'
import { noProgram } from './refusals.ts'
import {
  decodeMode,
  decodePosition,
  decodeProgramNumber,
  decodeStepCount,
  type EspecMode,
  type ProgramPosition,
} from './replies.ts'

export interface EspecProgramStep {
  temperatureC: number
  /** Changes evenly over the step's time; otherwise as fast as it can. */
  ramp: boolean
  /** null: not controlled. */
  humidityPercent: number | null
  humidityRamp?: boolean
  minutes: number
  /** The step's time counts only from when the air is there. Doesn't go with a ramp. */
  guaranteedSoak?: boolean
  /** Time signals that are on. */
  relays?: readonly number[]
}

export interface EspecCounter {
  /** From the end of `end` back to `start`, so many times. */
  start: number
  end: number
  cycles: number
}

export interface EspecProgram {
  name: string
  steps: readonly EspecProgramStep[]
  counterA?: EspecCounter
  counterB?: EspecCounter
  atEnd: 'OFF' | 'STANDBY' | 'CONSTANT' | 'HOLD'
}

/** What these controllers can do beyond the contract. */
export interface EspecPrograms extends ChamberProgram {
  /** Writes a program into the controller. Throws device.refused with the reason; the edit is then cancelled. */
  download(program: number, content: EspecProgram, signal?: Cancellation): Promise<void>
  /** To the next step now. */
  advance(signal?: Cancellation): Promise<void>
}

export function createEspecPrograms(client: EspecClient, of: { dialect: EspecDialect; name: string }): EspecPrograms {
  const { dialect, name } = of
  const refuse = (request: string, detail: string): StationError =>
    new StationError('device.refused', { instrument: name, request, detail })
  const needControl = (what: string): void => {
    if (!dialect.hasProgramControl)
      throw refuse(what, `the ${dialect.name} can't: it starts at step 1 and goes through`)
  }
  const expectMode = async (wanted: (mode: EspecMode) => boolean, options: QueryOptions): Promise<void> => {
    const mode = await client.ask('MODE?', decodeMode, options)
    if (wanted(mode)) return
    throw new StationError('device.clamped', {
      instrument: name,
      quantity: 'operation',
      asked: 'as commanded',
      actual: mode,
    })
  }
  return {
    status: (signal) => status(client, dialect, { priority: 'poll', signal }),
    start: async ({ program, step }, signal) => {
      checkPlace(of, { program, step })
      const options: QueryOptions = { priority: 'control', signal }
      if (dialect.hasProgramControl) await client.tell(`PRGM,RUN,${programName(dialect, program)},STEP${step}`, options)
      else if (step === 1) await client.tell(`MODE,RUN${program}`, options)
      else needControl(`start at step ${step}`)
      await expectMode((mode) => mode.startsWith('RUN'), options)
    },
    pause: async (signal) => {
      needControl('pause')
      await client.tell('PRGM,PAUSE', { priority: 'control', signal })
    },
    resume: async (signal) => {
      needControl('go on')
      await client.tell('PRGM,CONTINUE', { priority: 'control', signal })
    },
    stop: async (signal) => {
      const options: QueryOptions = { priority: 'control', signal }
      try {
        await client.tell('PRGM,END,STANDBY', options)
      } catch (error) {
        if (refusalOf(error) !== noProgram) throw error
      }
      await expectMode((mode) => !mode.includes('RUN'), options)
    },
    advance: async (signal) => void (await client.tell('PRGM,ADVANCE', { priority: 'control', signal })),
    download: (program, content, signal) => download(client, of, { program, content, signal }),
  }
}

/** Throws device.limit before anything is sent. */
function checkPlace(of: { dialect: EspecDialect; name: string }, at: { program: number; step: number }): void {
  const { dialect, name } = of
  const most = dialect.ramPrograms + dialect.romPrograms
  const check = (quantity: string, asked: number, limit: number): void => {
    if (Number.isInteger(asked) && asked >= 1 && asked <= limit) return
    throw new StationError('device.limit', { instrument: name, quantity, asked, limit: asked < 1 ? 1 : limit })
  }
  check('program', at.program, most)
  check('step', at.step, dialect.mostSteps)
}

/** Of two counters the one that still counts; nested ones can't be told apart here. */
const cyclesOf = ({ counters }: ProgramPosition): number | null => {
  const [a = 0, b] = counters
  return a > 0 || b === undefined ? a : b
}

const nothing = { program: null, step: null, stepRemainingS: null, cyclesRemaining: null }

async function status(client: EspecClient, dialect: EspecDialect, options: QueryOptions): Promise<ProgramStatus> {
  const mode = await client.ask(dialect.hasDetail ? 'MODE?,DETAIL' : 'MODE?', decodeMode, options)
  if (!mode.includes('RUN')) return { state: 'idle', ...nothing }
  // Without DETAIL a pause and the end's hold look like a program that runs.
  const state = mode.endsWith('HOLD') ? 'ended' : mode.endsWith('PAUSE') ? 'paused' : 'running'
  try {
    return { state, ...(await position(client, dialect, { mode, options })) }
  } catch (error) {
    // It ended between the two questions.
    if (refusalOf(error) === noProgram) return { state: state === 'running' ? 'ended' : state, ...nothing }
    throw error
  }
}

async function position(
  client: EspecClient,
  dialect: EspecDialect,
  of: { mode: EspecMode; options: QueryOptions },
): Promise<Omit<ProgramStatus, 'state'>> {
  const { mode, options } = of
  const isRemote = mode.startsWith('RMT')
  const decode = (reply: string): ProgramPosition | null => decodePosition(reply, dialect.saysProgram && !isRemote)
  const at = await client.ask(isRemote ? 'RUN PRGM MON?' : 'PRGM MON?', decode, options)
  const asks = !isRemote && !dialect.saysProgram
  const program = asks ? await client.ask('PRGM SET?', decodeProgramNumber, options) : at.program
  return { program, step: at.step, stepRemainingS: at.remainingS, cyclesRemaining: cyclesOf(at) }
}

const onOff = (on: boolean): string => (on ? 'ON' : 'OFF')

function stepLine(step: EspecProgramStep): string {
  const { humidityPercent } = step
  const humidity =
    humidityPercent === null
      ? ',HUMIOFF'
      : `,HUMI${humidityPercent.toFixed(0)},HRAMP${onOff(step.humidityRamp === true)}`
  const time = `,TIME${Math.floor(step.minutes / 60)}:${step.minutes % 60}`
  const relays = step.relays && step.relays.length > 0 ? `,RELAY ON${step.relays.join('.')}` : ''
  const soak = `,GRANTY ${onOff(step.guaranteedSoak === true)}`
  return `TEMP${step.temperatureC.toFixed(1)},TRAMP${onOff(step.ramp)}${humidity}${time}${soak},REF9${relays}`
}

const counterText = (letter: string, counter: EspecCounter | undefined): string[] =>
  counter ? [`${letter}(${counter.start}.${counter.end}.${counter.cycles})`] : []

async function download(
  client: EspecClient,
  of: { dialect: EspecDialect; name: string },
  { program, content, signal }: { program: number; content: EspecProgram; signal: Cancellation | undefined },
): Promise<void> {
  const { dialect, name } = of
  const control: QueryOptions = { priority: 'control', signal }
  checkPlace(of, { program, step: content.steps.length })
  const slot = dialect.programWord === 'PGM' ? `PGM:${program}` : `PGM${program}`
  const write = (text: string): Promise<string> => client.tell(`PRGM DATA WRITE,${slot},${text}`, control)
  const counters = [...counterText('A', content.counterA), ...counterText('B', content.counterB)]
  await write('EDIT START')
  try {
    for (const [i, step] of content.steps.entries()) await write(`STEP${i + 1},${stepLine(step)}`)
    if (counters.length > 0)
      await write(dialect.counters === 1 ? `COUNT,${counters[0]?.slice(1)}` : `COUNT,${counters.join(',')}`)
    if (dialect.programWord === 'RAM') await write(`NAME,${content.name}`)
    await write(`END,${content.atEnd}`)
    await write('EDIT END')
  } catch (error) {
    // Left open, the edit would keep everyone else out; the first problem is the one to tell.
    await client.tell(`PRGM DATA WRITE,${slot},EDIT CANCEL`, { priority: 'control' }).catch(() => undefined)
    throw error
  }
  const steps = await client.ask(`PRGM DATA?,${programName(dialect, program)}`, decodeStepCount, control)
  if (steps !== content.steps.length)
    throw new StationError('device.clamped', {
      instrument: name,
      quantity: 'steps of the program',
      asked: content.steps.length,
      actual: steps,
    })
}
