/** For driver tests only: links over a simulator in memory, in the time of a virtual clock. */
import { bytesToLatin1, concatBytes, latin1ToBytes } from '../../src/base/bytes.ts'
import { cancellable } from '../../src/base/cancellation.ts'
import { withDeadline } from '../../src/base/clock.ts'
import { createRandom } from '../../src/base/random.ts'
import { createTurns } from '../../src/base/turns.ts'
import { createVirtualClock, type VirtualClock } from '../../src/base/virtualClock.ts'
import { StationError } from '../../src/contract/errors.ts'
import type { SimulatedBench, SimulatorModule, WireSimulator } from '../../src/contract/instrument.ts'
import {
  linkPriority,
  type LineLink,
  type LineSettings,
  type QueryOptions,
  type RegisterLink,
} from '../../src/contract/link.ts'
import { createBench, type BenchOptions } from './bench.ts'
import { startSimulator } from './startSimulator.ts'
import { hasValidCrc, withCrc } from './modbusRtu.ts'

export interface TestWire {
  clock: VirtualClock
  bench: SimulatedBench
  simulator: WireSimulator
  /** May be changed while the test runs. */
  options: Record<string, string>
  /** Every chunk that the simulator sent. */
  onBytes: (listener: (bytes: Uint8Array) => void) => void
  /** Lines and bytes that went to the simulator. */
  sent: Uint8Array[]
}

/** @param settle a turn of the event loop */
export function createTestWire(
  module: SimulatorModule,
  settle: () => Promise<void>,
  more: { options?: Record<string, string>; bench?: Partial<BenchOptions>; seed?: number } = {},
): TestWire {
  const clock = createVirtualClock(Date.UTC(2026, 0, 5, 9), settle)
  const random = createRandom(more.seed ?? 7)
  const bench = createBench({ clock, random: random.fork('bench'), ...more.bench })
  const listeners: ((bytes: Uint8Array) => void)[] = []
  const sent: Uint8Array[] = []
  const { simulator: device, context } = startSimulator(module, {
    clock,
    random: random.fork('instrument'),
    bench,
    send: (bytes) => {
      for (const listener of listeners) listener(bytes.slice())
    },
    options: more.options ?? {},
  })
  const options = context.options as Record<string, string>
  const simulator: WireSimulator = {
    receive: (bytes) => {
      sent.push(bytes)
      device.receive(bytes)
    },
  }
  return { clock, bench, simulator, options, onBytes: (listener) => void listeners.push(listener), sent }
}

/** What was sent so far, as lines. */
export const linesSent = (wire: TestWire): string[] =>
  bytesToLatin1(concatBytes(...wire.sent))
    .split(/[\r\n]/)
    .filter((line) => line !== '')

export function createTestLineLink(wire: TestWire, settings: LineSettings): LineLink {
  const { clock, simulator } = wire
  const turns = createTurns()
  let input = ''
  let pending: { resolve: (line: string) => void; reject: (error: Error) => void } | null = null
  wire.onBytes((bytes) => {
    for (const char of bytesToLatin1(bytes)) {
      if (!settings.receiveTerminators.includes(char)) input += char
      else if (input !== '') {
        const line = input
        input = ''
        pending?.resolve(line)
        pending = null
      }
    }
  })
  const quiet = async (): Promise<void> => {
    await clock.sleep(settings.quietMs)
    input = ''
  }
  const sendLine = (line: string): void => simulator.receive(latin1ToBytes(line + settings.sendTerminator))
  const order = (options: QueryOptions) => ({
    priority: linkPriority[options.priority ?? 'poll'],
    signal: options.signal,
  })

  const query: LineLink['query'] = (line, options = {}) =>
    turns.take(async () => {
      const timeoutMs = options.timeoutMs ?? settings.defaultTimeoutMs
      const late = () => new StationError('device.timeout', { instrument: 'test', request: line, timeoutMs })
      const answer = new Promise<string>((resolve, reject) => {
        pending = { resolve, reject }
      })
      try {
        sendLine(line)
        return await withDeadline(cancellable(answer, options.signal), clock, { timeoutMs, late })
      } catch (error) {
        pending = null
        await quiet()
        throw error
      }
    }, order(options))

  return {
    query,
    queryLines: () => Promise.reject(new Error('no driver here asks for several lines')),
    write: (line, options = {}) => turns.take(async () => sendLine(line), order(options)),
    interrupt: async (bytes) => {
      simulator.receive(bytes)
      pending?.reject(new StationError('device.closed', { link: 'test' }))
      pending = null
      await quiet()
    },
  }
}

/** A Modbus RTU master; only what the drivers of this folder use. */
export function createTestRegisterLink(wire: TestWire, unit: number): RegisterLink {
  const { clock, simulator } = wire
  const turns = createTurns()
  let input: Uint8Array = new Uint8Array(0)
  let arrived: (() => void) | null = null
  wire.onBytes((bytes) => {
    input = concatBytes(input, bytes)
    arrived?.()
  })

  const exchange = (pdu: Uint8Array, answerPdu: number, options: QueryOptions = {}): Promise<Uint8Array> =>
    turns.take(
      async () => {
        const timeoutMs = options.timeoutMs ?? 500
        const request = `function ${pdu[0]}`
        const late = () => new StationError('device.timeout', { instrument: 'test', request, timeoutMs })
        input = new Uint8Array(0)
        const answer = new Promise<Uint8Array>((resolve) => {
          arrived = () => {
            const wanted = ((input[1] ?? 0) & 0x80) !== 0 ? 5 : answerPdu + 3
            if (input.length >= wanted) resolve(input.subarray(0, wanted))
          }
        })
        simulator.receive(withCrc(concatBytes(Uint8Array.of(unit), pdu)))
        const frame = await withDeadline(cancellable(answer, options.signal), clock, { timeoutMs, late })
        if (!hasValidCrc(frame) || frame[0] !== unit)
          throw new StationError('device.badReply', { instrument: 'test', request, reply: '', detail: 'CRC or unit' })
        if (((frame[1] ?? 0) & 0x80) !== 0)
          throw new StationError('device.refused', { instrument: 'test', request, detail: `exception ${frame[2]}` })
        return frame.slice(1, -2)
      },
      { signal: options.signal },
    )

  const unused = (): never => {
    throw new Error('no driver here writes registers')
  }
  return {
    readInput: async (address, count, options) => {
      const request = Uint8Array.of(4, address >>> 8, address & 0xff, count >>> 8, count & 0xff)
      const pdu = await exchange(request, 2 + count * 2, options)
      return Array.from({ length: count }, (_each, i) => (pdu[2 + i * 2] ?? 0) * 256 + (pdu[3 + i * 2] ?? 0))
    },
    custom: async (functionCode, data, options) => {
      const pdu = await exchange(
        concatBytes(Uint8Array.of(functionCode), data),
        1 + (options?.answerBytes ?? 0),
        options,
      )
      return pdu.subarray(1)
    },
    readHolding: unused,
    readCoils: unused,
    readDiscrete: unused,
    writeRegister: unused,
    writeRegisters: unused,
    writeCoil: unused,
  }
}
