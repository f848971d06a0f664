// Kipp & Zonen SMP pyranometers by Modbus RTU: irradiance, raw irradiance, its deviation, body temperature, supply.
// Doesn't decide calibration, level or cleanliness: values are the sensor's own. Writes nothing but “clear error” (coil 10).
// Follows the SMP series manual, appendix A, and the Smart Pyranometer Modbus Communication Manual V01-0324.
import { wordToInt16 } from '../../src/base/words.ts'
import { StationError } from '../../src/contract/errors.ts'
import type { DriverModule, Identity, Instrument, Reading } from '../../src/contract/instrument.ts'
import type { QueryOptions, RegisterLink } from '../../src/contract/link.ts'
import { profileLimit } from '../scpi/smuLimits.ts'
import { profile } from './profile.ts'
import { coil, input, modelOf, normalMode, otherModelOf, register, scaleFactors, statusBit } from './registers.ts'

export const driver: DriverModule = {
  profile,
  link: 'registers',
  createInstrument: (link, { name }) => createSensor(link, name),
}

function createSensor(link: RegisterLink, name: string): Instrument {
  return {
    identify: (signal) => readIdentity(link, name, { signal }),
    read: async (signal) => {
      const options: QueryOptions = { signal }
      const first = await readBlock(link, name, options)
      if (first.status === 0) return readingsOf(first, { broken: [], deviation: whole(first) })
      // Flags stay until somebody looks: what they say may be long over, so the block is read again behind that.
      const broken = await clearFlags(link, first.status, options)
      const second = await readBlock(link, name, options)
      return readingsOf(second, { broken, deviation: whole(first) })
    },
    // A sensor: there is nothing to switch off.
    safeStop: async () => ({ safe: true, evidence: [], detail: 'measures only; nothing to switch off' }),
  }
}

async function readIdentity(link: RegisterLink, name: string, options: QueryOptions): Promise<Identity> {
  const wrong = (actual: string, cause?: unknown): StationError =>
    new StationError('device.wrongModel', { expected: profile.title, link: name, actual }, cause)
  try {
    const [type = 0, dataModel = 0] = await link.readInput(register.deviceType, 2, options)
    const model = modelOf(type)
    if (model === null || dataModel < 100 || dataModel > 999)
      throw wrong(otherModelOf(type) ?? `a device of type ${type}, data model ${dataModel}`)
    const [batch = 0, serial = 0, software = 0, hardware = 0] = await link.readInput(register.batch, 4, options)
    return {
      maker: 'Kipp & Zonen',
      model,
      serialNumber: `${batch}/${serial}`,
      firmware: `${software / 100} (hardware ${(hardware / 100).toFixed(2)}, data model ${dataModel})`,
    }
  } catch (error) {
    if (error instanceof StationError && error.code === 'device.refused')
      throw wrong('a Modbus device without these registers', error)
    throw error
  }
}

interface Block {
  status: number
  mode: number
  irradianceWPerM2: number
  rawWPerM2: number
  deviationWPerM2: number
  bodyC: number
  supplyV: number
}

/** Registers 2 to 9 in one request, so that flags, scale factor and values belong to the same sample. */
async function readBlock(link: RegisterLink, name: string, options: QueryOptions): Promise<Block> {
  const words = await link.readInput(register.mode, 8, options)
  const at = (address: number): number => words[address - register.mode] ?? 0
  const badReply = (detail: string): StationError =>
    new StationError('device.badReply', {
      instrument: name,
      request: 'read input registers 2–9',
      reply: words.map((word) => word.toString(16).padStart(4, '0')).join(' '),
      detail,
    })
  const factor = scaleFactors[wordToInt16(at(register.scale))]
  if (factor === undefined) throw badReply(`${wordToInt16(at(register.scale))} is no scale factor`)
  const scaled = (address: number): number => Number((wordToInt16(at(address)) * factor).toFixed(2))
  const bodyC = wordToInt16(at(register.body)) / 10
  if (bodyC < profileLimit(profile, 'leastBodyC') || bodyC > profileLimit(profile, 'mostBodyC'))
    throw badReply(`${bodyC} °C is no temperature of its body`)
  return {
    status: at(register.status),
    mode: at(register.mode),
    irradianceWPerM2: scaled(register.irradiance),
    rawWPerM2: scaled(register.raw),
    deviationWPerM2: scaled(register.deviation),
    bodyC,
    supplyV: wordToInt16(at(register.supply)) / 10,
  }
}

const hardwareFlags = [
  [input.adc, 'A/D converter'],
  [input.dac, 'D/A converter'],
  [input.calibration, 'calibration checksum'],
  [input.update, 'update of the calibration'],
] as const

/**
 * Looks at the discrete inputs, which clears void, overflow and underflow; the general error is set after each power-up and is
 * cleared by coil 10 where no part of the hardware is named (manual, A.8).
 * @returns what is broken
 */
async function clearFlags(link: RegisterLink, status: number, options: QueryOptions): Promise<string[]> {
  const inputs = await link.readDiscrete(input.voidData, input.update - input.voidData + 1, options)
  const broken = hardwareFlags.filter(([address]) => inputs[address - input.voidData] === true).map(([, text]) => text)
  if ((status & statusBit.error) !== 0 && broken.length === 0) await link.writeCoil(coil.clearError, true, options)
  return broken
}

/** Why the irradiance isn't one; null where it is. Values a little below zero are right at night. */
function whyInvalid(block: Block, broken: readonly string[]): string | null {
  const { status, mode, irradianceWPerM2 } = block
  if (broken.length > 0) return `hardware error: ${broken.join(', ')}`
  if ((status & statusBit.voidData) !== 0) return 'void: the signal is unstable, or the body too cold or too hot'
  if ((status & statusBit.overflow) !== 0) return 'overflow: beyond the range'
  if ((status & statusBit.underflow) !== 0) return 'underflow: below the range'
  if (status !== 0) return `status flags 0x${status.toString(16).padStart(4, '0')}`
  if (mode !== normalMode) return `operational mode ${mode} instead of normal`
  const isInRange =
    irradianceWPerM2 >= profileLimit(profile, 'leastIrradianceWPerM2') &&
    irradianceWPerM2 <= profileLimit(profile, 'mostIrradianceWPerM2')
  return isInRange ? null : `${irradianceWPerM2} W/m² is beyond what it can measure`
}

const optical = (reason: string | null, channel: string, value: number | null): Reading =>
  reason === null ? { channel, value, unit: 'W/m²' } : { channel, value: null, unit: 'W/m²', reason }

/** Deviation since the last reading, where all of that time was good: the second block knows only the moment between. */
const whole = ({ status, deviationWPerM2 }: Block): number | null =>
  (status & ~statusBit.error) === 0 ? deviationWPerM2 : null

function readingsOf(block: Block, of: { broken: readonly string[]; deviation: number | null }): Reading[] {
  const reason = whyInvalid(block, of.broken)
  const deviation: Reading =
    of.deviation === null && reason === null
      ? {
          channel: 'irradiance.deviation',
          value: null,
          unit: 'W/m²',
          reason: 'not all samples since the last reading were valid',
        }
      : optical(reason, 'irradiance.deviation', of.deviation)
  return [
    optical(reason, 'irradiance', block.irradianceWPerM2),
    optical(reason, 'irradiance.raw', block.rawWPerM2),
    deviation,
    { channel: 'temperature.body', value: block.bodyC, unit: '°C' },
    { channel: 'supply', value: block.supplyV, unit: 'V' },
  ]
}
