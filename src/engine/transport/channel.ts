import { cancellable, throwIfCancelled, type Cancellation } from '../../base/cancellation.ts'
import { createCanceller, withDeadline, type Clock } from '../../base/clock.ts'
import { createTurns, type Turns } from '../../base/turns.ts'
import { underAll, type Canceller } from '../../base/underAll.ts'
import { messageOf, StationError } from '../../contract/errors.ts'
import { linkPriority, type LinkPriority } from '../../contract/link.ts'
import { createLineState, type LineState, type Manners } from './lineState.ts'
import { createOverdue, latestAnswerMs, type Overdue } from './overdue.ts'
import type { Wire } from './wire.ts'

/** A wait for quiet is given up after this many times the quiet asked for. */
const quietPatience = 10
/** While bytes may come that change when the line is ready, it is looked at this often. */
const lookAgainMs = 50
/** After each step of a stop the line is kept for the next one this long, so that no poll comes between. */
const keptForStopMs = 20

/** Counters of one link since it was opened. */
export interface LinkStats {
  sentBytes: number
  receivedBytes: number
  queries: number
  timeouts: number
  /** Late, unasked and damaged bytes of the whole wire, which units on one bus share. */
  discardedBytes: number
  /** When the last valid answer came; null before the first. */
  lastGoodUtcMs: number | null
}

export interface TraceEntry {
  atUtcMs: number
  link: string
  direction: 'sent' | 'received'
  bytes: Uint8Array
}
export type Trace = (entry: TraceEntry) => void

export interface Answer<T> {
  value: T
  /** Bytes before the answer that don't belong to it. */
  skippedBytes: number
  /** What came behind the answer in the same piece. */
  rest: Uint8Array
}

/** One request and how its answer is told from everything else. */
export interface Exchange<T> extends Manners {
  /** For messages. */
  request: string
  bytes: Uint8Array
  timeoutMs: number
  /** Gets each piece received since the request; null as long as the answer isn't complete. Throws to end the exchange. */
  receive(chunk: Uint8Array): Answer<T> | null
  /** The error of a missed deadline. */
  late(): StationError
}

/** Bytes that have no answer. */
export interface Message extends Manners {
  request: string
  bytes: Uint8Array
  timeoutMs: number
}

export interface TurnOptions {
  priority?: LinkPriority | undefined
  signal?: Cancellation | undefined
}

/** One user's access to a channel. */
export interface ChannelPort {
  exchange<T>(exchange: Exchange<T>, options?: TurnOptions): Promise<T>
  /** Resolves when the bytes are with the operating system. With priority stop it doesn't wait for a quiet line. */
  send(message: Message, options?: TurnOptions): Promise<void>
  /** Sends at once, past the queue, and ends the exchange in progress with device.interrupted; no answer is overdue then. */
  interrupt(message: Message): Promise<void>
  stats: () => LinkStats
  /** Ends this user's exchanges with device.closed; the wire stays open for the others. */
  close: () => void
}

export interface Channel {
  readonly wire: Wire
  /**
   * @param instrument for messages
   * @param manners of this user's exchanges, for what comes before the first
   */
  join(instrument: string, manners: Manners): ChannelPort
}

/** What the users of one wire share. */
interface Shared {
  wire: Wire
  clock: Clock
  line: LineState
  overdue: Overdue
  turns: Turns
  wireEnd: Canceller
  note: (direction: TraceEntry['direction'], bytes: Uint8Array) => void
  /** Of the exchange that waits for its answer; what comes otherwise is a stray. */
  listener: ((chunk: Uint8Array) => void) | null
  /** Ends whatever has its turn now. */
  current: Canceller | null
  keptForStop: { isKept: boolean; untilMs: number }
}

interface User {
  instrument: string
  end: Canceller
  counts: Omit<LinkStats, 'discardedBytes'>
}

const closedError = (link: string, detail: string): StationError => new StationError('device.closed', { link, detail })

const transmit = async (shared: Shared, user: User, bytes: Uint8Array): Promise<void> => {
  shared.note('sent', bytes)
  user.counts.sentBytes += bytes.length
  await shared.wire.write(bytes)
}

