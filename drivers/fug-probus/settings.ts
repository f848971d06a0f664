import type { Cancellation } from '../../src/base/cancellation.ts'
import type { Clock } from '../../src/base/clock.ts'
import { StationError } from '../../src/contract/errors.ts'
import type { Setting } from '../../src/contract/instrument.ts'
import { formatNumber } from '../scpi/client.ts'
import { checkModelLimit } from '../scpi/settingCheck.ts'
import { profileLimit } from '../scpi/smuLimits.ts'
import { command, rampMode, registers, type FugIdentity } from './commands.ts'
import { profile } from './profile.ts'
import type { Session } from './session.ts'

export interface Timing {
  clock: Clock
  signal: Cancellation
}

interface Asked {
  setting: Setting
  value: number
  unit: FugIdentity
}

const refused = ({ name }: Session, request: string, detail: string): StationError =>
  new StationError('device.refused', { instrument: name, request, detail })

function expectTaken(session: Session, asked: { quantity: string; value: number; resolution: number }, actual: number) {
  const { quantity, value, resolution } = asked
  if (Math.abs(actual - value) <= 1e-3 * Math.abs(value) + resolution) return actual
  throw new StationError('device.clamped', { instrument: session.name, quantity, asked: value, actual })
}

/** Under local or analog control the unit takes set values and does nothing with them. */
const expectRemote = async (session: Session, request: string): Promise<void> => {
  if (!(await session.askBit(registers.isRemote))) throw refused(session, request, 'it is not under digital control')
}

/** @param asked a value within the profile, for the unit that it is */
export async function setValue(session: Session, asked: Asked, timing: Timing): Promise<number> {
  const { setting, value, unit } = asked
  if (setting.name === 'voltageV') return setVoltage(session, asked, timing)
  if (setting.name === 'currentLimitA') {
    checkModelLimit(setting, value, { instrument: session.name, least: 0, most: unit.nominalA })
    const request = command.current(formatNumber(value))
    await expectRemote(session, request)
    await session.command(request)
    const actual = await session.askNumber(registers.setCurrent)
    return expectTaken(session, { quantity: 'current limit (A)', value, resolution: 2e-5 * unit.nominalA }, actual)
  }
  const request = command.rampRate(formatNumber(value))
  await expectRemote(session, request)
  await session.command(command.rampMode(rampMode.follow))
  await session.command(request)
  const mode = await session.askNumber(registers.rampMode)
  expectTaken(session, { quantity: 'ramp mode', value: rampMode.follow, resolution: 0 }, mode)
  const actual = await session.askNumber(registers.rampRate)
  return expectTaken(session, { quantity: 'ramp (V/s)', value, resolution: 0.01 }, actual)
}

async function setVoltage(session: Session, { setting, value, unit }: Asked, timing: Timing): Promise<number> {
  checkModelLimit(setting, value, { instrument: session.name, least: -unit.nominalV, most: unit.nominalV })
  await expectRemote(session, command.voltage(formatNumber(Math.abs(value))))
  if (value !== 0) await makePolarity(session, value < 0, timing)
  const actual = await writeVoltage(session, Math.abs(value), unit.nominalV)
  return (value < 0 ? -actual : actual) + 0
}

/** S0 is what was asked for; what the ramp has reached is S0A. */
async function writeVoltage(session: Session, magnitudeV: number, nominalV: number): Promise<number> {
  await session.command(command.voltage(formatNumber(magnitudeV)))
  const actual = await session.askNumber(registers.setVoltage)
  return expectTaken(session, { quantity: 'voltage (V)', value: magnitudeV, resolution: 5e-5 * nominalV }, actual)
}

/** How long a polarity relay may take. */
const polarityMs = 5000

/** Only with the output off and discharged; a unit without the relay keeps its polarity. */
async function makePolarity(session: Session, negative: boolean, { clock, signal }: Timing): Promise<void> {
  if ((await session.askBit(registers.isNegative)) === negative) return
  const request = command.polarity(negative)
  const restV = Math.abs(await session.askNumber(registers.voltage))
  if ((await session.askBit(registers.isOn)) || restV >= profileLimit(profile, 'dischargedBelowV'))
    throw refused(session, request, 'the polarity can only be changed with the output off and discharged')
  await session.command(request)
  const endMs = clock.monotonicMs() + polarityMs
  while ((await session.askBit(registers.isNegative)) !== negative) {
    if (clock.monotonicMs() >= endMs) throw refused(session, request, 'the unit keeps its polarity')
    await clock.sleep(250, signal)
  }
}

/** How long the output relay and the interlock may need. */
const watchMs = 300

export async function setSwitch(session: Session, on: boolean, { clock, signal }: Timing): Promise<boolean> {
  const request = on ? command.on : command.off
  await expectRemote(session, request)
  const wantedV = on ? await session.askNumber(registers.setVoltage) : 0
  if (on) await startAtZero(session)
  await session.command(request)
  await clock.sleep(watchMs, signal)
  if ((await session.askBit(registers.isOn)) !== on) {
    if (on) await session.command(command.off)
    throw refused(session, request, on ? 'it stays off: is the interlock open?' : 'it stays on')
  }
  if (on) await session.command(command.voltage(formatNumber(wantedV)))
  return on
}

/**
 * The ramp also runs while the output is off, so switching on would put all of the voltage on the module at once. It is
 * therefore put back to 0 without ramp first, and the voltage comes after the output.
 */
async function startAtZero(session: Session): Promise<void> {
  if (await session.askBit(registers.isOn)) return
  const mode = await session.askNumber(registers.rampMode)
  await session.command(command.rampMode(rampMode.none))
  await session.command(command.voltage('0'))
  const reached = await session.askNumber(registers.rampedVoltage)
  await session.command(command.rampMode(mode))
  if (reached !== 0) throw refused(session, command.on, `its set value stays at ${reached} V`)
}
