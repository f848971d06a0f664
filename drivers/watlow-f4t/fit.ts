import { StationError } from '../../src/contract/errors.ts'
import type { DriverContext } from '../../src/contract/instrument.ts'
import type { QueryOptions } from '../../src/contract/link.ts'
import { ifFitted, isStranger, type WatlowClient } from '../watlow/client.ts'
import type { TemperatureUnit } from '../watlow/temperature.ts'
import { cascade, code, decodePartNumber, limit, loop, partNumberLength, register } from './registers.ts'

/** Registers of one loop, or of the air's side of a cascade. */
export interface LoopPlace {
  name: string
  mode: number
  activeMode: number
  minimum: number
  maximum: number
  setPoint: number
  /** Of a cascade: where its product's set-point is, which holds unless the cascade is disabled. */
  product: { setPoint: number; disable: number } | null
  activeSetPoint: number
  value: number
}

/** What this F4T has. */
export interface Fit {
  partNumber: string
  hasProfiles: boolean
  alarms: number
  /** Slots with a limit controller. */
  limits: readonly number[]
  temperature: LoopPlace
  humidity: LoopPlace | null
  all: readonly LoopPlace[]
}

/** The second loop is humidity where the profiles' units say so; a controller without profiles has no such register. */
export const secondIsHumidity = 'loop-2-is-humidity'

export const loopPlace = (number: number): LoopPlace => {
  const by = (number - 1) * loop.stride
  return {
    name: `loop ${number}`,
    mode: loop.mode + by,
    activeMode: loop.activeMode + by,
    minimum: loop.minimum + by,
    maximum: loop.maximum + by,
    setPoint: loop.setPoint + by,
    product: null,
    activeSetPoint: loop.activeSetPoint + by,
    value: loop.value + by,
  }
}

export const cascadePlace = (number: number): LoopPlace => {
  const by = (number - 1) * cascade.stride
  return {
    name: `cascade ${number}`,
    mode: cascade.mode + by,
    activeMode: cascade.activeMode + by,
    minimum: cascade.minimum + by,
    maximum: cascade.maximum + by,
    setPoint: cascade.setPoint + by,
    product: { setPoint: cascade.productSetPoint + by, disable: cascade.disable + by },
    activeSetPoint: cascade.airSetPoint + by,
    value: cascade.value + by,
  }
}

/** Cascades first, then loops: the order of a profile's loops. */
const placesOf = (of: { loops: number; cascades: number }): LoopPlace[] => [
  ...Array.from({ length: of.cascades }, (_each, i) => cascadePlace(i + 1)),
  ...Array.from({ length: of.loops }, (_each, i) => loopPlace(i + 1)),
]

/** All that an F4T can have, for a stop that comes before anything was asked. */
export const allPlaces: readonly LoopPlace[] = placesOf({ loops: 4, cascades: 2 })

const slots = [1, 2, 3, 4, 5, 6]

/** Throws device.wrongModel where it isn't an F4T, having only read. */
export async function readPartNumber(
  client: WatlowClient,
  about: { name: string; title: string },
  options: QueryOptions,
): Promise<string> {
  const wrong = (actual: string, cause?: unknown): StationError =>
    new StationError('device.wrongModel', { expected: about.title, link: about.name, actual }, cause)
  try {
    const words = await client.words(register.partNumber, partNumberLength, options)
    const text = String.fromCharCode(...words.map((each) => (each >= 0x20 && each < 0x7f ? each : 0x20))).trim()
    if (decodePartNumber(text) === null) throw wrong(`a Modbus device with the part number “${text}”`)
    return text
  } catch (error) {
    if (isStranger(error)) throw wrong('a Modbus device without a Watlow part number', error)
    throw error
  }
}

export async function readFit(
  client: WatlowClient,
  about: { context: DriverContext; title: string },
  options: QueryOptions,
): Promise<Fit> {
  const { context, title } = about
  const { name, deviations } = context
  const partNumber = await readPartNumber(client, { name, title }, options)
  const fitted = decodePartNumber(partNumber)
  const all = placesOf(fitted ?? { loops: 0, cascades: 0 })
  const [temperature, second] = all
  if (!fitted || !temperature)
    throw new StationError('device.wrongModel', {
      expected: title,
      link: name,
      actual: `${partNumber}, without a loop`,
    })
  const units = second && fitted.hasProfiles ? await client.word(register.profileUnits + 2, options) : null
  const isHumidity = units === code.relativeHumidity || deviations.includes(secondIsHumidity)
  const limits: number[] = []
  for (const slot of slots)
    if ((await ifFitted(client.word(limit.state + (slot - 1) * limit.stride, options))) !== null) limits.push(slot)
  const { hasProfiles, alarms } = fitted
  return { partNumber, hasProfiles, alarms, limits, temperature, humidity: second && isHumidity ? second : null, all }
}

export const linkIsEthernet = 'link-is-ethernet'
export const linkIsSerial = 'link-is-serial'

/**
 * Each interface has its own unit, and a driver can't see which of them it talks to. So both have to agree, unless the lab
 * says which one it is. Asked each time: at the panel it is changed with two touches.
 */
export async function readUnit(
  client: WatlowClient,
  { name, deviations }: DriverContext,
  options: QueryOptions,
): Promise<TemperatureUnit> {
  const ask = (address: number): Promise<number | null> =>
    ifFitted(client.code(address, [code.celsius, code.fahrenheit], options))
  const ethernet = deviations.includes(linkIsSerial) ? null : await ask(register.unitEthernet)
  const serial = deviations.includes(linkIsEthernet) ? null : await ask(register.unitSerial)
  const found = ethernet ?? serial
  if (found === null || (ethernet !== null && serial !== null && ethernet !== serial))
    throw new StationError('device.refused', {
      instrument: name,
      request: 'unit of temperatures',
      detail:
        found === null
          ? 'the controller doesn’t tell it'
          : 'its serial and its Ethernet interface have different ones: set both to °C, or say which link this is (deviation)',
    })
  return found === code.celsius ? 'C' : 'F'
}
