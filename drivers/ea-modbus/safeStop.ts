import type { SafeStateProof } from '../../src/contract/instrument.ts'
import type { QueryOptions, RegisterLink } from '../../src/contract/link.ts'
import { fromWord, register, stateBit } from '../ea/registers.ts'
import { proveOff } from '../scpi/offProof.ts'
import { carryOut, type SafeStep } from '../scpi/safeState.ts'
import { profileLimit } from '../scpi/smuLimits.ts'
import { profile } from './profile.ts'

const stopping: QueryOptions = { priority: 'stop', timeoutMs: 1000 }
const stateQuestion = `registers ${register.state}–${register.state + 1}?`
const actualQuestion = `registers ${register.actualVoltage}–${register.actualPower}?`

/** The current by its share of nominal: the nominal current may not be known to who stops. */
const problemOfCurrent = (answer: string, nominalA: number | null): string | null => {
  const word = Number(answer.split(' ')[1])
  const share = profileLimit(profile, 'offCurrentShare')
  const mostShare = nominalA === null ? share : Math.max(share, profileLimit(profile, 'offCurrentA') / nominalA)
  if (fromWord(word, 1) <= mostShare) return null
  return `${(100 * fromWord(word, 1)).toFixed(2)} % of the nominal current still flow`
}

const problemOfState = (answer: string): string | null =>
  (Number(answer.split(' ')[1]) & (1 << stateBit.output)) === 0 ? null : `the state is ${answer}: the output isn’t off`

/** From any state. The module may go on showing a voltage of its own: it is judged by output and current. */
export async function stopUnit(
  link: RegisterLink,
  nominalA: number | null,
  onSent?: () => void,
): Promise<SafeStateProof> {
  const step = (command: string, run: () => Promise<void>): SafeStep => ({
    command,
    run: async () => {
      await run()
      return null
    },
  })
  const ask = (command: string, address: number, count: number): SafeStep => ({
    command,
    run: async () => (await link.readHolding(address, count, stopping)).join(' '),
  })
  const coil = (address: number, on: boolean): SafeStep =>
    step(`coil ${address} ${on ? 'on' : 'off'}`, () => link.writeCoil(address, on, stopping))
  const steps = [
    // Remote control first: without it nothing is taken.
    coil(register.remoteCoil, true),
    coil(register.outputCoil, false),
    step(`register ${register.setCurrent} = 0`, () => link.writeRegister(register.setCurrent, 0, stopping)),
    ask(stateQuestion, register.state, 2),
    ask(actualQuestion, register.actualVoltage, 3),
    coil(register.remoteCoil, false),
  ]
  return proveOff(await carryOut(steps, onSent), [
    { command: stateQuestion, problemOf: problemOfState },
    { command: actualQuestion, problemOf: (answer) => problemOfCurrent(answer, nominalA) },
  ])
}
