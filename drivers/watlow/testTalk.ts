/** For tests of the simulators only: Modbus RTU frames to one, and what it says, in the time of a virtual clock. */
import { concatBytes } from '../../src/base/bytes.ts'
import { createRandom } from '../../src/base/random.ts'
import { createVirtualClock } from '../../src/base/virtualClock.ts'
import { floatToWords, wordsToFloat } from '../../src/base/words.ts'
import type { SimulatorModule } from '../../src/contract/instrument.ts'
import { createBench } from '../bench/bench.ts'
import { withCrc } from '../bench/modbusRtu.ts'
import { startSimulator } from '../bench/startSimulator.ts'

const hexOf = (bytes: Uint8Array): string => [...bytes].map((each) => each.toString(16).padStart(2, '0')).join(' ')
const high = (value: number): number => (value >> 8) & 0xff
const low = (value: number): number => value & 0xff

export function talkTo(module: SimulatorModule, settle: () => Promise<void>, more: Record<string, string> = {}) {
  const clock = createVirtualClock(Date.UTC(2026, 0, 5, 9), settle)
  const random = createRandom(7)
  const bench = createBench({ clock, random: random.fork('bench') })
  let heard: Uint8Array = new Uint8Array()
  const { simulator, context } = startSimulator(module, {
    clock,
    random: random.fork('instrument'),
    bench,
    send: (bytes) => void (heard = concatBytes(heard, bytes)),
    options: { startMs: '0', ...more },
  })
  const exchange = async (frame: Uint8Array): Promise<Uint8Array> => {
    heard = new Uint8Array()
    simulator.receive(frame)
    await clock.run(clock.sleep(500))
    return heard
  }
  const ask = (...pdu: number[]): Promise<Uint8Array> => exchange(withCrc(Uint8Array.of(1, ...pdu)))
  /** The exception of a refused request; null of one that was taken. */
  const exceptionIn = (answer: Uint8Array): number | null => (((answer[1] ?? 0) & 0x80) !== 0 ? (answer[2] ?? 0) : null)

  /** Registers, or the exception as a negative number. */
  const read = async (address: number, count = 1): Promise<number[]> => {
    const answer = await ask(3, high(address), low(address), 0, count)
    const exception = exceptionIn(answer)
    if (exception !== null) return [-exception]
    return Array.from({ length: count }, (_each, i) => (answer[3 + 2 * i] ?? 0) * 256 + (answer[4 + 2 * i] ?? 0))
  }
  const write = async (address: number, ...values: number[]): Promise<number | null> => {
    const words = values.flatMap((each) => [high(each), low(each)])
    const head = [16, high(address), low(address), 0, values.length, words.length]
    return exceptionIn(await ask(...head, ...words))
  }
  return {
    bench,
    clock,
    options: context.options as Record<string, string>,
    wait: (minutes: number): Promise<void> => clock.run(clock.sleep(minutes * 60_000)),
    /** A whole frame as it stands in a manual, in hexadecimal. */
    frame: async (hex: string): Promise<string> =>
      hexOf(await exchange(Uint8Array.from(hex.split(' ').map((each) => Number.parseInt(each, 16))))),
    /** The same of a function and its data; unit and CRC are put around it. */
    hexAnswer: async (...pdu: number[]): Promise<string> => hexOf(await ask(...pdu)),
    read,
    write,
    readOne: async (address: number): Promise<number> => (await read(address))[0] ?? NaN,
    readFloat: async (address: number): Promise<number> => wordsToFloat(await read(address, 2), 'lowFirst'),
    writeFloat: (address: number, value: number): Promise<number | null> =>
      write(address, ...floatToWords(value, 'lowFirst')),
    readText: async (address: number, count: number): Promise<string> =>
      String.fromCharCode(...(await read(address, count)).filter((each) => each > 0)),
  }
}
