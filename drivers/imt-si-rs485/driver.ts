// IMT Si-RS485TC irradiance sensor by Modbus RTU: irradiance, its cell's temperature, an external temperature.
// Doesn't decide calibration or spectral mismatch: values are the sensor's own. Changes no setting of the sensor.
// Follows “MODBUS Specification Si-RS485” of March 2017 (firmware 1.51 and later; registers 7 and 8 from 1.53).
import type { Cancellation } from '../../src/base/cancellation.ts'
import { StationError } from '../../src/contract/errors.ts'
import type { DriverContext, DriverModule, Identity, Instrument, Reading } from '../../src/contract/instrument.ts'
import type { RegisterLink } from '../../src/contract/link.ts'
import { profileLimit } from '../scpi/smuLimits.ts'
import { profile } from './profile.ts'
import { register, signed16, signedFromFirmware, vendorFunction, versionSubFunction } from './registers.ts'

/**
 * Temperature inputs without a sensor read 0. On the bench nothing is at exactly 0.0 °C, so a 0 is reported as missing.
 * Where it does freeze, this deviation takes 0 as a temperature; then it has to be known that the sensor is fitted.
 */
export const zeroIsATemperature = 'zero-is-a-temperature'

const timeoutMs = 1000

export const driver: DriverModule = {
  profile,
  link: 'registers',
  createInstrument: (link, context) => createSensor(link, context),
}

interface Version {
  hardware: number
  firmware: number
}

function createSensor(link: RegisterLink, context: DriverContext): Instrument {
  let known: Version | null = null

  const version = async (signal: Cancellation | undefined): Promise<Version> => {
    known ??= await readVersion(link, context.name, signal)
    return known
  }

  return {
    identify: async (signal) => {
      known = null
      const { hardware, firmware } = await version(signal)
      const identity: Identity = {
        maker: 'IMT',
        model: 'Si-RS485',
        serialNumber: null,
        firmware: `${(firmware / 100).toFixed(2)} (hardware ${(hardware / 100).toFixed(2)})`,
      }
      return identity
    },
    read: async (signal) => readAll(link, context, { firmware: (await version(signal)).firmware, signal }),
    // A sensor: there is nothing to switch off.
    safeStop: async () => ({ safe: true, evidence: [], detail: 'measures only; nothing to switch off' }),
  }
}

/**
 * Version by the vendor's function. The protocol has no name of the model, so the sensor is known by answering this
 * function at all, and with versions that can be. Throws device.wrongModel.
 */
async function readVersion(link: RegisterLink, name: string, signal: Cancellation | undefined): Promise<Version> {
  const wrong = (actual: string, cause?: unknown): StationError =>
    new StationError('device.wrongModel', { expected: profile.title, link: name, actual }, cause)
  let data: Uint8Array
  try {
    data = await link.custom(vendorFunction, Uint8Array.of(versionSubFunction), { answerBytes: 5, timeoutMs, signal })
  } catch (error) {
    if (error instanceof StationError && error.code === 'device.refused')
      throw wrong('a Modbus device without the version function 0x46', error)
    throw error
  }
  const [subFunction, hardwareHigh = 0, hardwareLow = 0, firmwareHigh = 0, firmwareLow = 0] = data
  const hardware = hardwareHigh * 256 + hardwareLow
  const firmware = firmwareHigh * 256 + firmwareLow
  if (data.length !== 5 || subFunction !== versionSubFunction || firmware < 100 || firmware > 999 || hardware > 999)
    throw wrong(`a device with version bytes ${[...data].join(' ')}`)
  return { hardware, firmware }
}

async function readAll(
  link: RegisterLink,
  context: DriverContext,
  { firmware, signal }: { firmware: number; signal: Cancellation | undefined },
): Promise<Reading[]> {
  const isSigned = firmware >= signedFromFirmware
  // Two requests: older firmware refuses any range that touches a register it doesn't have (exception 2).
  const [irradiance = 0] = await readWords(link, context.name, { address: register.irradiance, count: 1, signal })
  const address = isSigned ? register.cell : register.legacyCell
  const [cell = 0, external = 0] = await readWords(link, context.name, { address, count: 2, signal })
  const toC = isSigned ? (word: number) => signed16(word) / 10 : (word: number) => (word - 250) / 10
  const mostWPerM2 = profileLimit(profile, isSigned ? 'maxIrradianceWPerM2' : 'maxIrradianceWPerM2Before1.53')
  const temperature = (channel: string, word: number): Reading =>
    word === 0 && !context.deviations.includes(zeroIsATemperature)
      ? { channel, value: null, unit: '°C', reason: 'the register reads 0: no sensor is fitted (or the value is lost)' }
      : { channel, value: toC(word), unit: '°C' }
  const overRange = `at or beyond the sensor's ${mostWPerM2} W/m²`
  return [
    irradiance / 10 >= mostWPerM2
      ? { channel: 'irradiance', value: null, unit: 'W/m²', reason: overRange }
      : { channel: 'irradiance', value: irradiance / 10, unit: 'W/m²' },
    temperature('temperature.cell', cell),
    temperature('temperature.external', external),
  ]
}

async function readWords(
  link: RegisterLink,
  name: string,
  { address, count, signal }: { address: number; count: number; signal: Cancellation | undefined },
): Promise<number[]> {
  const words = await link.readInput(address, count, { timeoutMs, signal })
  if (words.length === count && words.every((word) => Number.isInteger(word) && word >= 0 && word <= 0xffff))
    return words
  throw new StationError('device.badReply', {
    instrument: name,
    request: `input registers ${address} to ${address + count - 1}`,
    reply: words.join(' '),
    detail: `${count} words of 16 bits are expected`,
  })
}
