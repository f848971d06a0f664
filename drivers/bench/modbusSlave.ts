import { concatBytes } from '../../src/base/bytes.ts'
import type { SimulatorContext, SimulatorFault, WireSimulator } from '../../src/contract/instrument.ts'
import { hasFault } from './faults.ts'
import { hasValidCrc, withCrc } from './modbusRtu.ts'

/** Why a request is refused: 1 function, 2 address, 3 value, 4 device failure, 6 busy. */
export interface ModbusException {
  exception: number
}
export const refuse = (exception: number): ModbusException => ({ exception })

/** The device behind the wire; what it doesn't have is exception 1. Addresses are zero based, as on the wire. */
export interface ModbusDevice {
  readRegisters?: (kind: 'holding' | 'input', address: number, count: number) => number[] | ModbusException
  readBits?: (kind: 'coil' | 'discrete', address: number, count: number) => boolean[] | ModbusException
  /** @returns null when taken */
  writeRegisters?: (address: number, values: readonly number[]) => ModbusException | null
  writeCoils?: (address: number, values: readonly boolean[]) => ModbusException | null
  /** A vendor's function: the bytes behind its code, there and back. */
  custom?: (functionCode: number, data: Uint8Array) => Uint8Array | ModbusException
}

export interface ModbusSlave {
  context: SimulatorContext
  device: ModbusDevice
  /** Its address; with Modbus TCP any unit is answered, as the connection says who is meant, unless `strictUnit`. */
  unit: number
  strictUnit?: boolean
  /** Other addresses that it answers too, over RTU. */
  alsoAnswers?: (unit: number) => boolean
  answerMs?: number
  /** Function codes that it has, where these are fewer than those below; all others are exception 1. */
  functions?: readonly number[]
  /** Length of a vendor's request in bytes, without unit, code and CRC; null for a code it doesn't know. */
  customLength?: (functionCode: number, data: Uint8Array) => number | null
}

/** Faults that every Modbus simulator has. */
export const modbusFaults: readonly SimulatorFault[] = [
  { name: 'exception-1', title: 'every request is refused: illegal function', effect: 'error' },
  { name: 'exception-2', title: 'every request is refused: illegal data address', effect: 'error' },
  { name: 'exception-3', title: 'every request is refused: illegal data value', effect: 'error' },
  { name: 'exception-4', title: 'every request is refused: device failure', effect: 'error' },
  { name: 'exception-6', title: 'every request is refused: device busy', effect: 'error' },
  { name: 'wrong-crc', title: 'the CRC of each answer is wrong (RTU)', effect: 'error' },
  { name: 'wrong-unit', title: 'another unit answers', effect: 'error' },
  { name: 'wrong-function', title: 'the answer is to another function', effect: 'error' },
  { name: 'leading-zero', title: 'a zero byte before each answer, as some adapters make it', effect: 'harmless' },
  {
    name: 'echo',
    title: 'the request comes back before the answer (an RS-485 adapter that hears itself)',
    effect: 'harmless',
  },
]

const gapMs = 50
const mostRegisters = 125
const mostBits = 2000
const word = (bytes: Uint8Array, at: number): number => (bytes[at] ?? 0) * 256 + (bytes[at + 1] ?? 0)
const toBytes = (words: readonly number[]): number[] => words.flatMap((each) => [(each >>> 8) & 0xff, each & 0xff])

function packBits(bits: readonly boolean[]): number[] {
  const bytes = new Array<number>(Math.ceil(bits.length / 8)).fill(0)
  bits.forEach((on, i) => {
    if (on) bytes[i >> 3] = (bytes[i >> 3] ?? 0) | (1 << (i & 7))
  })
  return bytes
}

const unpackBits = (bytes: Uint8Array, count: number): boolean[] =>
  Array.from({ length: count }, (_each, i) => (((bytes[i >> 3] ?? 0) >> (i & 7)) & 1) === 1)

const isRefused = (answer: unknown): answer is ModbusException =>
  typeof answer === 'object' && answer !== null && 'exception' in answer

