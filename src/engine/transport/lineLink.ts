import { assert } from '../../base/assert.ts'
import { bytesToLatin1, latin1ToBytes } from '../../base/bytes.ts'
import type { Clock } from '../../base/clock.ts'
import { StationError } from '../../contract/errors.ts'
import type { LineLink, LineSettings, QueryOptions } from '../../contract/link.ts'
import { createChannel, type Answer, type Channel, type ChannelPort, type LinkStats, type Trace } from './channel.ts'
import type { Wire } from './wire.ts'

/** No instrument's line is longer; one that is has lost its terminator. */
const longestLine = 2 ** 20
const shownCharacters = 200

const plain = /^[\x20-\x7e]*$/

/** Text for a message: control characters escaped, the end cut off. */
const shown = (text: string): string => {
  if (text.length <= shownCharacters && plain.test(text)) return text
  const start = text.length > shownCharacters ? `${text.slice(0, shownCharacters)}…` : text
  return start.replace(/[^\x20-\x7e…]/g, (char) => `\\x${char.charCodeAt(0).toString(16).padStart(2, '0')}`)
}

/** Collects one line. With several terminators, those before it are what is left of the line before (the LF of CR LF). */
const createLineCollector = (terminators: readonly number[]) => {
  let line = ''
  const isTerminator = (byte: number): boolean => terminators.includes(byte)
  const add = (chunk: Uint8Array): Answer<string> | null => {
    let start = 0
    if (line === '' && terminators.length > 1) while (start < chunk.length && isTerminator(chunk[start]!)) start++
    const text = start === 0 ? chunk : chunk.subarray(start)
    let end = 0
    while (end < text.length && !isTerminator(text[end]!)) end++
    if (end === text.length) {
      line += bytesToLatin1(text)
      return null
    }
    line += bytesToLatin1(text.subarray(0, end))
    return { value: line, skippedBytes: 0, rest: text.subarray(end + 1) }
  }
  return { add, length: () => line.length, sofar: () => shown(line) }
}

/** Finds an answer among the pieces that come. */
interface Collect<T> {
  add(chunk: Uint8Array): Answer<T> | null
  length(): number
  sofar(): string
}

/** Lines one after the other until `isLast` says that the answer is whole. */
const createLinesCollector = (
  terminators: readonly number[],
  isLast: (lines: readonly string[]) => boolean,
): Collect<string[]> => {
  const lines: string[] = []
  let collector = createLineCollector(terminators)
  const add = (chunk: Uint8Array): Answer<string[]> | null => {
    let rest = chunk
    for (;;) {
      const found = collector.add(rest)
      if (!found) return null
      lines.push(found.value)
      if (isLast(lines)) return { ...found, value: lines }
      collector = createLineCollector(terminators)
      rest = found.rest
    }
  }
  const length = (): number => lines.reduce((sum, line) => sum + line.length, collector.length())
  return { add, length, sofar: () => [...lines, collector.sofar()].map(shown).join(' | ') }
}

/** A line link on a channel, for one of its users. */
export function lineLinkOn(
  channel: Channel,
  settings: LineSettings,
  instrument: string,
): { link: LineLink; port: ChannelPort } {
  const { quietMs, sendTerminator } = settings
  const terminators = Array.from(latin1ToBytes(settings.receiveTerminators))
  assert(terminators.length > 0, 'a line link knows how an answer ends')
  const manners = { quietMs, padding: terminators, gapMs: 0, party: 0 }
  const port = channel.join(instrument, manners)

  const encode = (line: string): Uint8Array => {
    assert(!/[^\0-\xff]/.test(line), `a line is of one-byte characters: ${line}`)
    assert(sendTerminator === '' || !line.includes(sendTerminator), 'a line is sent without its terminator')
    return latin1ToBytes(line + sendTerminator)
  }

  const converse = <T>(line: string, collect: Collect<T>, options: QueryOptions): Promise<T> => {
    const request = shown(line)
    const timeoutMs = options.timeoutMs ?? settings.defaultTimeoutMs
    const receive = (chunk: Uint8Array): Answer<T> | null => {
      const answer = collect.add(chunk)
      if (collect.length() <= longestLine) return answer
      const detail = `it is longer than ${longestLine} bytes`
      throw new StationError('device.badReply', { instrument, request, reply: collect.sofar(), detail })
    }
    const late = (): StationError =>
      new StationError('device.timeout', { instrument, request, timeoutMs, received: collect.sofar() })
    const { gapMs = 0 } = options
    const exchange = { request, bytes: encode(line), timeoutMs, ...manners, gapMs, receive, late }
    return port.exchange(exchange, options)
  }

  const message = (request: string, bytes: Uint8Array, options: QueryOptions = {}) => ({
    request,
    bytes,
    timeoutMs: options.timeoutMs ?? settings.defaultTimeoutMs,
    ...manners,
    gapMs: options.gapMs ?? 0,
  })
  const link: LineLink = {
    query: async (line, options = {}) => converse(line, createLineCollector(terminators), options),
    queryLines: async (line, isLast, options = {}) =>
      converse(line, createLinesCollector(terminators, isLast), options),
    write: async (line, options = {}) => port.send(message(shown(line), encode(line), options), options),
    interrupt: async (bytes) => port.interrupt(message(shown(bytesToLatin1(bytes)), bytes)),
  }
  return { link, port }
}

/** A line link that has the wire for itself. `close` closes the wire. */
export function createLineLink(deps: {
  wire: Wire
  settings: LineSettings
  clock: Clock
  /** The instrument's name, for messages. */
  name: string
  trace?: Trace
}): LineLink & { stats: () => LinkStats; close: () => Promise<void> } {
  const { link, port } = lineLinkOn(createChannel(deps), deps.settings, deps.name)
  const close = (): Promise<void> => {
    port.close()
    return deps.wire.close()
  }
  return { ...link, stats: port.stats, close }
}
