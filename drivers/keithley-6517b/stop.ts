import type { Clock } from '../../src/base/clock.ts'
import type { SafeStateProof } from '../../src/contract/instrument.ts'
import type { LineLink, QueryOptions } from '../../src/contract/link.ts'
import { decodeNumber } from '../scpi/client.ts'
import { proveOff } from '../scpi/offProof.ts'
import { carryOut, type SafeStep } from '../scpi/safeState.ts'
import { profileLimit } from '../scpi/smuLimits.ts'
import { profile } from './profile.ts'
import { decodeReading } from './reading.ts'

const stopping: QueryOptions = { priority: 'stop', timeoutMs: 3000 }
const dischargeMs = 5000
const againMs = 300
const off = /^0$/

/** Measures until next to nothing flows, or the time is over; resolves with the last answer. */
async function watchDischarge(link: LineLink, of: { name: string; clock: Clock }): Promise<string> {
  const mostA = profileLimit(profile, 'safeCurrentA')
  const endMs = of.clock.monotonicMs() + dischargeMs
  for (;;) {
    const reply = await link.query(':READ?', { ...stopping, timeoutMs: 8000 })
    const reading = decodeReading(reply, of.name)
    // Zero check, or another function: nothing can be measured, and waiting won't help.
    if (reading.value === null || Math.abs(reading.value) <= mostA || of.clock.monotonicMs() > endMs) return reply
    await of.clock.sleep(againMs)
  }
}

/** From any state: 0 V, source off, what still flows, zero check on. Every line goes out whatever becomes of the others. */
export async function stopElectrometer(
  link: LineLink,
  of: { name: string; clock: Clock },
  onSent?: () => void,
): Promise<SafeStateProof> {
  const write = (command: string): SafeStep => ({
    command,
    run: async () => {
      await link.write(command, stopping)
      return null
    },
  })
  const ask = (command: string): SafeStep => ({ command, run: () => link.query(command, stopping) })
  const steps: SafeStep[] = [
    write(':SOUR:VOLT 0'),
    write(':OUTP OFF'),
    ask(':OUTP?'),
    ask(':SOUR:VOLT?'),
    write(':INIT:CONT OFF'),
    { command: ':READ?', run: () => watchDischarge(link, of) },
    write(':SYST:ZCH ON'),
    ask(':OUTP?'),
  ]
  const outcomes = await carryOut(steps, onSent)
  const mostA = profileLimit(profile, 'safeCurrentA')
  const currentProblem = (answer: string): string | null => {
    const { value } = decodeReading(answer, of.name)
    return value !== null && Math.abs(value) > mostA ? `${value} A still flow` : null
  }
  return proveOff(outcomes, [
    { command: ':OUTP?', problemOf: (answer) => (off.test(answer.trim()) ? null : `:OUTP? answered ${answer}`) },
    {
      command: ':SOUR:VOLT?',
      problemOf: (answer) => (decodeNumber(answer).value === 0 ? null : `the source is set to ${answer} V`),
    },
    { command: ':READ?', problemOf: currentProblem },
  ])
}
