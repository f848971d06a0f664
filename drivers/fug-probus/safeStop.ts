import type { Clock } from '../../src/base/clock.ts'
import type { SafeStateProof } from '../../src/contract/instrument.ts'
import type { LineLink } from '../../src/contract/link.ts'
import { profileLimit } from '../scpi/smuLimits.ts'
import { createStopEvidence, stopping, watchDischarge } from '../scpi/stopEvidence.ts'
import { command, registers } from './commands.ts'
import { profile } from './profile.ts'
import { createSession } from './session.ts'

const dischargeMs = 6000
const settleMs = 200

/** Off, and all set values to 0; then the monitor has to fall. A set that was refused before has left the output on. */
export async function stopUnit(
  of: { link: LineLink; name: string; clock: Clock },
  onSent?: () => void,
): Promise<SafeStateProof> {
  const { link, name, clock } = of
  const stop = createStopEvidence()
  if (await stop.sendAll(link, [command.off, command.reset])) onSent?.()
  await clock.sleep(settleMs)
  const session = createSession(link, name, stopping)
  const mostV = profileLimit(profile, 'safeBelowV')
  const measureV = () => session.askNumber(registers.voltage)
  const last = await stop.note(
    registers.voltage.query,
    async () => `${await watchDischarge(clock, { measureV, mostV, forMs: dischargeMs, everyMs: 250, failures: 2 })} V`,
  )
  const isLow = last !== null && Math.abs(Number.parseFloat(last)) < mostV
  const on = last === null ? null : await stop.note(registers.isOn.query, () => session.ask(registers.isOn))
  return stop.proof([
    last === null ? 'the voltage was not measured' : null,
    last !== null && !isLow ? `there are still ${last}` : null,
    on === null ? 'the state of the output was not read back' : null,
    on === '1' ? 'the output says that it is on' : null,
  ])
}
