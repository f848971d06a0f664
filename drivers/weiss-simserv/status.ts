import type { Cancellation } from '../../src/base/cancellation.ts'
import { StationError } from '../../src/contract/errors.ts'
import type { ProgramStatus } from '../../src/contract/instrument.ts'
import type { QueryOptions } from '../../src/contract/link.ts'
import { badReply } from '../climate/chamber.ts'
import type { SimServClient } from './client.ts'
import { chamber, message, messageType, program, programBit, statusBit } from './commands.ts'

export interface Status {
  isRunning: boolean
  hasWarning: boolean
  hasAlarm: boolean
}

/** 10012: 1 not running, 3 running, with 4 for warnings and 8 for alarms. */
export async function readStatus(client: SimServClient, name: string, options: QueryOptions): Promise<Status> {
  const bits = await client.askCount(chamber.status, [], options)
  if ((bits & statusBit.present) === 0 || bits > 15)
    throw badReply(name, { request: 'status of the chamber', reply: String(bits), detail: 'no such status' })
  return {
    isRunning: (bits & statusBit.running) !== 0,
    hasWarning: (bits & statusBit.warning) !== 0,
    hasAlarm: (bits & statusBit.alarm) !== 0,
  }
}

const knownBits = Object.values(programBit).reduce((all, bit) => all | bit, 0)

export async function readProgramState(
  client: SimServClient,
  name: string,
  options: QueryOptions,
): Promise<{ state: ProgramStatus['state']; bits: number }> {
  const bits = await client.askCount(program.status, [], options)
  if ((bits & ~knownBits) !== 0)
    throw badReply(name, { request: 'status of the program', reply: String(bits), detail: 'no such status' })
  if ((bits & (programBit.pause | programBit.pausedByPlc)) !== 0) return { state: 'paused', bits }
  if ((bits & (programBit.run | programBit.waitForStart)) !== 0) return { state: 'running', bits }
  return { state: (bits & programBit.stopped) !== 0 ? 'ended' : 'idle', bits }
}

/** Texts of the alarms and warnings that stand. */
export async function activeMessages(client: SimServClient, signal: Cancellation): Promise<string> {
  const texts: string[] = []
  const count = await client.askCount(message.count, [], { signal })
  for (let index = 1; index <= count; index++) {
    if ((await client.askText(message.status, [index], { signal })) !== '1') continue
    const type = await client.askCount(message.type, [index], { signal })
    if ((type & messageType.info) === 0) texts.push(await client.askText(message.text, [index], { signal }))
  }
  return texts.length > 0 ? texts.join(', ') : 'no message says which'
}

/** Loops wanted less loops done; null where the chamber doesn't tell. */
async function loopsLeft(client: SimServClient, options: QueryOptions): Promise<number | null> {
  const firstOf = async (command: string): Promise<number | null> => {
    try {
      const [first = ''] = await client.ask(command, [1], options)
      return /^\d{1,6}$/.test(first) ? Number(first) : null
    } catch (error) {
      if (error instanceof StationError && error.code === 'device.refused') return null
      throw error
    }
  }
  const wanted = await firstOf(program.getLoops)
  const done = await firstOf(program.loopsDone)
  return wanted === null || done === null ? null : Math.max(0, wanted - done)
}

export async function readProgramStatus(
  client: SimServClient,
  name: string,
  signal: Cancellation | undefined,
): Promise<ProgramStatus> {
  const options = { signal }
  const { state } = await readProgramState(client, name, options)
  const isBusy = state === 'running' || state === 'paused'
  return {
    state,
    program: isBusy ? await client.askCount(program.number, [], options) : null,
    // SimServ doesn't tell the step.
    step: null,
    stepRemainingS: null,
    cyclesRemaining: isBusy ? await loopsLeft(client, options) : null,
  }
}
