// An IMT Si-RS485TC at the wire: Modbus RTU slave with functions 4, 8 and 0x46/07, exceptions 1 to 3.
// Silent for another unit, a broken CRC and the first 4 s. The vendor's writing sub-functions are refused (exception 1).
// Follows “MODBUS Specification Si-RS485” of March 2017.
import { concatBytes } from '../../src/base/bytes.ts'
import type { SimulatorContext, SimulatorModule } from '../../src/contract/instrument.ts'
import { hasFault } from '../bench/faults.ts'
import { hasValidCrc, withCrc } from '../bench/modbusRtu.ts'
import { modbusFaults } from '../bench/modbusSlave.ts'
import { register, signedFromFirmware, vendorFunction, versionSubFunction } from './registers.ts'

const readInput = 0x04
const diagnostics = 0x08
/** A gap after which half a frame is thrown away. The standard says 3.5 characters; wires of PCs deliver in lumps. */
const gapMs = 50
const answerMs = 15

/**
 * Options: `unit` (1), `sensor` (0 to 3: which back-side sensor is the external one), `firmware` (1.53), `hardware`
 * (2.00), `startMs` (4000, silence after power-on), `unfitted` (`cell`, `external` or both: they read 0).
 */
export const simulator: SimulatorModule = {
  faults: [
    ...modbusFaults,
    { name: 'over-range', title: 'irradiance at the end of the range', effect: 'missing' },
    { name: 'exception', title: 'exception 4, slave failure', effect: 'error' },
  ],
  createSimulator: (context) => {
    const { clock, options, send } = context
    const poweredMs = clock.monotonicMs()
    const unit = Number(options.unit ?? 1)
    const slave = createSlave(context)
    let input: Uint8Array = new Uint8Array(0)
    let lastMs = poweredMs

    const answer = async (pdu: Uint8Array, request: Uint8Array): Promise<void> => {
      await clock.sleep(answerMs)
      if (hasFault(context, 'wrong-function')) pdu[0] = (pdu[0] ?? 0) ^ 1
      const frame = withCrc(concatBytes(Uint8Array.of(hasFault(context, 'wrong-unit') ? unit + 1 : unit), pdu))
      if (hasFault(context, 'wrong-crc')) frame[frame.length - 1] = (frame.at(-1) ?? 0) ^ 0x55
      const before = hasFault(context, 'echo') ? [request] : []
      const zero = hasFault(context, 'leading-zero') ? [Uint8Array.of(0)] : []
      send(concatBytes(...before, ...zero, frame))
    }

    const take = (frame: Uint8Array): void => {
      if (frame[0] !== unit) return
      const pdu = slave.answer(frame.subarray(1, -2))
      if (pdu) void answer(pdu, frame)
    }

    return {
      receive: (bytes) => {
        const nowMs = clock.monotonicMs()
        if (nowMs - poweredMs < Number(options.startMs ?? 4000)) return
        input = nowMs - lastMs > gapMs ? bytes.slice() : concatBytes(input, bytes)
        lastMs = nowMs
        for (let frame = nextFrame(input); frame !== null; frame = nextFrame(input)) {
          input = input.subarray(frame.end)
          if (frame.bytes) take(frame.bytes)
          else slave.countBadFrame()
        }
      },
    }
  },
}

const requestBytes = (functionCode: number, subFunction: number): number => {
  if (functionCode >= 1 && functionCode <= 6) return 8
  if (functionCode === diagnostics) return 8
  if (functionCode === vendorFunction) return subFunction === 4 ? 6 : subFunction === 6 ? 8 : 5
  return 4
}

/**
 * The next request in the input: its bytes, or none where a byte had to be skipped to find the start of a frame again.
 * Null while more has to come.
 */
export function nextFrame(input: Uint8Array): { bytes: Uint8Array | null; end: number } | null {
  const [, functionCode, subFunction] = input
  if (functionCode === undefined || subFunction === undefined) return null
  const end = requestBytes(functionCode, subFunction)
  if (input.length < end) return null
  const bytes = input.subarray(0, end)
  return hasValidCrc(bytes) ? { bytes, end } : { bytes: null, end: 1 }
}

const exception = (functionCode: number, code: number): Uint8Array => Uint8Array.of(functionCode | 0x80, code)
const word = (value: number): number[] => [(value >>> 8) & 0xff, value & 0xff]
const unsigned = (value: number, most: number): number => Math.min(most, Math.max(0, Math.round(value)))

