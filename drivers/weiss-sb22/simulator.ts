// A Weiss SB 22 at the wire: ASCII-1 frames, polls and sets with checksums, error codes.
// Silent for another address and for a frame that it can't read. Not simulated: programs.
// Follows basil's weiss_sb22.py.
import type { SimulatorContext, SimulatorModule } from '../../src/contract/instrument.ts'
import { hasFault } from '../bench/faults.ts'
import { chamberFaults, createSimulatedChamber, type SimulatedChamber } from '../climate/simulatedChamber.ts'
import {
  ack,
  decodeFrame,
  encodeFrame,
  etx,
  formatHumidity,
  formatTemperature,
  humidityDigit,
  nak,
  sensorError,
  startDigit,
  stx,
} from './protocol.ts'

const answerMs = 60
const longestFrame = 100
const temperatureTooHigh = 13

/**
 * Options: `address` (1), `hardware` (2.00), `errorCode` (0: shown without any fault), `startMs` (0, silence after power-on).
 */
export const simulator: SimulatorModule = {
  faults: [
    { name: 'wrong-checksum', title: 'the checksum of each answer is wrong', effect: 'error' },
    { name: 'nak', title: 'sets are not acknowledged', effect: 'refused' },
    ...Object.values(chamberFaults),
  ],
  createSimulator: (context) => {
    const { clock, options, send } = context
    const poweredMs = clock.monotonicMs()
    const execute = createExecutor(context)
    let input: number[] = []

    const take = async (frame: Uint8Array): Promise<void> => {
      const answer = execute(frame)
      if (answer === null) return
      await clock.sleep(answerMs)
      const bytes = encodeFrame(answer)
      if (hasFault(context, 'wrong-checksum')) bytes[bytes.length - 2] = (bytes.at(-2) ?? 0) ^ 0x01
      send(bytes)
    }
    return {
      receive: (bytes) => {
        if (clock.monotonicMs() - poweredMs < Number(options['startMs'] ?? 0)) return
        for (const byte of bytes) {
          if (byte === stx) input = []
          if (input.length > longestFrame) input = []
          input.push(byte)
          if (byte === etx) void take(Uint8Array.from(input.splice(0)))
        }
      },
    }
  },
}

const setForm = /^T([-\d]\d\d\.\d)F(\d\d)R([01]{16})$/

/** @returns the text of the answer; null for none */
function createExecutor(context: SimulatorContext): (frame: Uint8Array) => string | null {
  const { options } = context
  const address = options['address'] ?? '1'
  const air = createSimulatedChamber(context)
  let digits = '0'.repeat(16)

  const set = (text: string): string => {
    const [, temperature, humidity, given] = setForm.exec(text) ?? []
    if (given === undefined || hasFault(context, 'nak')) return nak
    digits = given
    air.change({
      temperatureC: Number(temperature),
      humidityPercent: Number(humidity),
      isHumidityOn: digits[humidityDigit] === '1',
    })
    if (digits[startDigit] === '1') air.start()
    else air.stop()
    return ack
  }
  return (frame) => {
    air.look()
    const text = decodeFrame(frame)
    if (text === null || text[0] !== address) return null
    const command = text.slice(1)
    if (command === '?') return `${address}${statusText(context, air, digits)}`
    return command.startsWith('T') ? `${address}${set(command)}` : null
  }
}

function errorCode({ options }: SimulatorContext, air: SimulatedChamber): number {
  if (air.hasAlarm()) return temperatureTooHigh
  if (air.measuredC() === null) return sensorError.temperature
  return air.measuredPercent() === null ? sensorError.humidity : Number(options['errorCode'] ?? 0)
}

function statusText(context: SimulatorContext, air: SimulatedChamber, written: string): string {
  const digits = [...written]
  digits[startDigit] = air.isRunning() ? '1' : '0'
  digits[humidityDigit] = air.settings().isHumidityOn ? '1' : '0'
  const error = errorCode(context, air)
  const humidity = (value: number | null): string => (value === null ? '00' : formatHumidity(Math.min(99, value)))
  return [
    `T${formatTemperature(air.measuredC() ?? 0)}`,
    `F${humidity(air.measuredPercent())}`,
    `HW ${context.options['hardware'] ?? '2.00'}`.padEnd(8) + 'E',
    error === 0 ? '--' : String(error).padStart(2, '0'),
    `T${formatTemperature(air.workingC())}`,
    `F${humidity(air.workingPercent())}`,
    `R${digits.join('')}`,
  ].join('')
}
