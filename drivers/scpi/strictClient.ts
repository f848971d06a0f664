import { StationError } from '../../src/contract/errors.ts'
import type { LineLink, QueryOptions } from '../../src/contract/link.ts'

export interface StrictManners {
  /** For messages: the instrument's name. */
  name: string
  /** Whether a request comes back before its answer: `always`, or `maybe` (iseg: on a COM port, not over TCP). */
  echo: 'always' | 'maybe'
  /** Answers by which the instrument says no. */
  refusal?: RegExp
  /** What such an answer means. */
  explain?: (answer: string) => string
  /** Of each exchange, where the call gives none. */
  defaults?: QueryOptions
}

/** For instruments that answer every line, commands too. */
export interface StrictClient {
  /**
   * The answer, its ends trimmed. Throws device.badReply for whatever doesn't fit `form`, device.refused for a refusal.
   * Empty lines before the answer are what is left of earlier commands.
   */
  ask(line: string, form: RegExp, options?: QueryOptions): Promise<string>
  /** A command, and the answer that it has when it was taken: an empty line unless given. */
  command(line: string, taken?: RegExp, options?: QueryOptions): Promise<void>
}

/**
 * What comes is judged line by line while it is received: with the first wrong one the exchange ends, and the link is then
 * quiet until the rest of it has come. So nothing of it can be taken for a later answer.
 * An instrument with empty answers needs a link that ends lines at `\n` alone: CR LF would swallow them.
 */
export function createStrictClient(link: LineLink, manners: StrictManners): StrictClient {
  const { name, echo, refusal, explain } = manners
  const refuses = (text: string): boolean => refusal?.test(text) ?? false

  const isAnswer = (request: string, form: RegExp, lines: readonly string[]): boolean => {
    const text = lines.at(-1)?.trim() ?? ''
    if (text === request) return false
    const isEchoMissing = echo === 'always' && !lines.some((each) => each.trim() === request)
    if (text === '' && (isEchoMissing || !form.test(''))) return false
    if (!isEchoMissing && (form.test(text) || refuses(text))) return true
    const detail = isEchoMissing ? 'the request does not come back before it' : `it is not of the form ${form.source}`
    throw new StationError('device.badReply', { instrument: name, request, reply: text.slice(0, 120), detail })
  }

  const ask: StrictClient['ask'] = async (line, form, options) => {
    const lines = await link.queryLines(line, (some) => isAnswer(line, form, some), { ...manners.defaults, ...options })
    const text = lines.at(-1)?.trim() ?? ''
    if (!form.test(text))
      throw new StationError('device.refused', {
        instrument: name,
        request: line,
        detail: explain ? `it answered ${text}: ${explain(text)}` : `it answered ${text}`,
      })
    return text
  }
  return {
    ask,
    command: async (line, taken = /^$/, options = {}) => void (await ask(line, taken, options)),
  }
}
