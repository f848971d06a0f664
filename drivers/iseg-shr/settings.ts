import type { Cancellation } from '../../src/base/cancellation.ts'
import type { Clock } from '../../src/base/clock.ts'
import { StationError } from '../../src/contract/errors.ts'
import type { Setting } from '../../src/contract/instrument.ts'
import { formatNumber } from '../scpi/client.ts'
import { checkModelLimit } from '../scpi/settingCheck.ts'
import { profileLimit } from '../scpi/smuLimits.ts'
import { channelList, command, form, hasBit, hindranceOf, query } from './commands.ts'
import { numbersOf, type Module } from './module.ts'
import { profile } from './profile.ts'

export interface Timing {
  clock: Clock
  signal: Cancellation
}

interface Asked {
  setting: Setting
  value: number
}

const refused = (module: Module, request: string, detail: string): StationError =>
  new StationError('device.refused', { instrument: module.name, request, detail })

/** Every lane has to have taken it, within 0.1 % and a resolution; returns what the first one has. */
function expectTaken(
  module: Module,
  asked: { quantity: string; value: number; resolution: number },
  actual: readonly number[],
): number {
  const { quantity, value, resolution } = asked
  const wrong = actual.find((each) => !(Math.abs(each - value) <= 1e-3 * Math.abs(value) + resolution))
  if (wrong !== undefined)
    throw new StationError('device.clamped', { instrument: module.name, quantity, asked: value, actual: wrong })
  return actual[0] ?? value
}

/** @param asked the setting, and its value within the profile */
export async function setValue(module: Module, asked: Asked, timing: Timing): Promise<number> {
  const { setting, value } = asked
  const { client } = module
  const lanes = await module.lanes()
  const list = channelList(lanes)
  const text = formatNumber(value)
  if (setting.name === 'voltageV') return setVoltage(module, asked, timing)
  if (setting.name === 'currentLimitA') {
    module.known.nominalA ??= Math.min(
      ...numbersOf(await client.ask(query.nominalCurrent(list), form.amperes(lanes))).map(Math.abs),
    )
    checkModelLimit(setting, value, { instrument: module.name, least: 0, most: module.known.nominalA })
    await client.command(command.current(text, list))
    const actual = numbersOf(await client.ask(query.setCurrent(list), form.amperes(lanes)))
    return expectTaken(module, { quantity: 'current limit (A)', value, resolution: 2e-8 }, actual)
  }
  await client.command(command.rampUp(text, list))
  await client.command(command.rampDown(text, list))
  const up = numbersOf(await client.ask(query.rampUp(list), form.voltsPerSecond(lanes)))
  const down = numbersOf(await client.ask(query.rampDown(list), form.voltsPerSecond(lanes)))
  return expectTaken(module, { quantity: 'ramp (V/s)', value, resolution: 0.05 }, [...up, ...down])
}

async function setVoltage(module: Module, { setting, value }: Asked, timing: Timing): Promise<number> {
  const { client } = module
  const lanes = await module.lanes()
  const list = channelList(lanes)
  module.known.nominalV ??= Math.min(
    ...numbersOf(await client.ask(query.nominalVoltage(list), form.volts(lanes))).map(Math.abs),
  )
  const most = module.known.nominalV
  checkModelLimit(setting, value, { instrument: module.name, least: -most, most })
  if (value !== 0) await makePolarity(module, value < 0 ? 'n' : 'p', timing)
  await client.command(command.voltage(formatNumber(value), list))
  const signs = await askPolarities(module, lanes, list)
  const actual = numbersOf(await client.ask(query.setVoltage(list), form.volts(lanes)))
  // Whether the set value is given with the sign of the polarity isn't the same in every unit.
  const signed = actual.map((each, lane) => (signs[lane] === 'n' ? -Math.abs(each) : Math.abs(each)) + 0)
  return expectTaken(module, { quantity: 'voltage (V)', value, resolution: 0.1 }, signed)
}

const askPolarities = async ({ client }: Module, lanes: number, list: string): Promise<string[]> =>
  (await client.ask(query.polarity(list), form.polarities(lanes)))
    .toLowerCase()
    .split(',')
    .map((each) => each.trim())

/** How long a polarity relay may take. */
const polarityMs = 5000

/**
 * Changes the polarity of the lanes that have the other one: only with the output off and discharged. Afterwards the
 * events have to be cleared, or the unit doesn't ramp up again.
 */
async function makePolarity(module: Module, sign: 'p' | 'n', { clock, signal }: Timing): Promise<void> {
  const { client } = module
  const lanes = await module.lanes()
  const list = channelList(lanes)
  const isRight = async (): Promise<boolean> =>
    (await askPolarities(module, lanes, list)).every((each) => each === sign)
  if (await isRight()) return
  const request = command.polarity(sign, list)
  const statuses = numbersOf(await client.ask(query.status(list), form.registers(lanes)))
  const voltages = numbersOf(await client.ask(query.measuredVoltage(list), form.volts(lanes)))
  const isLow = voltages.every((each) => Math.abs(each) < profileLimit(profile, 'dischargedBelowV'))
  if (statuses.some((status) => hasBit(status, 'on')) || !isLow)
    throw refused(module, request, 'the polarity can only be changed with the output off and discharged')
  await client.command(request)
  const endMs = clock.monotonicMs() + polarityMs
  while (!(await isRight())) {
    if (clock.monotonicMs() >= endMs) throw refused(module, request, 'the unit keeps its polarity')
    await clock.sleep(250, signal)
  }
  await client.command(command.clearEvents(list))
}

/** How long a lane needs to trip or to report an open inhibit after it was switched on. */
const watchMs = 300

export async function setSwitch(module: Module, on: boolean, { clock, signal }: Timing): Promise<boolean> {
  const { client } = module
  const lanes = await module.lanes()
  const list = channelList(lanes)
  const askStatuses = async (): Promise<number[]> =>
    numbersOf(await client.ask(query.status(list), form.registers(lanes)))
  if (!on) {
    await client.command(command.off(list))
    const isOff = (await askStatuses()).every((status) => !hasBit(status, 'on'))
    if (!isOff) throw refused(module, command.off(list), 'a channel says that it is still on')
    return false
  }
  if ((await askStatuses()).some((status) => hasBit(status, 'emergencyOff')))
    await client.command(command.emergencyClear(list))
  // Events of an earlier trip would keep it from being switched on (guide, 8.3).
  await client.command(command.clearEvents(list))
  await client.command(command.on(list))
  await clock.sleep(watchMs, signal)
  const statuses = await askStatuses()
  const lane = statuses.findIndex((status) => !hasBit(status, 'on') || hindranceOf(status) !== null)
  if (lane >= 0) {
    await client.command(command.off(list))
    const says = hindranceOf(statuses[lane] ?? 0) ?? 'it stays off'
    throw refused(module, command.on(list), `channel ${lane}: ${says}`)
  }
  return true
}
