import type { Clock } from '../../src/base/clock.ts'
import type { SafeStateProof } from '../../src/contract/instrument.ts'
import type { LineLink } from '../../src/contract/link.ts'
import { profileLimit } from '../scpi/smuLimits.ts'
import { createStopEvidence, stopping, watchDischarge } from '../scpi/stopEvidence.ts'
import { createStrictClient } from '../scpi/strictClient.ts'
import { decodeMantissa, form, refusal, type commandsOf } from './commands.ts'
import { profile } from './profile.ts'

/** Most of the 10 s that a stop has: 1800 V at the steepest ramp. */
const rampMs = 7000
const settleMs = 150

/**
 * A ramp to 0 V as steep as there is: the unit has no other way. The commands go out at once; then they are said again,
 * with their echoes, because a unit that is busy answering may have missed them.
 */
export async function stopUnit(
  of: { link: LineLink; name: string; clock: Clock; commands: ReturnType<typeof commandsOf> },
  onSent?: () => void,
): Promise<SafeStateProof> {
  const { link, name, clock, commands } = of
  const stop = createStopEvidence()
  const zero = `${commands.setVoltage}=0`
  const steep = `${commands.ramp}=255`
  if (await stop.sendAll(link, [zero, steep, commands.go])) onSent?.()
  await clock.sleep(settleMs)
  const client = createStrictClient(link, { name, echo: 'always', refusal, defaults: stopping })
  const isHeard = (await stop.note(zero, () => client.ask(zero, /^$/).then(() => 'echoed'))) !== null
  if (isHeard) {
    await stop.note(steep, () => client.ask(steep, /^$/).then(() => 'echoed'))
    await stop.note(commands.go, () => client.ask(commands.go, form.word))
  }
  const mostV = profileLimit(profile, 'safeBelowV')
  const measureV = async (): Promise<number> => decodeMantissa(await client.ask(commands.voltage, form.number))
  const last = await stop.note(
    commands.voltage,
    async () => `${await watchDischarge(clock, { measureV, mostV, forMs: rampMs, everyMs: 250, failures: 2 })} V`,
  )
  const left =
    last === null ? null : await stop.note(commands.setVoltage, () => client.ask(commands.setVoltage, form.number))
  const isLow = last !== null && Math.abs(Number.parseFloat(last)) < mostV
  return stop.proof([
    last === null ? 'the voltage was not measured' : null,
    last !== null && !isLow ? `there are still ${last}` : null,
    left === null ? 'the voltage set was not read back' : null,
    left !== null && decodeMantissa(left) !== 0 ? `the voltage set is ${left}` : null,
  ])
}
