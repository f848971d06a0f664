import type { SafeStateProof } from '../../src/contract/instrument.ts'
import type { LineLink, QueryOptions } from '../../src/contract/link.ts'
import { proveOff } from '../scpi/offProof.ts'
import { carryOut, type SafeStep } from '../scpi/safeState.ts'
import { profileLimit } from '../scpi/smuLimits.ts'
import { decodeValue } from './eaClient.ts'
import { decodeIdentity, type UnitMemory } from './eaUnit.ts'
import { kindOf, type EaRating } from '../ea/models.ts'
import { profile } from './profile.ts'

const stopping: QueryOptions = { priority: 'stop', timeoutMs: 1500 }

/** Remote control first: without it nothing is taken. A supply has an output, a load an input; an unknown unit may be either. */
const offCommands = (kind: EaRating['kind'] | null): string[] => [
  'SYST:LOCK ON',
  ...(kind === 'load' ? [] : ['OUTP OFF']),
  ...(kind === 'load' || kind === null ? ['INP OFF'] : []),
  'CURR 0',
  // A load at 0 V would short the module when it is switched on next.
  ...(kind === 'load' ? [] : ['VOLT 0']),
  ...(kind === 'bidirectional' || kind === null ? ['SINK:CURR 0'] : []),
]

/** From any state. The module may go on showing a voltage of its own: it is judged by output and current. */
export async function stopUnit(
  link: LineLink,
  of: { name: string; memory: UnitMemory },
  onSent?: () => void,
): Promise<SafeStateProof> {
  const write = (command: string): SafeStep => ({
    command,
    run: async () => {
      await link.write(command, stopping)
      return null
    },
  })
  const ask = (command: string): SafeStep => ({
    command,
    run: async () => (await link.query(command, stopping)).trim(),
  })
  let kind = of.memory.knownKind()
  const askKind: SafeStep = {
    command: '*IDN?',
    run: async () => {
      const reply = (await link.query('*IDN?', stopping)).trim()
      kind = kindOf(decodeIdentity(reply, of.name).model)
      return reply
    },
  }
  const sent = await carryOut([...offCommands(kind).map(write), ...(kind === null ? [askKind] : [])], onSent)
  const question = kind === 'load' ? 'INP?' : 'OUTP?'
  const told = kind === null || sent.some((each) => each.command === '*IDN?')
  const read = await carryOut([ask(question), ask('MEAS:ARR?'), write('SYST:LOCK OFF')], told ? undefined : onSent)
  const mostA = Math.max(
    profileLimit(profile, 'offCurrentA'),
    profileLimit(profile, 'offCurrentShare') * of.memory.knownNominalA(),
  )
  return proveOff(
    [...sent, ...read],
    [
      { command: question, problemOf: (answer) => (answer === 'OFF' ? null : `${question} answered ${answer}`) },
      { command: 'MEAS:ARR?', problemOf: (answer) => problemOfCurrent(answer, mostA) },
    ],
  )
}

function problemOfCurrent(answer: string, mostA: number): string | null {
  const currentA = decodeValue(answer.split(',')[1] ?? '', 'A')
  if (currentA === null) return `MEAS:ARR? answered ${answer}`
  return Math.abs(currentA) > mostA ? `${currentA} A still flow` : null
}
