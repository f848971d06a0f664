import type { Cancellation } from '../../base/cancellation.ts'
import { createCanceller, type Clock } from '../../base/clock.ts'
import { messageOf, StationError } from '../../contract/errors.ts'
import type { Identity, Instrument, SafeStateProof, StopExtent } from '../../contract/instrument.ts'
import type { OpenInstrument } from './openInstrument.ts'

/** The first try comes soon; then each waits twice as long as the one before, and a little more or less by chance. */
const firstWaitMs = 250
const longestWaitMs = 30_000
const jitter = 0.2
/** So many failures in a row end a link that is still open: a half-open connection answers nobody. */
const mostFailures = 3

/** What the manager wants to know. */
export interface ConnectionEvents {
  opened: (opened: OpenInstrument) => void
  /** An answer came that makes sense. */
  good: () => void
  /** A call failed while the link is open. */
  bad: (error: StationError) => void
  /** It can't be reached; `next` says when it is tried again. */
  lost: (error: unknown) => void
  waiting: (next: { attempt: number; atUtcMs: number }) => void
}

/** One instrument's link, opened again whenever it ends. */
export interface Connection {
  current: () => OpenInstrument | null
  /** Opens and identifies it now, where it isn't open. */
  ensure: () => Promise<OpenInstrument>
  /** Fails with device.lost while there is none. */
  use: <T>(work: (instrument: Instrument) => Promise<T>) => Promise<T>
  /** Tries to reach it at once where it is lost. Never throws. */
  safeStop: Instrument['safeStop']
  /** Whether it is opened again by itself. */
  keep: (isKept: boolean) => void
  /** From now on only this very unit will do; null for any of the model. */
  pin: (identity: Identity | null) => void
  /** Gives the link back; the next call that wants it opens it again. */
  disconnect: () => Promise<void>
  counts: () => { opens: number; losses: number; wireName: string | null }
  close: () => Promise<void>
}

export interface ConnectionDeps {
  name: string
  clock: Clock
  /** Uniform in [0, 1). */
  random: () => number
  open: () => Promise<OpenInstrument>
  /** Without asking who it is: for a stop that can't wait for an answer. Null where there is no such way. */
  openBlind: (() => Promise<Pick<OpenInstrument, 'instrument' | 'close'>>) | null
  /** Made of other instruments: where it is lost, one of them is; the others have to be stopped all the same, at once. */
  isOfParts?: boolean
  on: ConnectionEvents
  onError: (error: unknown) => void
}

const unitOf = (identity: Identity): string =>
  JSON.stringify([
    identity.maker,
    identity.model,
    identity.serialNumber,
    identity.parts?.map((each) => each.serialNumber),
  ])

const nameOf = ({ maker, model, serialNumber }: Identity): string =>
  `${maker} ${model}${serialNumber === null ? '' : `, serial number ${serialNumber}`}`

const isLinkGone = (error: StationError): boolean => ['device.closed', 'device.linkFailed'].includes(error.code)
const isSilence = (error: StationError): boolean => ['device.timeout', 'device.badReply'].includes(error.code)
/** Errors of the identification after which the link may still carry a command to switch off. */
const mayStillHear = (error: unknown): boolean => error instanceof StationError && isSilence(error)

export const reconnectWaitMs = (attempt: number, random: () => number): number =>
  Math.min(longestWaitMs, firstWaitMs * 2 ** (attempt - 1)) * (1 + jitter * (2 * random() - 1))

interface Held {
  current: OpenInstrument | null
  opening: Promise<OpenInstrument> | null
  pinned: Identity | null
  isKept: boolean
  isClosed: boolean
  isSupervised: boolean
  attempts: number
  failures: number
  lastError: unknown
  opens: number
  losses: number
  /** Of the last link, also when it is closed. */
  wireName: string | null
}

const nothingYet = (): Held => ({
  current: null,
  opening: null,
  pinned: null,
  isKept: false,
  isClosed: false,
  isSupervised: false,
  attempts: 0,
  failures: 0,
  lastError: null,
  opens: 0,
  losses: 0,
  wireName: null,
})

type Lose = (opened: OpenInstrument, error: unknown) => void

export function createConnection(deps: ConnectionDeps): Connection {
  const end = createCanceller()
  const held = nothingYet()
  const lose: Lose = (opened, error) => {
    if (held.current !== opened) return
    Object.assign(held, { current: null, lastError: error, losses: held.losses + 1 })
    void opened.close().catch(deps.onError)
    if (held.isClosed) return
    deps.on.lost(error)
    if (held.isKept) supervise()
  }
  const attempt = createAttempt(deps, held, lose)
  const ensure = async (): Promise<OpenInstrument> => {
    if (held.current) return held.current
    held.opening ??= attempt().finally(() => (held.opening = null))
    return held.opening
  }
  const supervise = (): void => void keepTrying(deps, held, { ensure, end: end.signal }).catch(deps.onError)
  return {
    current: () => held.current,
    ensure,
    use: createUse(deps, held, lose),
    safeStop: createStop(deps, held, ensure),
    keep: (isKept) => {
      held.isKept = isKept
      if (isKept && !held.current) supervise()
    },
    pin: (identity) => void (held.pinned = identity),
    disconnect: async () => {
      await held.opening?.catch(() => undefined)
      const { current } = held
      held.current = null
      await current?.close()
    },
    counts: () => ({ opens: held.opens, losses: held.losses, wireName: held.wireName }),
    close: async () => {
      Object.assign(held, { isClosed: true, isKept: false })
      end.cancel(new Error('closed'))
      await held.opening?.catch(() => undefined)
      const { current } = held
      held.current = null
      await current?.close()
    },
  }
}

