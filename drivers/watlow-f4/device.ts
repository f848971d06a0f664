import { int16ToWord } from '../../src/base/words.ts'
import type { Cancellation } from '../../src/base/cancellation.ts'
import { StationError } from '../../src/contract/errors.ts'
import type { DriverContext } from '../../src/contract/instrument.ts'
import type { QueryOptions } from '../../src/contract/link.ts'
import { ifFitted, type WatlowClient } from '../watlow/client.ts'
import { fromCelsius, roundTo, toCelsius, type TemperatureUnit } from '../watlow/temperature.ts'
import { channels, code, register, type Channel } from './registers.ts'

/** The F4 behind a link, as everything in this driver asks it. */
export interface F4 {
  client: WatlowClient
  context: DriverContext
  /** Register of the event that switches the chamber on. */
  runEvent: number | null
}

const [first, second] = channels
export const temperatureChannel: Channel = first
export const humidityChannel: Channel = second

/** How a channel's registers are to be read: asked each time, as both can be changed at the panel. */
export interface Scale {
  /** Registers count in these. */
  step: number
  /** null where it isn't a temperature. */
  unit: TemperatureUnit | null
}

const decimals = [0, 1, 2, 3] as const
const units = [0, 1, 2, 3] as const

export async function readScale({ client }: F4, channel: Channel, options: QueryOptions): Promise<Scale> {
  const places = await client.code(channel.decimals, decimals, options)
  const kind = await client.code(channel.unit, units, options)
  if (kind !== code.unitTemperature) return { step: 10 ** -places, unit: null }
  return { step: 10 ** -places, unit: (await client.code(register.isCelsius, [0, 1], options)) === 1 ? 'C' : 'F' }
}

/** The same for the channel that has to be a temperature. */
export async function temperatureScale(device: F4, options: QueryOptions): Promise<Scale> {
  const scale = await readScale(device, temperatureChannel, options)
  if (scale.unit !== null) return scale
  throw new StationError('device.refused', {
    instrument: device.context.name,
    request: `read register ${temperatureChannel.unit}`,
    detail: 'input 1 is set up for something else than a temperature',
  })
}

/** null where the second channel isn't fitted, is off, or is no humidity. */
export async function humidityScale(device: F4, options: QueryOptions): Promise<Scale | null> {
  const { client } = device
  const sensor = await ifFitted(client.word(humidityChannel.sensor, options))
  if (sensor === null || sensor === code.sensorOff) return null
  const kind = await client.code(humidityChannel.unit, units, options)
  return kind === code.unitHumidity ? readScale(device, humidityChannel, options) : null
}

export const fromRaw = (raw: number, { step, unit }: Scale): number =>
  unit === null ? roundTo(raw * step) : toCelsius(raw * step, unit)

export const toRaw = (value: number, { step, unit }: Scale): number =>
  Math.round((unit === null ? value : fromCelsius(value, unit)) / step)

export const writeSetPoint = (
  { client }: F4,
  to: { channel: Channel; raw: number },
  options: QueryOptions,
): Promise<void> => client.write(to.channel.setPoint, int16ToWord(to.raw), options)

/** A set-point below the least one switches a loop off. */
export interface SetPointState {
  raw: number
  low: number
  high: number
}

export const readSetPoint = async (
  { client }: F4,
  channel: Channel,
  options: QueryOptions,
): Promise<SetPointState> => ({
  raw: await client.signed(channel.setPoint, options),
  low: await client.signed(channel.low, options),
  high: await client.signed(channel.high, options),
})

export const isLoopOn = ({ raw, low }: SetPointState): boolean => raw >= low

export async function switchLoopOff(device: F4, channel: Channel, options: QueryOptions): Promise<void> {
  const low = await device.client.signed(channel.low, options)
  await writeSetPoint(device, { channel, raw: low - 1 }, options)
}

export async function isEventOn({ client, runEvent }: F4, options: QueryOptions): Promise<boolean> {
  return runEvent === null || (await client.code(runEvent, [0, 1], options)) === 1
}

const modes = [0, 1, 2, 3] as const
export const readMode = ({ client }: F4, options: QueryOptions): Promise<(typeof modes)[number]> =>
  client.code(register.mode, modes, options)

export const isProfileMode = (mode: number): boolean => mode === code.running || mode === code.held

/** Ends a profile where one is under way, and waits so long until another command may follow. */
export async function endProfile(device: F4, of: { pauseMs: number; signal: Cancellation }): Promise<void> {
  const options: QueryOptions = { priority: 'control', signal: of.signal }
  if (!isProfileMode(await readMode(device, options))) return
  await device.client.write(register.terminate, 1, options)
  await device.context.clock.sleep(of.pauseMs, of.signal)
}

/** The event that cuts the chamber off; where there is none, both loops. */
export async function switchOff(device: F4, options: QueryOptions): Promise<void> {
  if (device.runEvent !== null) return device.client.write(device.runEvent, 0, options)
  await switchLoopOff(device, temperatureChannel, options)
  await ifFitted(switchLoopOff(device, humidityChannel, options))
}
