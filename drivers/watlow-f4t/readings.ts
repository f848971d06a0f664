import type { Cancellation } from '../../src/base/cancellation.ts'
import type { Reading } from '../../src/contract/instrument.ts'
import type { QueryOptions } from '../../src/contract/link.ts'
import { reading } from '../climate/chamber.ts'
import { ifFitted } from '../watlow/client.ts'
import { roundTo, toCelsius } from '../watlow/temperature.ts'
import { isLoopActive, isSwitchedOn, type F4t } from './device.ts'
import { readUnit, type Fit, type LoopPlace } from './fit.ts'
import { alarm, code, input, limit, quietAlarms } from './registers.ts'
import { profile } from './profile.ts'

type Found = number | { missing: string }

/** Alarms and limit controllers as they stand. */
interface Alarms {
  active: number
  /** One of them says that its sensor is broken. */
  hasSensorError: boolean
}

async function readAlarms({ client }: F4t, fit: Fit, options: QueryOptions): Promise<Alarms> {
  let active = 0
  let hasSensorError = false
  for (let i = 0; i < fit.alarms; i++) {
    const state = await client.word(alarm.state + i * alarm.stride, options)
    if (!quietAlarms.includes(state)) active++
    hasSensorError ||= state === code.error
  }
  for (const slot of fit.limits) {
    const by = (slot - 1) * limit.stride
    const state = await client.word(limit.state + by, options)
    const status = await client.word(limit.status + by, options)
    const cause = await client.word(limit.cause + by, options)
    if (state === code.error || status === code.fail || cause !== code.none) active++
  }
  return { active, hasSensorError }
}

/** A broken sensor reads NaN, or exactly 0 while its input or an alarm says that there is an error. */
async function measure(
  device: F4t,
  place: LoopPlace,
  of: { isBroken: boolean; options: QueryOptions },
): Promise<Found> {
  const value = await device.client.measured(place.value, of.options)
  if (value === null) return { missing: `${place.name} has no value: its sensor is broken or out of range` }
  return value === 0 && of.isBroken ? { missing: `${place.name} reads 0 while a sensor reports an error` } : value
}

function within(device: F4t, place: LoopPlace, of: { found: Found; least: number; most: number }): Found {
  const { found, least, most } = of
  if (typeof found !== 'number' || (found >= least && found <= most)) return found
  throw device.client.badReply(place.value, String(found), `no such value can be: it is beyond ${least} to ${most}`)
}

const limitOf = (name: string): number => profile.limits[name] ?? 0

async function readTemperature(
  device: F4t,
  fit: Fit,
  of: { isBroken: boolean; options: QueryOptions },
): Promise<readonly [value: Found, setPoint: number]> {
  const { client, context } = device
  const { options } = of
  const place = fit.temperature
  const unit = await readUnit(client, context, options)
  const measured = await measure(device, place, of)
  const found = typeof measured === 'number' ? toCelsius(measured, unit) : measured
  // Of a cascade the product's set-point is what the chamber is after, unless only the air is controlled.
  const isByProduct = place.product !== null && (await client.word(place.product.disable, options)) === code.off
  const at = isByProduct && place.product ? place.product.setPoint : place.activeSetPoint
  const value = within(device, place, { found, least: limitOf('leastPlausibleC'), most: limitOf('mostPlausibleC') })
  return [value, toCelsius(await client.float(at, options), unit)]
}

async function readHumidity(
  device: F4t,
  place: LoopPlace | null,
  of: { isBroken: boolean; options: QueryOptions },
): Promise<readonly [value: Found, setPoint: Found]> {
  const { options } = of
  if (!place) {
    const none = { missing: 'this controller has no humidity loop, or doesn’t tell that it has one' }
    return [none, none]
  }
  const found = await measure(device, place, of)
  const value = within(device, place, { found, least: -10, most: 120 })
  const rounded = typeof value === 'number' ? roundTo(value) : value
  const isOn = await isLoopActive(device, place, options)
  return [
    rounded,
    isOn ? roundTo(await device.client.float(place.activeSetPoint, options)) : { missing: 'this loop is switched off' },
  ]
}

export async function readAll(device: F4t, signal: Cancellation | undefined): Promise<Reading[]> {
  const options: QueryOptions = { priority: 'poll', signal }
  const fit = await device.fit(signal)
  const inputError = await ifFitted(device.client.word(input.error, options))
  const alarms = await readAlarms(device, fit, options)
  const isBroken = alarms.hasSensorError || (inputError !== null && inputError !== code.none)
  const [temperature, setPoint] = await readTemperature(device, fit, { isBroken, options })
  const [humidity, humiditySetPoint] = await readHumidity(device, fit.humidity, { isBroken, options })
  const isOn = await isSwitchedOn(device, options)
  const isRunning = isOn && (await isLoopActive(device, fit.temperature, options))
  return [
    reading('temperature', '°C', temperature),
    reading('humidity', '%', humidity),
    reading('temperature.setpoint', '°C', setPoint),
    reading('humidity.setpoint', '%', humiditySetPoint),
    reading('running', '1', isRunning ? 1 : 0),
    reading('alarms', '1', alarms.active),
  ]
}
