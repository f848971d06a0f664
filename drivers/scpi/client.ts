import { StationError } from '../../src/contract/errors.ts'
import type { LineLink, QueryOptions } from '../../src/contract/link.ts'

const numberPattern = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[Ee][+-]?\d+)?$/
/** SCPI's infinity is 9.9E37 and its “not a number” 9.91E37 (SCPI-1999, volume 1, 7.2.1.4); both mean: no value. */
const leastSpecial = 9.8e37

/** A number as an instrument gives it, or why there is none. */
export type Decoded = { value: number } | { value: null; why: 'notANumber' | 'overRange' | 'notMeasured' }

/** Strict: nothing but one decimal number; 9.9E37 and 9.91E37 are never numbers. */
export function decodeNumber(text: string): Decoded {
  const trimmed = text.trim()
  if (!numberPattern.test(trimmed)) return { value: null, why: 'notANumber' }
  const value = Number(trimmed)
  if (!Number.isFinite(value)) return { value: null, why: 'notANumber' }
  if (Math.abs(value) < leastSpecial) return { value }
  return { value: null, why: value > 9.905e37 ? 'notMeasured' : 'overRange' }
}

/** Numbers to instruments: plain or with `E`, nine digits. */
export const formatNumber = (value: number): string => String(Number(value.toPrecision(9))).toUpperCase()

export interface ScpiClient {
  write(line: string, options?: QueryOptions): Promise<void>
  ask(line: string, options?: QueryOptions): Promise<string>
  /** Throws device.badReply, device.overRange. */
  askNumber(line: string, options?: QueryOptions): Promise<number>
  /** Sets a number and reads it back; throws device.clamped where the instrument took another. */
  setNumber(command: string, value: number, quantity: string): Promise<void>
  /** Sets a word and reads it back against `reads`. */
  setWord(command: string, word: string, expected: { reads: RegExp; quantity: string }): Promise<void>
  /**
   * Numbers of one answer; throws device.badReply unless there are exactly `count`, each of the form the instrument
   * prints (a number that lost its end is still a number), device.overRange.
   */
  decodeList(request: string, reply: string, expected: { count: number; form?: RegExp }): number[]
  /** Empties the error queue; throws device.refused with what was in it. */
  expectNoError(after: string): Promise<void>
  badReply(request: string, reply: string, detail: string): StationError
}

/** Set-points agree when they differ by less than the instrument's resolution, taken as 0.1 %. */
const agrees = (asked: number, actual: number): boolean =>
  Math.abs(asked - actual) <= 1e-3 * Math.abs(asked) + (asked === 0 ? 1e-6 : 0)

/**
 * What SCPI drivers share: strict decoding and read-back.
 * @param defaults options of each query that are not given with the call (priority, signal)
 */
export function createScpiClient(link: LineLink, name: string, defaults: QueryOptions): ScpiClient {
  const badReply = (request: string, reply: string, detail: string): StationError =>
    new StationError('device.badReply', { instrument: name, request, reply: reply.slice(0, 120), detail })
  const write: ScpiClient['write'] = (line, options) => link.write(line, { ...defaults, ...options })
  const ask: ScpiClient['ask'] = (line, options) => link.query(line, { ...defaults, ...options })

  const toNumber = (request: string, reply: string, text: string): number => {
    const decoded = decodeNumber(text)
    if (decoded.value !== null) return decoded.value
    if (decoded.why === 'notANumber') throw badReply(request, reply, `“${text.slice(0, 40)}” is not a number`)
    throw new StationError('device.overRange', { instrument: name, quantity: `the answer to ${request}` })
  }
  const clamped = (quantity: string, asked: string | number, actual: string | number): StationError =>
    new StationError('device.clamped', { instrument: name, quantity, asked, actual })

  const askNumber: ScpiClient['askNumber'] = async (line, options) => {
    const reply = await ask(line, options)
    return toNumber(line, reply, reply)
  }
  const setNumber: ScpiClient['setNumber'] = async (command, value, quantity) => {
    await write(`${command} ${formatNumber(value)}`)
    const actual = await askNumber(`${command}?`)
    if (!agrees(value, actual)) throw clamped(quantity, value, actual)
  }
  const setWord: ScpiClient['setWord'] = async (command, word, { reads, quantity }) => {
    await write(`${command} ${word}`)
    const actual = await ask(`${command}?`)
    if (!reads.test(actual.trim())) throw clamped(quantity, word, actual)
  }
  const decodeList: ScpiClient['decodeList'] = (request, reply, { count, form }) => {
    const texts = reply.split(',').map((text) => text.trim())
    if (texts.length !== count) throw badReply(request, reply, `${texts.length} values instead of ${count}`)
    const odd = form ? texts.find((text) => !form.test(text)) : undefined
    if (odd !== undefined) throw badReply(request, reply, `“${odd.slice(0, 40)}” is not what the instrument prints`)
    return texts.map((text) => toNumber(request, reply, text))
  }
  const expectNoError: ScpiClient['expectNoError'] = async (after) => {
    const found: string[] = []
    for (let i = 0; i < 20; i++) {
      const reply = await ask(':SYST:ERR?')
      const [, code, text] = /^([+-]?\d+),"(.*)"$/.exec(reply.trim()) ?? []
      if (code === undefined) throw badReply(':SYST:ERR?', reply, 'not an entry of the error queue')
      if (Number(code) === 0) break
      found.push(`${code} ${(text ?? '').split(';')[0]}`)
    }
    if (found.length > 0)
      throw new StationError('device.refused', { instrument: name, request: after, detail: found.join(', ') })
  }
  return { write, ask, askNumber, setNumber, setWord, decodeList, expectNoError, badReply }
}