/** What each register holds now. */
function createValues(context: SimulatorContext, isSigned: boolean): (address: number) => number {
  const { bench, options, random } = context
  const sensor = Number(options.sensor ?? 0)
  const gain = 1 + 2e-4 * random.fork('gain').normal()
  const noise = random.fork('noise')
  const unfitted = (options.unfitted ?? '').split(',')
  const mostIrradiance = isSigned ? 15_000 : 14_000

  const irradiance = (): number =>
    hasFault(context, 'over-range')
      ? mostIrradiance
      : unsigned((bench.irradianceWPerM2() * gain + 0.2 * noise.normal()) * 10, mostIrradiance)
  const temperatureC = {
    external: () => bench.moduleTemperatureC(sensor) + 0.02 * noise.normal(),
    // The sensor lies in the module's plane, but isn't cooled from behind.
    cell: () => bench.moduleTemperatureC(sensor) + (1.5 * bench.irradianceWPerM2()) / 1000 + 0.02 * noise.normal(),
  }
  const shifted = (name: 'cell' | 'external', offsetC: number) => (): number =>
    unfitted.includes(name) ? 0 : unsigned((temperatureC[name]() + offsetC) * 10, 0xffff)
  const signed = (name: 'cell' | 'external') => (): number =>
    unfitted.includes(name) ? 0 : Math.round(temperatureC[name]() * 10) & 0xffff

  const values: Record<number, () => number> = {
    [register.irradiance]: irradiance,
    [register.legacyCell]: shifted('cell', 25),
    [register.legacyExternal]: shifted('external', 25),
    [register.secondCell]: shifted('cell', 100),
    [register.secondExternal]: shifted('external', 100),
    [register.cell]: signed('cell'),
    [register.external]: signed('external'),
  }
  // No wind sensor is fitted, and register 4 is reserved: both read 0.
  return (address) => values[address]?.() ?? 0
}

/** Function 8: echo, restart, listen only, clear, and counters. */
function createDiagnostics() {
  const none = { bus: 0, errors: 0, exceptions: 0, slave: 0 }
  const state = { ...none, isListenOnly: false }
  const answer = (pdu: Uint8Array): Uint8Array | null => {
    const sub = (pdu[1] ?? 0) * 256 + (pdu[2] ?? 0)
    const counters = [state.bus, state.errors, state.exceptions, state.slave, 0, 0, 0, 0]
    if (sub === 0x00) return pdu.slice()
    if (sub === 0x01 || sub === 0x0a) {
      Object.assign(state, none, { isListenOnly: false })
      return pdu.slice()
    }
    if (sub === 0x04) {
      state.isListenOnly = true
      return null
    }
    const value = counters[sub - 0x0b]
    return value === undefined ? exception(diagnostics, 1) : Uint8Array.of(diagnostics, 0, sub, ...word(value))
  }
  return { state, answer }
}

/** The device behind the wire: PDUs without unit and CRC. */
function createSlave(context: SimulatorContext) {
  const { options } = context
  const firmware = Math.round(Number(options.firmware ?? '1.53') * 100)
  const hardware = Math.round(Number(options.hardware ?? '2.00') * 100)
  const isSigned = firmware >= signedFromFirmware
  const valueAt = createValues(context, isSigned)
  const { state, answer: diagnose } = createDiagnostics()

  const readRegisters = (first: number, count: number): Uint8Array => {
    if (count < 1 || count > 125) return exception(readInput, 3)
    const last = isSigned ? register.external : register.secondExternal
    if (first + count - 1 > last) return exception(readInput, 2)
    const bytes = Array.from({ length: count }, (_each, i) => word(valueAt(first + i))).flat()
    return Uint8Array.of(readInput, bytes.length, ...bytes)
  }
  const respond = (pdu: Uint8Array): Uint8Array | null => {
    const [functionCode = 0, a = 0, b = 0, c = 0, d = 0] = pdu
    const forced = [1, 2, 3, 4, 6].find((each) => hasFault(context, `exception-${each}`))
    if (forced !== undefined) return exception(functionCode, forced)
    if (hasFault(context, 'exception')) return exception(functionCode, 4)
    if (functionCode === readInput) return readRegisters(a * 256 + b, c * 256 + d)
    if (functionCode === diagnostics) return diagnose(pdu)
    if (functionCode === vendorFunction && a === versionSubFunction)
      return Uint8Array.of(vendorFunction, versionSubFunction, ...word(hardware), ...word(firmware))
    return exception(functionCode, 1)
  }
  return {
    countBadFrame: () => void state.errors++,
    answer: (pdu: Uint8Array): Uint8Array | null => {
      state.bus++
      state.slave++
      const isRestart = pdu[0] === diagnostics && pdu[1] === 0 && pdu[2] === 1
      if (state.isListenOnly && !isRestart) return null
      const answer = respond(pdu)
      if (answer && ((answer[0] ?? 0) & 0x80) !== 0) state.exceptions++
      return answer
    },
  }
}