type Handler = (device: ModbusDevice, pdu: Uint8Array) => Uint8Array | ModbusException

const readWords =
  (kind: 'holding' | 'input'): Handler =>
  (device, pdu) => {
    if (!device.readRegisters) return refuse(1)
    const count = word(pdu, 3)
    if (count < 1 || count > mostRegisters) return refuse(3)
    const found = device.readRegisters(kind, word(pdu, 1), count)
    return isRefused(found) ? found : Uint8Array.of(pdu[0] ?? 0, count * 2, ...toBytes(found))
  }

const readBits =
  (kind: 'coil' | 'discrete'): Handler =>
  (device, pdu) => {
    if (!device.readBits) return refuse(1)
    const count = word(pdu, 3)
    if (count < 1 || count > mostBits) return refuse(3)
    const found = device.readBits(kind, word(pdu, 1), count)
    if (isRefused(found)) return found
    const bytes = packBits(found)
    return Uint8Array.of(pdu[0] ?? 0, bytes.length, ...bytes)
  }

const writeCoil: Handler = (device, pdu) => {
  if (!device.writeCoils) return refuse(1)
  const value = word(pdu, 3)
  if (value !== 0 && value !== 0xff00) return refuse(3)
  return device.writeCoils(word(pdu, 1), [value !== 0]) ?? pdu.slice(0, 5)
}

const writeRegister: Handler = (device, pdu) =>
  device.writeRegisters ? (device.writeRegisters(word(pdu, 1), [word(pdu, 3)]) ?? pdu.slice(0, 5)) : refuse(1)

const writeCoils: Handler = (device, pdu) => {
  if (!device.writeCoils) return refuse(1)
  const count = word(pdu, 3)
  if (count < 1 || pdu[5] !== Math.ceil(count / 8)) return refuse(3)
  return device.writeCoils(word(pdu, 1), unpackBits(pdu.subarray(6), count)) ?? pdu.slice(0, 5)
}

const writeRegisters: Handler = (device, pdu) => {
  if (!device.writeRegisters) return refuse(1)
  const count = word(pdu, 3)
  if (count < 1 || count > 123 || pdu[5] !== count * 2) return refuse(3)
  const values = Array.from({ length: count }, (_each, i) => word(pdu, 6 + i * 2))
  return device.writeRegisters(word(pdu, 1), values) ?? pdu.slice(0, 5)
}

const handlers: Readonly<Record<number, Handler>> = {
  1: readBits('coil'),
  2: readBits('discrete'),
  3: readWords('holding'),
  4: readWords('input'),
  5: writeCoil,
  6: writeRegister,
  15: writeCoils,
  16: writeRegisters,
}

function answerPdu(slave: ModbusSlave, pdu: Uint8Array): Uint8Array {
  const { context, device } = slave
  const code = pdu[0] ?? 0
  const forced = [1, 2, 3, 4, 6].find((each) => hasFault(context, `exception-${each}`))
  const handler = slave.functions?.includes(code) === false ? undefined : handlers[code]
  const custom = device.custom?.(code, pdu.subarray(1)) ?? refuse(1)
  const answer = forced !== undefined ? refuse(forced) : handler ? handler(device, pdu) : custom
  if (!isRefused(answer)) {
    const isCustom = handler === undefined
    return isCustom ? concatBytes(Uint8Array.of(code), answer) : answer
  }
  return Uint8Array.of(code | 0x80, answer.exception)
}

/** Bytes of an RTU request with unit and CRC; null while that can't be told yet, 0 where the code isn't known. */
function requestLength(input: Uint8Array, slave: ModbusSlave): number | null {
  const code = input[1]
  if (code === undefined) return null
  if (code >= 1 && code <= 6) return 8
  if (code === 15 || code === 16) return input.length < 7 ? null : 9 + (input[6] ?? 0)
  const length = slave.customLength?.(code, input.subarray(2))
  return length === undefined || length === null ? 0 : 4 + length
}

