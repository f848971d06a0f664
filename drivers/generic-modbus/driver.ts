// Any instrument on Modbus that reads and is set by registers, as a lab's definition describes it.
// Doesn't decide what the registers mean: the definition says so, and names the manual it follows. Has no procedures of its own.
// Follows Modbus Application Protocol V1.1b3, functions 1 to 6 and 16.
import { assert } from '../../src/base/assert.ts'
import type { Cancellation } from '../../src/base/cancellation.ts'
import { StationError } from '../../src/contract/errors.ts'
import type { DriverContext, DriverModule, Identity, Instrument, SettingValue } from '../../src/contract/instrument.ts'
import type { RegisterLink } from '../../src/contract/link.ts'
import { checkSetting } from '../scpi/settingCheck.ts'
import { parseModbus, profileOf, readBackOf, type ModbusDefinition, type ModbusSetting } from './definition.ts'
import exampleDefinition from './example.json' with { type: 'json' }
import { createReader, type RegisterReader } from './reading.ts'
import { fromRaw, toRaw } from './registers.ts'
import { stopSafely, writeRaw } from './safeState.ts'

export const driver: DriverModule = {
  // What the example is and can, under the driver's own name.
  profile: {
    ...profileOf(exampleDefinition),
    title: 'Any Modbus instrument, written down as data',
    manual: 'Modbus Application Protocol V1.1b3; what the registers mean by the manual that the definition names',
  },
  profileOf,
  exampleDefinition,
  link: 'registers',
  createInstrument: (link, context) => createInstrument(link, context),
}

function createInstrument(link: RegisterLink, context: DriverContext): Instrument {
  const definition = parseModbus(context.definition)
  const profile = profileOf(context.definition)
  const reader = createReader(link, definition, context.name)
  const deps = { link, reader, clock: context.clock, definition }
  const instrument: Instrument = {
    identify: (signal) => identify(reader, { definition, name: context.name, signal }),
    read: (signal) => reader.channels({ signal }),
    safeStop: (onSent) => stopSafely(deps, onSent),
  }
  if (definition.settings.length === 0) return instrument
  return {
    ...instrument,
    set: async (name, value, signal) => {
      checkSetting(profile, { name, value }, context.name)
      const setting = definition.settings.find((each) => each.name === name)
      assert(setting, 'the profile has the settings of the definition')
      const raw = rawOf(setting, value)
      await writeRaw(link, { definition, place: setting.write, raw }, { priority: 'control', signal })
      const readBack = await reader.raw(readBackOf(setting), { priority: 'control', signal })
      return { name, asked: value, actual: actualOf(setting, { value, readBack }, context.name) }
    },
  }
}

/** Reads nothing but what the definition names as identification. Throws device.wrongModel. */
async function identify(
  reader: RegisterReader,
  of: { definition: ModbusDefinition; name: string; signal: Cancellation | undefined },
): Promise<Identity> {
  const { name, signal } = of
  const { maker, model, checks, serialNumber, version } = of.definition.identification
  const wrong = (actual: string, cause?: unknown): StationError =>
    new StationError('device.wrongModel', { expected: `${maker} ${model}`, link: name, actual }, cause)
  /** A device that refuses one of these registers is another one. */
  const held = async <T>(title: string, work: Promise<T>): Promise<T> => {
    try {
      return await work
    } catch (error) {
      if (error instanceof StationError && error.code === 'device.refused')
        throw wrong(`a device without ${title}`, error)
      throw error
    }
  }
  for (const each of checks) {
    const ask: Promise<string | number> =
      each.type === 'text' ? reader.text(each, { signal }) : reader.raw(each, { signal })
    const found = await held(each.title, ask)
    const value = typeof found === 'number' ? fromRaw(each, found) : found
    if (value !== each.equals) throw wrong(`${each.title} ${value} (${each.equals} is expected)`)
  }
  const numberOrText = async (place: typeof serialNumber): Promise<string | null> => {
    if (!place) return null
    if (place.type === 'text') return held('its identity', reader.text(place, { signal }))
    return String(fromRaw(place, await held('its identity', reader.raw(place, { signal }))))
  }
  const found = await numberOrText(version)
  // A version that was never built says that the instrument is simulated.
  const firmware = found === '9.99' ? '9.99 (hardware 9.99)' : found
  return { maker, model, serialNumber: await numberOrText(serialNumber), firmware }
}

/** What is written for a value that has passed the limits. */
function rawOf(setting: ModbusSetting, value: SettingValue): number {
  if (setting.type === 'boolean') return value === true ? setting.onRaw : setting.offRaw
  if (setting.type === 'choice') return setting.choices?.[String(value)] ?? 0
  return toRaw(setting.write, Number(value))
}

/** What the device says it has. Throws device.clamped where that is another, device.badReply where it is none at all. */
function actualOf(setting: ModbusSetting, of: { value: SettingValue; readBack: number }, name: string): SettingValue {
  const { value, readBack } = of
  const place = readBackOf(setting)
  const clamped = (actual: SettingValue): StationError =>
    new StationError('device.clamped', { instrument: name, quantity: setting.title, asked: value, actual })
  const badReply = (): StationError =>
    new StationError('device.badReply', {
      instrument: name,
      request: setting.name,
      reply: String(readBack),
      detail: 'this setting never holds that',
    })
  if (setting.type === 'number') {
    const actual = fromRaw(place, readBack)
    if (!Number.isFinite(actual)) throw badReply()
    const tolerance = setting.tolerance ?? Math.max(Math.abs(place.scale), Math.abs(setting.write.scale))
    if (Math.abs(actual - Number(value)) > tolerance) throw clamped(actual)
    return actual
  }
  const choices = Object.entries(setting.choices ?? {})
  const isOn = readBack === setting.onRaw
  const actual =
    setting.type === 'choice'
      ? choices.find(([, raw]) => raw === readBack)?.[0]
      : isOn || readBack === setting.offRaw
        ? isOn
        : undefined
  if (actual === undefined) throw badReply()
  if (actual !== value) throw clamped(actual)
  return actual
}
