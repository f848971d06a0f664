import { StationError } from '../../src/contract/errors.ts'
import type { LineLink, QueryOptions } from '../../src/contract/link.ts'
import { decodeNumber, formatNumber } from '../scpi/client.ts'

/** What every operation begins with: no prompts between answers, ten digits in ASCII. */
const manners = 'localnode.prompts = 0 localnode.showerrors = 0 format.data = format.ASCII format.asciiprecision = 10'
/** `1.000000000e+00`: how a number is printed. One that lost its end is refused. */
const printedNumber = /^[+-]?\d\.\d+e[+-]\d{2,3}$/
const agrees = (asked: number, actual: number): boolean =>
  Math.abs(asked - actual) <= 1e-3 * Math.abs(asked) + (asked === 0 ? 1e-6 : 0)

export type TspClient = ReturnType<typeof createTspClient>

/** Strict decoding and read-back in TSP: only `print` is answered. */
export function createTspClient(link: LineLink, name: string, defaults: QueryOptions) {
  const write = (line: string, options?: QueryOptions): Promise<void> => link.write(line, { ...defaults, ...options })
  const ask = (expression: string, options?: QueryOptions): Promise<string> =>
    link.query(`print(${expression})`, { ...defaults, ...options })
  const query = (line: string, options?: QueryOptions): Promise<string> => link.query(line, { ...defaults, ...options })
  const badReply = (request: string, reply: string, detail: string): StationError =>
    new StationError('device.badReply', { instrument: name, request, reply: reply.slice(0, 120), detail })
  const refused = (request: string, detail: string): StationError =>
    new StationError('device.refused', { instrument: name, request, detail })

  /** Numbers of one answer; null where one is over range. */
  const decode = (request: string, reply: string, of: { count: number; separator: string }): (number | null)[] => {
    // Characters of other alphabets count as spaces at the ends of a number; here they are damage.
    if (/[^\t\x20-\x7e]/.test(reply))
      throw badReply(request, reply, 'it has characters that the instrument never prints')
    const texts = reply.trim().split(of.separator)
    if (texts.length !== of.count) throw badReply(request, reply, `${texts.length} values instead of ${of.count}`)
    return texts.map((each) => {
      const text = each.trim()
      const decoded = decodeNumber(text)
      if (!printedNumber.test(text) || (decoded.value === null && decoded.why === 'notANumber'))
        throw badReply(request, reply, `“${text.slice(0, 40)}” is not a number as the instrument prints it`)
      return decoded.value
    })
  }
  const askNumber = async (expression: string): Promise<number> => {
    const [value] = decode(expression, await ask(expression), { count: 1, separator: '\t' })
    if (value === null || value === undefined)
      throw new StationError('device.overRange', { instrument: name, quantity: expression })
    return value
  }
  /** The first error in the queue, in the instrument's words; null where there is none. */
  const nextError = async (): Promise<string | null> => {
    const reply = await ask('errorqueue.next()')
    const [code = '', text = ''] = reply.trim().split('\t')
    if (!printedNumber.test(code)) throw badReply('errorqueue.next()', reply, 'not an entry of the error queue')
    return Number(code) === 0 ? null : `${Number(code)} ${text}`
  }
  const expectNoError = async (after: string): Promise<void> => {
    const error = await nextError()
    if (error !== null) throw refused(after, error)
  }
  /** Sets a number and reads it back. What the instrument refuses is device.refused with its words, else device.clamped. */
  const setNumber = async (attribute: string, value: number, quantity: string): Promise<number> => {
    await write(`${attribute} = ${formatNumber(value)}`)
    const actual = await askNumber(attribute)
    if (agrees(value, actual)) return actual
    const error = await nextError()
    if (error !== null) throw refused(`${attribute} = ${formatNumber(value)}`, error)
    throw new StationError('device.clamped', { instrument: name, quantity, asked: value, actual })
  }
  return {
    write,
    ask,
    query,
    askNumber,
    badReply,
    refused,
    decode,
    setNumber,
    expectNoError,
    begin: async (): Promise<void> => {
      await write(manners)
      await write('errorqueue.clear()')
    },
  }
}
