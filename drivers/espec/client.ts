import type { Clock } from '../../src/base/clock.ts'
import { createTurns } from '../../src/base/turns.ts'
import { StationError } from '../../src/contract/errors.ts'
import { linkPriority, type LineLink, type QueryOptions } from '../../src/contract/link.ts'
import { meaningOfRefusal, normaliseRefusal } from './refusals.ts'

export interface EspecLine {
  link: LineLink
  clock: Clock
  /** The instrument's name, for messages. */
  name: string
  /** Number in front of each command on an RS-485 line; null on RS-232 and TCP. */
  address: number | null
  /** Old firmware answers a question with `OK:` and its echo first, then with the data. */
  repeatsQuestions: boolean
  /** Silence that the controller wants behind a command (ms); null where the answer is enough. */
  pauseMs: ((command: string) => number) | null
}

export interface EspecClient {
  /** The bare data of a question. Throws device.refused with `refusal` in its context, device.badReply. */
  ask<T>(question: string, decode: (reply: string) => T | null, options?: QueryOptions): Promise<T>
  /** A setting; its answer has to repeat it. */
  tell(command: string, options?: QueryOptions): Promise<string>
}

/** Of a refused command: which refusal it was; null for every other error. */
export const refusalOf = (error: unknown): string | null =>
  error instanceof StationError && typeof error.context['refusal'] === 'string' ? error.context['refusal'] : null

const squeezed = (text: string): string => text.toUpperCase().replaceAll(/\s/g, '')

/**
 * Questions and settings of the ESPEC controllers, one at a time and with the pauses they want. Half duplex: the next
 * command goes out when the answer of the one before is in.
 */
export function createEspecClient(line: EspecLine): EspecClient {
  const { link, clock, name, address } = line
  const turns = createTurns()
  let readyAtMs = -Infinity

  const badReply = (request: string, reply: string, detail: string): StationError =>
    new StationError('device.badReply', { instrument: name, request, reply: reply.slice(0, 120), detail })

  const converse = (sent: string, options: QueryOptions): Promise<string[]> => {
    const isQuestion = sent.includes('?')
    const isPreface = (text: string): boolean =>
      text === sent || (line.repeatsQuestions && isQuestion && text.startsWith('OK:'))
    // An RS-485 adapter that hears itself gives the command back before the answer.
    return link.queryLines(sent, (lines) => !isPreface((lines.at(-1) ?? '').trim()), options)
  }
  const exchange = (command: string, options: QueryOptions): Promise<string> =>
    turns.take(
      async () => {
        const waitMs = readyAtMs - clock.monotonicMs()
        if (waitMs > 0) await clock.sleep(waitMs, options.signal)
        try {
          const sent = address === null ? command : `${address},${command}`
          return ((await converse(sent, options)).at(-1) ?? '').trim()
        } finally {
          if (line.pauseMs) readyAtMs = clock.monotonicMs() + line.pauseMs(command)
        }
      },
      { priority: linkPriority[options.priority ?? 'control'], signal: options.signal },
    )
  const answerTo = async (command: string, options: QueryOptions): Promise<string> => {
    const reply = await exchange(command, options)
    if (!/^[\x20-\x7e]*$/.test(reply)) throw badReply(command, reply, 'it is not text')
    const [, refused] = /^NA:(.*)$/.exec(reply) ?? []
    if (refused === undefined) return reply
    const refusal = normaliseRefusal(refused)
    const detail = `NA:${refused.trim()}, ${meaningOfRefusal(refused) ?? 'which the manual does not explain'}`
    throw new StationError('device.refused', { instrument: name, request: command, detail, refusal })
  }
  return {
    ask: async (question, decode, options = {}) => {
      const reply = await answerTo(question, options)
      const decoded = decode(reply)
      if (decoded === null) throw badReply(question, reply, 'it does not have the form of an answer to this')
      return decoded
    },
    tell: async (command, options = {}) => {
      const reply = await answerTo(command, options)
      const echo = squeezed(/^OK:(.*)$/.exec(reply)?.[1] ?? '')
      const isEcho = echo === squeezed(command) || echo === squeezed(`${address},${command}`)
      if (!isEcho) throw badReply(command, reply, 'it does not repeat the command')
      return reply
    },
  }
}
