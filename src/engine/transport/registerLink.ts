import { assert } from '../../base/assert.ts'
import { bytesToHex, concatBytes } from '../../base/bytes.ts'
import type { Clock } from '../../base/clock.ts'
import { StationError } from '../../contract/errors.ts'
import type { QueryOptions, RegisterLink } from '../../contract/link.ts'
import { createChannel, type Answer, type Channel, type Exchange, type LinkStats, type Trace } from './channel.ts'
import { encodeWithModbusSerial, readRegisters, type ModbusClient, type ModbusCodec } from './modbusCodec.ts'
import { frameRtu, frameTcp, predictAnswer, type Framed } from './modbusFrame.ts'
import type { Wire } from './wire.ts'

export type ModbusFraming = 'rtu' | 'tcp'

/** Start, eight data bits, parity, stop: Modbus over serial line V1.02, 2.5.1. */
const bitsPerCharacter = 11
/** 2.5.1.1: 3.5 characters between frames, and 1.75 ms above 19200 baud. */
const gapMsAt = (baudRate: number): number => (baudRate > 19_200 ? 1.75 : (3500 * bitsPerCharacter) / baudRate)
/** USB adapters hold bytes back for up to 16 ms (FTDI's latency timer): shorter silences say nothing. */
const adapterLatencyMs = 20
/** Time for the instrument to think where a driver gives no deadline. */
const turnaroundMs = 1000
/** No frame is longer than 260 bytes; a unit that sends this much in one exchange is not answering. */
const noiseLimit = 4096

const exceptionNames: Record<number, string> = {
  1: 'illegal function',
  2: 'illegal data address',
  3: 'illegal data value',
  4: 'device failure',
  5: 'acknowledged, not done yet',
  6: 'device busy',
  7: 'negative acknowledge',
  8: 'memory parity error',
  10: 'gateway path unavailable',
  11: 'gateway target device failed to respond',
}

/** One physical wire with any number of units. */
export interface ModbusBus {
  /** @param instrument for messages */
  unit(unit: number, instrument: string): RegisterLink & { stats: () => LinkStats; close: () => void }
}

interface Query<T> {
  request: string
  /** What is asked: itself encoded, or a call of modbus-serial that does it. */
  call: ModbusCodec<T> | ((client: ModbusClient) => Promise<T>)
  /** Of vendors' function codes. */
  answerBytes?: number
  options?: QueryOptions | undefined
}

type Ask = <T>(query: Query<T>) => Promise<T>

/** What one request and its answer take on the wire, with time for the unit to think. */
const defaultTimeoutMs = (bytes: number, framing: ModbusFraming, baudRate: number): number =>
  turnaroundMs + (framing === 'rtu' ? Math.ceil((bytes * bitsPerCharacter * 1000) / baudRate) : 0)

/** Finds the answer among what came, and says what is wrong when the deadline passes without one. */
const receiver = (framed: Framed, about: { instrument: string; request: string; timeoutMs: number }) => {
  let received: Uint8Array = new Uint8Array()
  const { instrument, request, timeoutMs } = about
  const badReply = (detail: string): StationError =>
    new StationError('device.badReply', { instrument, request, reply: bytesToHex(received.subarray(0, 64)), detail })
  const receive = (chunk: Uint8Array): Answer<Uint8Array> | null => {
    received = concatBytes(received, chunk)
    const found = framed.find(received)
    if (found) return { value: found.pdu, skippedBytes: found.skippedBytes, rest: found.rest }
    if (received.length > noiseLimit) throw badReply(`more than ${noiseLimit} bytes came, and no answer among them`)
    return null
  }
  const late = (): StationError => {
    const problem = framed.explain(received)
    if (problem !== null) return badReply(problem)
    return new StationError('device.timeout', { instrument, request, timeoutMs, received: bytesToHex(received) })
  }
  return { receive, late }
}

/**
 * Modbus over one physical wire, one exchange at a time across all its units.
 * A late answer of RTU looks like any other, so a unit that missed a deadline isn't asked again until its late answer came,
 * or can't come any more; other units' answers bear their own address and need not wait for that.
 * @param deps.baudRate of the serial line, for its gaps; for RTU over TCP that of the gateway
 */
