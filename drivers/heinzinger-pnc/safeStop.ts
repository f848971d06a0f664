import type { DriverContext, SafeStateProof } from '../../src/contract/instrument.ts'
import type { LineLink } from '../../src/contract/link.ts'
import { profileLimit } from '../scpi/smuLimits.ts'
import { createStopEvidence, stopping, watchDischarge } from '../scpi/stopEvidence.ts'
import { createSession, type PncUnit } from './pncSession.ts'
import { profile } from './profile.ts'

const everyMs = 250
const failures = 2

/**
 * Voltage 0 and output off, as nothing is acknowledged both a second time when the output had time to fall; then the voltage
 * has to be gone, and the set-point and the output have to say so.
 * @param unitOf asked for only once the commands are out
 */
export async function stopSupply(
  link: LineLink,
  of: { context: DriverContext; unitOf: () => Promise<PncUnit> },
  onSent?: () => void,
): Promise<SafeStateProof> {
  const { clock, name, deviations } = of.context
  const limit = (key: string): number => profileLimit(profile, key)
  const stop = createStopEvidence()
  const session = createSession(link, name, stopping)
  if (await stop.sendAll(link, ['VOLT 0.000000', 'OUTP OFF'])) onSent?.()
  await clock.sleep(limit('settleMs'))
  await stop.sendAll(link, ['VOLT 0.000000', 'OUTP OFF'])
  const mostV = limit('safeBelowV')
  const held: { unit: PncUnit | null } = { unit: null }
  const voltage = await stop.note('MEAS:VOLT?', async () => {
    const unit = await of.unitOf()
    held.unit = unit
    const measureV = () => session.measureV(unit)
    return `${await watchDischarge(clock, { measureV, mostV, forMs: limit('dischargeMs'), everyMs, failures })} V`
  })
  const { unit } = held
  const setPoint = unit === null ? null : await stop.note('VOLT?', async () => `${await session.readV(unit)} V`)
  const isAsked = !deviations.includes('no-output-query')
  // Whoever was silent so far is silent now.
  const output =
    isAsked && setPoint !== null ? await stop.note('OUTP?', async () => ((await session.isOn()) ? 'ON' : 'OFF')) : null
  const isLow = voltage !== null && Math.abs(Number.parseFloat(voltage)) < mostV
  return stop.proof([
    voltage === null ? 'the voltage was not measured' : null,
    voltage !== null && !isLow ? `there are still ${voltage}` : null,
    setPoint === null ? 'the set-point was not read back' : null,
    setPoint !== null && Number.parseFloat(setPoint) >= mostV ? `the set-point is ${setPoint}` : null,
    isAsked && output === null ? 'the state of the output was not read back' : null,
    output === 'ON' ? 'the output says that it is on' : null,
  ])
}
