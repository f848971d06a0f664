import type { DriverContext, SafeStateProof } from '../../src/contract/instrument.ts'
import type { LineLink, QueryOptions } from '../../src/contract/link.ts'
import { proveOff, type OffCheck } from '../scpi/offProof.ts'
import { carryOut, type SafeStep } from '../scpi/safeState.ts'
import { profileLimit } from '../scpi/smuLimits.ts'
import { profile } from './profile.ts'
import { registerA } from './registers.ts'
import { decimalForm } from './supplyClient.ts'

const stopping: QueryOptions = { priority: 'stop', timeoutMs: 1500 }
/** Filters at the output need some time; a current that is still there is measured again. */
const decayMs = 100
const measurements = 10

const offCurrentA = profileLimit(profile, 'offCurrentA')
const flows = (answer: string): boolean => Math.abs(Number(answer)) > offCurrentA

const checks: readonly OffCheck[] = [
  { command: 'OUTP?', problemOf: (answer) => (/^(0|OFF)$/i.test(answer) ? null : `OUTP? answered ${answer}`) },
  {
    command: 'STAT:REG:A?',
    problemOf: (answer) =>
      /^\d{1,5}$/.test(answer) && (Number(answer) & registerA.output) === 0
        ? null
        : `register A is ${answer}: the output isn’t off`,
  },
  {
    command: 'MEAS:CUR?',
    problemOf: (answer) => (decimalForm.test(answer) && !flows(answer) ? null : `${answer} A still flow`),
  },
]

/** From any state. The module may go on showing a voltage of its own: that is recorded, and judged by the current. */
export async function stopSupply(
  link: LineLink,
  { clock }: DriverContext,
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
  const measured = async (): Promise<string> => {
    for (let i = 1; ; i++) {
      const answer = (await link.query('MEAS:CUR?', stopping)).trim()
      if (i >= measurements || !decimalForm.test(answer) || !flows(answer)) return answer
      await clock.sleep(decayMs)
    }
  }
  const steps = [
    write('OUTP 0'),
    write('SOUR:CUR 0'),
    write('SOUR:CUR:NEG 0'),
    write('SOUR:VOL 0'),
    ask('OUTP?'),
    ask('STAT:REG:A?'),
    { command: 'MEAS:CUR?', run: measured },
    ask('MEAS:VOL?'),
  ]
  return proveOff(await carryOut(steps, onSent), checks)
}
