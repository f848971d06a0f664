import type { Cancellation } from '../../src/base/cancellation.ts'
import type { Clock } from '../../src/base/clock.ts'
import { StationError } from '../../src/contract/errors.ts'
import type { Setting } from '../../src/contract/instrument.ts'
import { checkModelLimit } from '../scpi/settingCheck.ts'
import { profileLimit } from '../scpi/smuLimits.ts'
import { decodeBits, decodeMantissa, form, identify, troubleOf, type ModuleBits } from './commands.ts'
import { profile } from './profile.ts'
import type { Session } from './session.ts'

export interface Timing {
  clock: Clock
  signal: Cancellation
}

const refused = ({ name }: Session, request: string, detail: string): StationError =>
  new StationError('device.refused', { instrument: name, request, detail })

function expectTaken(session: Session, asked: { quantity: string; value: number; resolution: number }, actual: number) {
  const { quantity, value, resolution } = asked
  if (Math.abs(actual - value) <= 1e-3 * Math.abs(value) + resolution) return actual
  throw new StationError('device.clamped', { instrument: session.name, quantity, asked: value, actual })
}

export async function setValue(session: Session, setting: Setting, value: number): Promise<number> {
  const { commands, tripA } = session
  if (setting.name === 'voltageV') return setVoltage(session, setting, value)
  const client = await session.ready()
  if (setting.name === 'currentLimitA') {
    await client.command(`${commands.trip}=${Math.max(1, Math.round(value / tripA))}`)
    const actual = decodeMantissa(await client.ask(commands.trip, form.number))
    return expectTaken(session, { quantity: 'current trip (A)', value, resolution: 0.51 * tripA }, actual)
  }
  await client.command(`${commands.ramp}=${Math.round(value)}`)
  const actual = Number(await client.ask(commands.ramp, form.byte))
  return expectTaken(session, { quantity: 'ramp (V/s)', value, resolution: 0.51 }, actual)
}

const askBits = async (session: Session): Promise<ModuleBits> => {
  const request = session.commands.bits
  return decodeBits(await session.client.ask(request, form.byte), { name: session.name, request })
}

/** The output has no state of its own: it is on while there is voltage, or a ramp was started to some. */
const isOn = async (session: Session): Promise<boolean> => {
  const { client, commands, known } = session
  known.isOn ??=
    Math.abs(decodeMantissa(await client.ask(commands.voltage, form.number))) > profileLimit(profile, 'onAboveV')
  return known.isOn
}

/** Neither a wrong switch nor a limit potentiometer is found out by the voltage that isn't there. */
async function expectReachable(session: Session, setting: Setting, value: number): Promise<void> {
  const { client, commands, known } = session
  known.maxV ??= Number.parseInt((await client.ask(identify, form.identity)).split(';')[2] ?? '', 10)
  const percent = Number(await client.ask(commands.voltageLimit, form.percent))
  const bits = await askBits(session)
  if (bits.isManual) throw refused(session, commands.setVoltage, 'it is under manual control')
  const most = (known.maxV * percent) / 100
  const range = bits.isPositive ? { least: 0, most } : { least: -most, most: 0 }
  checkModelLimit(setting, value, { instrument: session.name, ...range })
}

const writeVoltage = async (session: Session, magnitudeV: number): Promise<number> => {
  const { client, commands } = session
  await client.command(`${commands.setVoltage}=${magnitudeV.toFixed(2)}`)
  return Math.abs(decodeMantissa(await client.ask(commands.setVoltage, form.number)))
}

async function setVoltage(session: Session, setting: Setting, value: number): Promise<number> {
  const { commands, known } = session
  const client = await session.ready()
  await expectReachable(session, setting, value)
  // With autostart each new voltage would be on the module at once.
  await client.command(`${commands.autostart}=0`)
  const autostart = Number(await client.ask(commands.autostart, form.byte))
  if ((autostart & 8) !== 0) throw refused(session, `${commands.autostart}=0`, 'autostart stays on')
  const wasOn = await isOn(session)
  const actual = await writeVoltage(session, Math.abs(value))
  expectTaken(session, { quantity: 'voltage (V)', value: Math.abs(value), resolution: 0.11 }, actual)
  known.wantedV = Math.abs(value)
  if (wasOn) await client.ask(commands.go, form.word)
  return (value < 0 ? -actual : actual) + 0
}

/** How long the unit may need to trip. */
const watchMs = 300

/** A ramp to the voltage that was set, or to 0. Reading the status clears what an earlier trip has left (manual, 5.1). */
export async function setSwitch(session: Session, on: boolean, { clock, signal }: Timing): Promise<boolean> {
  const { commands, known, name } = session
  const client = await session.ready()
  if (!on) {
    await writeVoltage(session, 0)
    await client.ask(commands.go, form.word)
    known.isOn = false
    return false
  }
  const bits = await askBits(session)
  if (bits.isManual) throw refused(session, commands.go, 'it is under manual control')
  if (bits.isSwitchedOff) throw refused(session, commands.go, 'the HV switch at the front is off')
  await client.ask(commands.status, form.word)
  if (known.wantedV !== null) {
    const actual = await writeVoltage(session, known.wantedV)
    expectTaken(session, { quantity: 'voltage (V)', value: known.wantedV, resolution: 0.11 }, actual)
  }
  await client.ask(commands.go, form.word)
  await clock.sleep(watchMs, signal)
  const request = commands.status
  const trouble = troubleOf(await client.ask(request, form.word), { name, request })
  if (trouble !== null) {
    await writeVoltage(session, 0)
    await client.ask(commands.go, form.word)
    known.isOn = false
    throw refused(session, commands.go, trouble)
  }
  known.isOn = true
  return true
}