/** A request as it came, and how its answer goes back. */
interface Request {
  unit: number
  pdu: Uint8Array
  /** The request's own bytes, for the echo. */
  bytes: Uint8Array
  frame: (unit: number, pdu: Uint8Array) => Uint8Array
  end: number
}

const looksLikeTcp = (input: Uint8Array): boolean =>
  input.length >= 6 && input[2] === 0 && input[3] === 0 && word(input, 4) >= 2 && word(input, 4) <= 254

function nextTcp(input: Uint8Array): Request | null {
  const end = 6 + word(input, 4)
  if (input.length < end) return null
  const transaction = input.slice(0, 2)
  return {
    unit: input[6] ?? 0,
    pdu: input.slice(7, end),
    bytes: input.slice(0, end),
    frame: (unit, pdu) => concatBytes(transaction, Uint8Array.of(0, 0, 0, pdu.length + 1, unit), pdu),
    end,
  }
}

const frameRtu = (unit: number, pdu: Uint8Array): Uint8Array => withCrc(concatBytes(Uint8Array.of(unit), pdu))

/** @returns null while more has to come; a request without a PDU where one byte had to be skipped */
function nextRtu(input: Uint8Array, slave: ModbusSlave): Request | { pdu: null; end: number } | null {
  const known = requestLength(input, slave)
  if (known === null) return null
  // How long a request of another function is only its CRC tells; it gets exception 1.
  const length = known === 0 && input.length >= 4 && hasValidCrc(input) ? input.length : known
  if (length > 0 && input.length < length) return null
  const bytes = input.slice(0, length)
  if (length === 0 || !hasValidCrc(bytes)) return { pdu: null, end: 1 }
  return { unit: bytes[0] ?? 0, pdu: bytes.slice(1, -2), bytes, frame: frameRtu, end: length }
}

/**
 * A Modbus device at the wire: RTU, and Modbus TCP where the frame says so, as a gateway in front of it would have it.
 * Silent for another unit and a broken CRC.
 */
export function createModbusSlave(slave: ModbusSlave): WireSimulator & { pendingBytes: () => number } {
  const { context, unit } = slave
  const { clock, send } = context
  let input: Uint8Array = new Uint8Array(0)
  let lastMs = clock.monotonicMs()

  const respond = async (request: Request): Promise<void> => {
    const pdu = answerPdu(slave, request.pdu)
    await clock.sleep(slave.answerMs ?? 5)
    if (hasFault(context, 'wrong-function')) pdu[0] = (pdu[0] ?? 0) === 3 ? 4 : 3
    const answered = hasFault(context, 'wrong-unit') ? request.unit + 1 : request.unit
    const frame = request.frame(answered, pdu)
    const isRtu = request.frame === frameRtu
    const before = isRtu && hasFault(context, 'echo') ? [request.bytes] : []
    if (isRtu && hasFault(context, 'wrong-crc')) frame[frame.length - 1] = (frame.at(-1) ?? 0) ^ 0x55
    const zero = isRtu && hasFault(context, 'leading-zero') ? [Uint8Array.of(0)] : []
    send(concatBytes(...before, ...zero, frame))
  }
  const take = (request: Request): void => {
    const isTcp = request.frame !== frameRtu
    const isMeant = request.unit === unit || slave.alsoAnswers?.(request.unit) === true
    if (isMeant || (isTcp && slave.strictUnit !== true)) void respond(request)
  }
  // Some RTU requests look like the head of a TCP frame: their CRC tells them apart.
  const next = (): Request | { pdu: null; end: number } | null => {
    const rtu = nextRtu(input, slave)
    return rtu?.pdu || !looksLikeTcp(input) ? rtu : nextTcp(input)
  }
  return {
    /** Of a request whose rest hasn't come yet. */
    pendingBytes: () => input.length,
    receive: (bytes) => {
      const nowMs = clock.monotonicMs()
      input = nowMs - lastMs > gapMs ? bytes.slice() : concatBytes(input, bytes)
      lastMs = nowMs
      for (let found = next(); found !== null && input.length > 0; found = next()) {
        input = input.slice(found.end)
        if (found.pdu !== null) take(found)
      }
    },
  }
}