/** Keeps the wire for the steps of a stop, which come one after the other, until none has come for a while. */
const keepForStop = async (shared: Shared): Promise<void> => {
  const { clock, keptForStop } = shared
  keptForStop.untilMs = clock.monotonicMs() + keptForStopMs
  if (keptForStop.isKept) return
  keptForStop.isKept = true
  const letGo = shared.turns.hold(linkPriority.stop)
  for (let leftMs = keptForStopMs; leftMs > 0; leftMs = keptForStop.untilMs - clock.monotonicMs())
    await clock.sleep(leftMs)
  keptForStop.isKept = false
  letGo()
}

/** Runs `work` alone on the wire; its cancellation follows the caller's, the user's and the wire's end. */
const inTurn = <T>(
  shared: Shared,
  user: User,
  turn: TurnOptions & { work: (end: Cancellation) => Promise<T> },
): Promise<T> => {
  const alone = async (end: Canceller): Promise<T> => {
    shared.current = end
    try {
      throwIfCancelled(end.signal)
      return await turn.work(end.signal)
    } finally {
      shared.current = null
      if (turn.priority === 'stop') void keepForStop(shared)
    }
  }
  return underAll([turn.signal, shared.wireEnd.signal, user.end.signal], (end) =>
    shared.turns.take(() => alone(end), {
      priority: linkPriority[turn.priority ?? 'control'],
      signal: end.signal,
    }),
  )
}

/** Waits until the line is fit for this request: quiet after what went wrong before, and not before its own time. */
const waitReady = async (
  shared: Shared,
  user: User,
  next: { work: Manners & { request: string }; end: Cancellation },
): Promise<void> => {
  const { clock, line, overdue } = shared
  const { work, end } = next
  const readyAtMs = (): number =>
    Math.max(
      line.readyAtMs(),
      line.lastReceivedMs() + work.gapMs,
      work.party === null ? -Infinity : overdue.readyAtMs(work.party),
    )
  const patienceMs = quietPatience * Math.max(line.quietMs(), work.quietMs) + work.gapMs
  const giveUpAtMs = Math.max(clock.monotonicMs(), readyAtMs()) + patienceMs
  for (;;) {
    const nowMs = clock.monotonicMs()
    const waitMs = readyAtMs() - nowMs
    if (waitMs <= 0) break
    if (nowMs > giveUpAtMs) {
      const detail = 'the line is never quiet, bytes that nobody asked for keep coming; the request was not sent'
      const { instrument } = user
      throw new StationError('device.badReply', { instrument, request: work.request, reply: '…', detail })
    }
    await clock.sleep(Math.min(waitMs, lookAgainMs), end)
  }
  line.clean()
}

/**
 * Sends the request; resolves with its answer among the pieces that come from now on, once it is also sent. Behind the
 * answer they are strays again.
 */
const sendAndListen = <T>(
  shared: Shared,
  user: User,
  { exchange, end, pieces }: { exchange: Exchange<T>; end: Cancellation; pieces: Uint8Array[] },
): Promise<Answer<T>> =>
  // One promise for all that can end it: this is the path of every sample.
  new Promise<Answer<T>>((resolve, reject) => {
    let found: Answer<T> | null = null
    let isSent = false
    const fail = (error: unknown): void => {
      shared.listener = null
      end.removeEventListener('abort', stop)
      reject(error instanceof Error ? error : new Error(messageOf(error)))
    }
    const stop = (): void => fail(end.reason)
    const succeed = (): void => {
      if (!found || !isSent) return
      end.removeEventListener('abort', stop)
      resolve(found)
    }
    shared.listener = (chunk) => {
      pieces.push(chunk)
      user.counts.receivedBytes += chunk.length
      try {
        found = exchange.receive(chunk)
      } catch (error) {
        return fail(error)
      }
      if (!found) return
      shared.listener = null
      shared.line.count(found.skippedBytes)
      shared.line.discard(found.rest)
      succeed()
    }
    end.addEventListener('abort', stop)
    if (end.aborted) return stop()
    transmit(shared, user, exchange.bytes).then(() => {
      isSent = true
      succeed()
    }, fail)
  })

/** A bad reply has come; a device that was told to abort won't answer what it was asked before. */
const mayStillCome = (error: unknown): boolean =>
  !(error instanceof StationError) || !['device.badReply', 'device.interrupted'].includes(error.code)

