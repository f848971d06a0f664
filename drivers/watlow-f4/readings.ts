import type { Cancellation } from '../../src/base/cancellation.ts'
import type { Reading } from '../../src/contract/instrument.ts'
import type { QueryOptions } from '../../src/contract/link.ts'
import { reading } from '../climate/chamber.ts'
import {
  fromRaw,
  humidityChannel,
  humidityScale,
  isEventOn,
  isProfileMode,
  readMode,
  temperatureChannel,
  temperatureScale,
  type F4,
  type Scale,
} from './device.ts'
import { profile } from './profile.ts'
import { alarmStates, type Channel } from './registers.ts'

type Found = number | { missing: string }

const limitOf = (name: string): number => profile.limits[name] ?? 0

const range: Readonly<Record<Channel['name'], readonly [least: number, most: number]>> = {
  'channel 1': [limitOf('leastPlausibleC'), limitOf('mostPlausibleC')],
  'channel 2': [-10, 120],
}

/** What the input's own error register says; its number isn't explained by every revision of the manual. */
const inputErrors: Readonly<Record<number, string>> = {
  1: 'underflow of its converter',
  2: 'below its range',
  3: 'above its range',
  4: 'overflow of its converter',
}

async function measure({ client }: F4, channel: Channel, of: { scale: Scale; options: QueryOptions }): Promise<Found> {
  const error = await client.word(channel.inputError, of.options)
  if (error !== 0) return { missing: `the sensor of ${channel.name}: ${inputErrors[error] ?? 'an error'} (${error})` }
  const value = fromRaw(await client.signed(channel.value, of.options), of.scale)
  const [least, most] = range[channel.name]
  if (value < least || value > most)
    throw client.badReply(channel.value, String(value), `no such value can be: it is beyond ${least} to ${most}`)
  return value
}

/** The set-point now, a profile's included; below its least one a loop is off. */
async function setPoint(
  { client }: F4,
  channel: Channel,
  of: { scale: Scale; isProfile: boolean; options: QueryOptions },
): Promise<Found> {
  const { scale, isProfile, options } = of
  const raw = await client.signed(isProfile ? channel.programSetPoint : channel.setPoint, options)
  const low = await client.signed(channel.low, options)
  return raw < low ? { missing: 'this loop is switched off' } : fromRaw(raw, scale)
}

export async function readAll(device: F4, signal: Cancellation | undefined): Promise<Reading[]> {
  const options: QueryOptions = { priority: 'poll', signal }
  const isProfile = isProfileMode(await readMode(device, options))
  const scale = await temperatureScale(device, options)
  const percent = await humidityScale(device, options)
  const temperature = await measure(device, temperatureChannel, { scale, options })
  const target = await setPoint(device, temperatureChannel, { scale, isProfile, options })
  const none: Found = { missing: 'this controller has no second channel, or it isn’t humidity' }
  const humidity = percent ? await measure(device, humidityChannel, { scale: percent, options }) : none
  const wanted = percent ? await setPoint(device, humidityChannel, { scale: percent, isProfile, options }) : none
  const isOn = (await isEventOn(device, options)) && typeof target === 'number'
  let alarms = 0
  for (const address of alarmStates) if ((await device.client.word(address, options)) !== 0) alarms++
  return [
    reading('temperature', '°C', temperature),
    reading('humidity', '%', humidity),
    reading('temperature.setpoint', '°C', target),
    reading('humidity.setpoint', '%', wanted),
    reading('running', '1', isOn ? 1 : 0),
    reading('alarms', '1', alarms),
  ]
}