export function createModbusBus(deps: { channel: Channel; framing: ModbusFraming; baudRate: number }): ModbusBus {
  const { channel, framing, baudRate } = deps
  const gapMs = framing === 'rtu' ? gapMsAt(baudRate) : 0
  const echo = { known: false, isKnown: () => echo.known, learn: (echoes: boolean) => void (echo.known = echoes) }
  let transactionId = 0

  const unit = (address: number, instrument: string) => {
    const party = framing === 'rtu' ? address : null
    const manners = { quietMs: gapMs + adapterLatencyMs, padding: [], gapMs, party }
    const port = channel.join(instrument, manners)
    const ask: Ask = async ({ request, call, answerBytes = 0, options = {} }) => {
      const codec = typeof call === 'function' ? await encodeWithModbusSerial(address, call) : call
      const predicted = predictAnswer(address, codec.pdu, answerBytes)
      transactionId = (transactionId + 1) & 0xffff
      const framed = framing === 'rtu' ? frameRtu(predicted, echo) : frameTcp(predicted, transactionId)
      const wireBytes = framed.bytes.length + predicted.answerLength + 3
      const timeoutMs = options.timeoutMs ?? defaultTimeoutMs(wireBytes, framing, baudRate)
      const exchange: Exchange<Uint8Array> = {
        request,
        bytes: framed.bytes,
        timeoutMs,
        ...manners,
        gapMs: Math.max(gapMs, options.gapMs ?? 0),
        ...receiver(framed, { instrument, request, timeoutMs }),
      }
      const answer = await port.exchange(exchange, options)
      if (((answer[0] ?? 0) & 0x80) === 0) return codec.decode(answer)
      const code = answer[1] ?? 0
      const detail = `exception ${code}, ${exceptionNames[code] ?? 'which the standard does not know'}`
      throw new StationError('device.refused', { instrument, request, detail })
    }
    return { ...registerCalls(ask), stats: port.stats, close: port.close }
  }
  return { unit }
}

const assertWhole = (value: number, least: number, most: number): void =>
  assert(Number.isInteger(value) && value >= least && value <= most, `${value} is not a whole number ${least}…${most}`)

/** Limits of Modbus Application Protocol V1.1b3, 6.1 to 6.12. */
const assertBlock = (address: number, count: number, most: number): void => {
  assertWhole(address, 0, 0xffff)
  assertWhole(count, 1, most)
  assertWhole(address + count, 1, 0x10000)
}

const blockName = (kind: string, address: number, count: number): string =>
  count === 1 ? `${kind} ${address}` : `${kind}s ${address}–${address + count - 1}`

const isVendorCode = (code: number): boolean => (code >= 65 && code <= 72) || (code >= 100 && code <= 110)

const registerCalls = (ask: Ask): RegisterLink => ({
  readInput: async (address, count, options) => {
    assertBlock(address, count, 125)
    const request = blockName('read input register', address, count)
    return ask({ request, call: readRegisters(4, address, count), options })
  },
  readHolding: async (address, count, options) => {
    assertBlock(address, count, 125)
    const request = blockName('read holding register', address, count)
    return ask({ request, call: readRegisters(3, address, count), options })
  },
  readCoils: async (address, count, options) => {
    assertBlock(address, count, 2000)
    const request = blockName('read coil', address, count)
    // The answer is padded to whole bytes.
    return (await ask({ request, call: (client) => client.readCoils(address, count), options })).data.slice(0, count)
  },
  readDiscrete: async (address, count, options) => {
    assertBlock(address, count, 2000)
    const request = blockName('read discrete input', address, count)
    return (await ask({ request, call: (client) => client.readDiscreteInputs(address, count), options })).data.slice(
      0,
      count,
    )
  },
  writeRegister: async (address, value, options) => {
    assertBlock(address, 1, 1)
    assertWhole(value, 0, 0xffff)
    const request = `write ${value} to register ${address}`
    await ask({ request, call: (client) => client.writeRegister(address, value), options })
  },
  writeRegisters: async (address, values, options) => {
    assertBlock(address, values.length, 123)
    for (const value of values) assertWhole(value, 0, 0xffff)
    const request = `write ${values.join(', ')} to ${blockName('register', address, values.length)}`
    await ask({ request, call: (client) => client.writeRegisters(address, [...values]), options })
  },
  writeCoil: async (address, on, options) => {
    assertBlock(address, 1, 1)
    const request = `switch coil ${address} ${on ? 'on' : 'off'}`
    await ask({ request, call: (client) => client.writeCoil(address, on), options })
  },
  custom: async (functionCode, data, options) => {
    assert(isVendorCode(functionCode), `${functionCode} is not a vendor's function code`)
    assert(options, 'a vendor function comes with the length of its answer')
    const { answerBytes } = options
    assertWhole(answerBytes, 0, 251)
    assertWhole(data.length, 0, 251)
    const request = `function ${functionCode} ${bytesToHex(data)}`
    const call = (client: ModbusClient) => client.customFunction(functionCode, [...data])
    return Uint8Array.from((await ask({ request, call, answerBytes, options })).data)
  },
})

/** One unit that has the wire for itself. `close` closes the wire. */
export function createRegisterLink(deps: {
  wire: Wire
  clock: Clock
  framing: ModbusFraming
  baudRate: number
  unit: number
  /** The instrument's name, for messages. */
  name: string
  trace?: Trace
}): RegisterLink & { stats: () => LinkStats; close: () => Promise<void> } {
  const bus = createModbusBus({ ...deps, channel: createChannel(deps) })
  const link = bus.unit(deps.unit, deps.name)
  const close = (): Promise<void> => {
    link.close()
    return deps.wire.close()
  }
  return { ...link, close }
}