const converse = async <T>(
  shared: Shared,
  user: User,
  { exchange, end }: { exchange: Exchange<T>; end: Cancellation },
): Promise<T> => {
  const { clock, line } = shared
  user.counts.queries++
  line.adopt(exchange)
  const pieces: Uint8Array[] = []
  const late = (): Error => {
    user.counts.timeouts++
    return exchange.late()
  }
  try {
    const answer = sendAndListen(shared, user, { exchange, end, pieces })
    const found = await withDeadline(answer, clock, { timeoutMs: exchange.timeoutMs, late })
    user.counts.lastGoodUtcMs = clock.utcMs()
    return found.value
  } catch (error) {
    line.soil(exchange.quietMs)
    for (const piece of pieces) line.discard(piece)
    if (exchange.party !== null && mayStillCome(error))
      shared.overdue.expect(
        { party: exchange.party, receive: (chunk) => exchange.receive(chunk) },
        Math.max(exchange.timeoutMs, latestAnswerMs),
      )
    throw error
  } finally {
    shared.listener = null
  }
}

const deliver = async (
  shared: Shared,
  user: User,
  { message, end }: { message: Message; end: Cancellation },
): Promise<void> => {
  const { request, timeoutMs } = message
  const late = (): Error => {
    user.counts.timeouts++
    return new StationError('device.timeout', { instrument: user.instrument, request, timeoutMs, received: '' })
  }
  await withDeadline(cancellable(transmit(shared, user, message.bytes), end), shared.clock, { timeoutMs, late })
}

const createPort = (shared: Shared, user: User): ChannelPort => ({
  exchange: (exchange, options = {}) => {
    const work = async (end: Cancellation) => {
      await waitReady(shared, user, { work: exchange, end })
      return converse(shared, user, { exchange, end })
    }
    return inTurn(shared, user, { ...options, work })
  },
  send: (message, options = {}) => {
    const work = async (end: Cancellation): Promise<void> => {
      // A command to stop has no answer that could be mistaken, so it doesn't wait; the line stays as it is.
      if (options.priority !== 'stop') await waitReady(shared, user, { work: message, end })
      await deliver(shared, user, { message, end })
    }
    return inTurn(shared, user, { ...options, work })
  },
  interrupt: (message) =>
    underAll([shared.wireEnd.signal, user.end.signal], async ({ signal: end }) => {
      throwIfCancelled(end)
      const { instrument } = user
      shared.current?.cancel(new StationError('device.interrupted', { instrument, request: message.request }))
      shared.line.soil(message.quietMs)
      await deliver(shared, user, { message, end })
      // Also of what was cancelled just before: the proof of a stop must not wait for it.
      if (message.party !== null) shared.overdue.forget(message.party)
    }),
  stats: () => ({ ...user.counts, discardedBytes: shared.line.discardedBytes() }),
  close: () => user.end.cancel(closedError(shared.wire.name, 'closed by the station')),
})

/**
 * Lets many users share one wire: one exchange at a time, the highest priority first, each with its deadline,
 * and none ever answered by what belongs to an earlier one.
 */
export function createChannel(deps: { wire: Wire; clock: Clock; trace?: Trace | undefined }): Channel {
  const { wire, clock, trace } = deps
  const shared: Shared = {
    wire,
    clock,
    line: createLineState(clock),
    overdue: createOverdue(clock),
    keptForStop: { isKept: false, untilMs: 0 },
    turns: createTurns(),
    wireEnd: createCanceller(),
    note: (direction, bytes) => trace?.({ atUtcMs: clock.utcMs(), link: wire.name, direction, bytes }),
    listener: null,
    current: null,
  }
  wire.onData((chunk) => {
    shared.note('received', chunk)
    shared.line.heard()
    if (shared.listener) shared.listener(chunk)
    else {
      shared.line.discard(chunk)
      shared.overdue.heard(chunk)
    }
  })
  wire.onClose((reason) => shared.wireEnd.cancel(closedError(wire.name, reason)))
  const join: Channel['join'] = (instrument, manners) => {
    shared.line.adopt(manners)
    const counts = { sentBytes: 0, receivedBytes: 0, queries: 0, timeouts: 0, lastGoodUtcMs: null }
    return createPort(shared, { instrument, end: createCanceller(), counts })
  }
  return { wire, join }
}
