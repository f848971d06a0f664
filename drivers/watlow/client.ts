import { floatToWords, wordToInt16, wordsToFloat, wordsToUint32, type WordOrder } from '../../src/base/words.ts'
import { StationError } from '../../src/contract/errors.ts'
import type { QueryOptions, RegisterLink } from '../../src/contract/link.ts'

export interface WatlowLine {
  link: RegisterLink
  /** The instrument's name, for messages. */
  name: string
  /** Of numbers in two registers. */
  wordOrder: WordOrder
  /** The controller wants this silence behind each answer (ms). */
  gapMs: number
  timeoutMs: number
}

/** Registers of a Watlow controller as numbers and text. Every refusal says in words what it means here. */
export interface WatlowClient {
  words(address: number, count: number, options: QueryOptions): Promise<number[]>
  word(address: number, options: QueryOptions): Promise<number>
  /** Throws device.badReply for a code that isn't one of these. */
  code<T extends number>(address: number, known: readonly T[], options: QueryOptions): Promise<T>
  signed(address: number, options: QueryOptions): Promise<number>
  unsigned32(address: number, options: QueryOptions): Promise<number>
  /** Throws device.badReply for what is no number, and for what only swapped words can be. */
  float(address: number, options: QueryOptions): Promise<number>
  /** The same of a sensor: null where it says that it has no value (NaN, infinity). */
  measured(address: number, options: QueryOptions): Promise<number | null>
  /** One character a register. */
  text(address: number, count: number, options: QueryOptions): Promise<string>
  write(address: number, value: number, options: QueryOptions): Promise<void>
  writeFloat(address: number, value: number, options: QueryOptions): Promise<void>
  badReply(address: number, reply: string, detail: string): StationError
}

/** Smaller than this is no physical value, but a float whose words are swapped. */
const leastFloat = 1e-30

const meanings: Readonly<Record<number, string>> = {
  2: 'this controller does not have what is behind this register (an option that is not fitted)',
  3: 'the value is beyond what the controller allows here, or can’t be done now',
  4: 'there is no such input or output',
}

/** The Modbus exception that an error is; null for every other error. */
export function exceptionOf(error: unknown): number | null {
  if (!(error instanceof StationError) || error.code !== 'device.refused') return null
  const [, code] = /^exception (\d+)/.exec(String(error.context['detail'] ?? '')) ?? []
  return code === undefined ? null : Number(code)
}

/** It doesn't know the function, or hasn't the registers: so it is another device. One that is busy may be the right one. */
export const isStranger = (error: unknown): boolean => [1, 2, 3].includes(exceptionOf(error) ?? 0)

/** What the controller doesn't have reads null. */
export async function ifFitted<T>(work: Promise<T>): Promise<T | null> {
  try {
    return await work
  } catch (error) {
    if ([2, 4].includes(exceptionOf(error) ?? 0)) return null
    throw error
  }
}

const explained = async <T>(work: Promise<T>): Promise<T> => {
  try {
    return await work
  } catch (error) {
    const meaning = meanings[exceptionOf(error) ?? 0]
    if (!(error instanceof StationError) || meaning === undefined) throw error
    const detail = `${String(error.context['detail'])}: ${meaning}`
    throw new StationError('device.refused', { ...error.context, detail }, error)
  }
}

export function createWatlowClient({ link, name, wordOrder, gapMs, timeoutMs }: WatlowLine): WatlowClient {
  const manners = (options: QueryOptions): QueryOptions => ({ timeoutMs, gapMs, ...options })
  const badReply: WatlowClient['badReply'] = (address, reply, detail) =>
    new StationError('device.badReply', { instrument: name, request: `read register ${address}`, reply, detail })
  const words: WatlowClient['words'] = async (address, count, options) => {
    const found = await explained(link.readHolding(address, count, manners(options)))
    if (found.length !== count) throw badReply(address, found.join(' '), `${count} registers are expected`)
    return found
  }
  const word: WatlowClient['word'] = async (address, options) => (await words(address, 1, options))[0] ?? 0
  const measured: WatlowClient['measured'] = async (address, options) => {
    const found = await words(address, 2, options)
    const value = wordsToFloat(found, wordOrder)
    if (value !== 0 && Math.abs(value) < leastFloat)
      throw badReply(address, found.join(' '), 'no such number: is the word order of the controller another one?')
    return Number.isFinite(value) ? value : null
  }
  return {
    words,
    word,
    measured,
    badReply,
    code: async (address, known, options) => {
      const found = await word(address, options)
      const code = known.find((each) => each === found)
      if (code === undefined) throw badReply(address, String(found), `it is none of ${known.join(', ')}`)
      return code
    },
    signed: async (address, options) => wordToInt16(await word(address, options)),
    unsigned32: async (address, options) => wordsToUint32(await words(address, 2, options), wordOrder),
    float: async (address, options) => {
      const value = await measured(address, options)
      if (value === null) throw badReply(address, 'NaN', 'a number is expected')
      return value
    },
    text: async (address, count, options) => {
      const found = await words(address, count, options)
      const end = found.indexOf(0)
      const characters = found.slice(0, end < 0 ? count : end)
      if (characters.some((each) => each < 0x20 || each > 0x7e))
        throw badReply(address, found.join(' '), 'it is not text')
      return String.fromCharCode(...characters).trim()
    },
    write: (address, value, options) => explained(link.writeRegister(address, value, manners(options))),
    writeFloat: (address, value, options) =>
      explained(link.writeRegisters(address, floatToWords(value, wordOrder), manners(options))),
  }
}
