import { floatToWords, wordsToFloat, wordsToUint32 } from '../../src/base/words.ts'
import { StationError } from '../../src/contract/errors.ts'
import type { DriverContext, Profile } from '../../src/contract/instrument.ts'
import type { QueryOptions, RegisterLink } from '../../src/contract/link.ts'
import { badReply } from '../climate/chamber.ts'

/** Controllers that read by function 4 only. */
export const readByFunction4 = 'read-by-function-4'

/** The controller answers within 250 ms (7001-0242, 2.7); the serial server in front of it adds its own. */
const timeoutMs = 2000
/** JUMO controllers, which these are, show “no value” and its reasons as numbers from here on. */
const leastSpecial = 1e5
/** Nothing is measured that finely: words in the wrong order give such numbers. */
const leastPlausible = 1e-5

/** Registers of Binder's MB1 and MB2: floats with their low word first, counters with their high word first. */
export interface BinderLink {
  /** null where the controller shows that there is no value. Throws device.badReply. */
  float(address: number, options: QueryOptions): Promise<number | null>
  word(address: number, options: QueryOptions): Promise<number>
  words(address: number, count: number, options: QueryOptions): Promise<number[]>
  counter(address: number, options: QueryOptions): Promise<number>
  writeFloat(address: number, value: number, options: QueryOptions): Promise<void>
  writeWord(address: number, value: number, options: QueryOptions): Promise<void>
  writeWords(address: number, values: readonly number[], options: QueryOptions): Promise<void>
}

const nameOf = (address: number): string => `register 0x${address.toString(16).toUpperCase()}`

export function createBinderLink(link: RegisterLink, context: DriverContext): BinderLink {
  const read: RegisterLink['readHolding'] = (address, count, options) =>
    context.deviations.includes(readByFunction4)
      ? link.readInput(address, count, options)
      : link.readHolding(address, count, options)
  const words: BinderLink['words'] = async (address, count, options) => {
    const found = await read(address, count, { timeoutMs, ...options })
    if (found.length === count) return found
    const detail = `${count} words are expected`
    throw badReply(context.name, { request: nameOf(address), reply: found.join(' '), detail })
  }
  return {
    words,
    float: async (address, options) => {
      const found = await words(address, 2, options)
      const value = wordsToFloat(found, 'lowFirst')
      const size = Math.abs(value)
      if (!Number.isFinite(value) || size >= leastSpecial) return null
      // Seven digits are what a single-precision number has.
      if (size === 0 || size >= leastPlausible) return Number(value.toPrecision(7))
      const detail = 'no such value is measured; are the words in another order?'
      throw badReply(context.name, { request: nameOf(address), reply: found.join(' '), detail })
    },
    word: async (address, options) => (await words(address, 1, options))[0] ?? 0,
    counter: async (address, options) => wordsToUint32(await words(address, 2, options), 'highFirst'),
    writeFloat: (address, value, options) =>
      link.writeRegisters(address, floatToWords(value, 'lowFirst'), { timeoutMs, ...options }),
    writeWord: (address, value, options) => link.writeRegister(address, value, { timeoutMs, ...options }),
    writeWords: (address, values, options) => link.writeRegisters(address, values, { timeoutMs, ...options }),
  }
}

/** What shows what can't be is another device. */
export const wrongModel = (profile: Profile, link: string, actual: string): StationError =>
  new StationError('device.wrongModel', { expected: profile.title, link, actual })

/** Runs an identification: a register that this device doesn't have is another model's. */
export async function asThisModel<T>(work: () => Promise<T>, of: { title: string; link: string }): Promise<T> {
  try {
    return await work()
  } catch (error) {
    if (!(error instanceof StationError) || error.code !== 'device.refused') throw error
    throw new StationError(
      'device.wrongModel',
      { expected: of.title, link: of.link, actual: `a Modbus device that answers: ${error.message}` },
      error,
    )
  }
}

/** Air that can have been in such a chamber. */
export const isPossibleC = (value: number): boolean => value > -120 && value < 350