/** Opens it once, and tells what came of it. */
const createAttempt = (deps: ConnectionDeps, held: Held, lose: Lose) => async (): Promise<OpenInstrument> => {
  try {
    const opened = await deps.open()
    try {
      refuseOther(held, opened, deps.name)
    } catch (error) {
      await opened.close()
      throw error
    }
    Object.assign(held, { current: opened, attempts: 0, failures: 0, lastError: null, opens: held.opens + 1 })
    held.wireName = opened.wireName ?? null
    deps.on.opened(opened)
    opened.onClose?.((detail) => lose(opened, new StationError('device.closed', { link: opened.config.link, detail })))
    return opened
  } catch (error) {
    held.lastError = error
    if (!held.isClosed) deps.on.lost(error)
    throw error
  }
}

/** Until it is there again, or nobody wants it. */
async function keepTrying(
  { clock, random, on }: ConnectionDeps,
  held: Held,
  by: { ensure: Connection['ensure']; end: Cancellation },
): Promise<void> {
  if (held.isSupervised) return
  held.isSupervised = true
  const isWanted = (): boolean => held.isKept && !held.isClosed && !held.current
  while (isWanted()) {
    held.attempts++
    const waitMs = held.opens === 0 && held.attempts === 1 ? 0 : reconnectWaitMs(held.attempts, random)
    if (waitMs > 0) on.waiting({ attempt: held.attempts, atUtcMs: clock.utcMs() + waitMs })
    await clock.sleep(waitMs, by.end).catch(() => undefined)
    if (isWanted()) await by.ensure().catch(() => undefined)
  }
  held.isSupervised = false
}

function refuseOther(held: Held, opened: OpenInstrument, name: string): void {
  if (held.isClosed) throw new StationError('device.lost', { instrument: name, detail: 'closed by the station' })
  if (!held.pinned || unitOf(held.pinned) === unitOf(opened.identity)) return
  throw new StationError('device.otherUnit', {
    instrument: name,
    expected: nameOf(held.pinned),
    actual: nameOf(opened.identity),
  })
}

/** Calls go to what is open now; their ends say how the link is. */
const createUse =
  ({ name, on }: ConnectionDeps, held: Held, lose: Lose): Connection['use'] =>
  async (work) => {
    const opened = held.current
    if (!opened) {
      const detail = held.lastError === null ? 'not opened yet' : messageOf(held.lastError)
      throw new StationError('device.lost', { instrument: name, detail }, held.lastError ?? undefined)
    }
    const good = (): void => {
      held.failures = 0
      if (held.current === opened) on.good()
    }
    try {
      const value = await work(opened.instrument)
      good()
      return value
    } catch (error) {
      if (error instanceof StationError) {
        if (isLinkGone(error)) lose(opened, error)
        else if (!isSilence(error)) {
          // It answered: what it said was no, or an end that somebody wanted.
          if (error.code.startsWith('device.') && error.code !== 'device.interrupted') good()
        } else if (++held.failures >= mostFailures) lose(opened, error)
        else on.bad(error)
      }
      throw error
    }
  }

const createStop =
  (deps: ConnectionDeps, held: Held, ensure: Connection['ensure']): Connection['safeStop'] =>
  async (onSent, extent) => {
    let isTold = false
    const tell = (): void => {
      if (!isTold) onSent?.()
      isTold = true
    }
    const failed = (error: unknown): SafeStateProof => ({
      safe: false,
      evidence: [],
      detail: `not connected: ${messageOf(error)}`,
    })
    const isPartLost = deps.isOfParts === true && !held.current
    if (isPartLost && deps.openBlind) return stopBlind(deps.openBlind, tell, extent).catch(failed)
    try {
      for (let attempt = 1; ; attempt++) {
        const opened = await ensure()
        const proof = await opened.instrument.safeStop(tell, extent)
        // The link ended under it: once more, on a new one.
        if (proof.safe || held.current === opened || attempt === 2) return proof
      }
    } catch (error) {
      const isWorthATry = mayStillHear(error) || deps.isOfParts === true
      return isWorthATry && deps.openBlind ? stopBlind(deps.openBlind, tell, extent).catch(failed) : failed(error)
    }
  }

/** It may hear though it can't be heard: the commands go out, and are no proof. */
async function stopBlind(
  open: NonNullable<ConnectionDeps['openBlind']>,
  onSent: () => void,
  extent: StopExtent | undefined,
): Promise<SafeStateProof> {
  const opened = await open()
  try {
    return await opened.instrument.safeStop(onSent, extent)
  } finally {
    await opened.close()
  }
}
