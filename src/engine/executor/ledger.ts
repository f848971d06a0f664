import type { Clock } from '../../base/clock.ts'
import type { ExposureEntry, RunLive } from '../../contract/run.ts'
import type { Exposure, ValueRef } from '../../contract/template.ts'
import type { Hub } from '../acquisition/hub.ts'
import { accountsOf, concerns, longestGapMs, stateOf, stretchOf, type Account } from './account.ts'
import { stepIdOf } from './path.ts'
import type { Sensors } from './sensors.ts'

/** The part of the store that the ledger needs. */
export interface LedgerStore {
  addExposure: (runId: string, entries: readonly ExposureEntry[]) => Promise<void>
}

export interface Ledger {
  /** A step begins that may count; returns what ends it. Lane null stands for the whole run. */
  enter: (path: string, lane: string | null) => () => void
  /** Credits, or doesn't, one cycle that has just ended. */
  addCycle: (exposureId: string, cycle: { fromUtcMs: number; toUtcMs: number; problems: readonly string[] }) => void
  /**
   * Time in which the controller may have run, but the PC saw nothing. What the steps that were going on had not yet
   * written down before it is unknown, too.
   */
  addOutage: (outage: {
    fromUtcMs: number
    toUtcMs: number
    class: 'unknown' | 'blind'
    reason: string
    going: readonly { id: string; sinceUtcMs: number }[]
  }) => void
  /** Credited so far, in the exposure's unit; of a lane its own account, or the run's where lanes share one. */
  credited: (exposureId: string, lane: string | null) => number
  live: () => NonNullable<RunLive['exposure']>
  entries: () => readonly ExposureEntry[]
  /** Writes everything down, the stretches that go on included. */
  flush: () => Promise<void>
  close: () => Promise<void>
}

export interface LedgerDeps {
  runId: string
  clock: Clock
  exposures: readonly Exposure[]
  lanes: () => readonly string[]
  hub: Hub
  sensors: Sensors
  number: (ref: ValueRef, lane: string | null) => number
  store: LedgerStore
  earlier: readonly ExposureEntry[]
  progressMs: number
}

/**
 * A stretch that goes on is written in parts no longer than so many times the pace of progress: so much can be open
 * when the power fails, and is then unknown.
 */
const partsOfProgress = 5

/** A stretch as it is posted to an account. */
type Stretch = Omit<ExposureEntry, 'exposure' | 'lane' | 'step' | 'seq'>

/** Keeps what was posted, and writes it down in its order. */
function createBook(deps: LedgerDeps) {
  const longestMs = deps.progressMs * partsOfProgress
  const all: ExposureEntry[] = [...deps.earlier]
  const unwritten: ExposureEntry[] = []
  let seq = deps.earlier.reduce((most, entry) => Math.max(most, entry.seq), 0)
  let writing: Promise<void> = Promise.resolve()
  const writeBatch = async (): Promise<void> => {
    const batch = unwritten.splice(0)
    if (batch.length === 0) return
    await deps.store.addExposure(deps.runId, batch).catch((error: unknown) => {
      unwritten.unshift(...batch)
      throw error
    })
  }
  const close = (account: Account): void => {
    if (!account.open) return
    const entry = { ...account.open, seq: ++seq }
    all.push(entry)
    unwritten.push(entry)
    account.open = null
  }
  const post = (account: Account, stretch: Stretch): void => {
    const { open } = account
    if (stretch.class === 'credited') account.credited += stretch.amount
    else account.lostMs += stretch.durationMs
    account.elapsedMs += stretch.durationMs
    const goesOn = open?.class === stretch.class && open.reason === stretch.reason && open.durationMs < longestMs
    if (open && goesOn) {
      open.toUtcMs = stretch.toUtcMs
      open.durationMs += stretch.durationMs
      open.amount += stretch.amount
      return
    }
    close(account)
    const { exposure, lane, step } = account
    account.open = { exposure: exposure.id, lane, step, seq: 0, ...stretch }
  }
  const write = (): Promise<void> => {
    // After a failure the next attempt starts afresh; nothing is dropped.
    writing = writing.catch(() => undefined).then(writeBatch)
    return writing
  }
  return { all, post, close, write, hasUnwritten: () => unwritten.length > 0 }
}

/** Puts the time since the last look to account. */
function look(account: Account, deps: LedgerDeps, post: (account: Account, stretch: Stretch) => void): void {
  const now = stateOf(account, deps)
  const { last } = account
  account.last = now
  if (!last || account.exposure.quantity === 'cycles') return
  const durationMs = now.monotonicMs - last.monotonicMs
  if (durationMs <= 0) return
  post(account, stretchOf(account, { last, now, durationMs, longestMs: longestGapMs(account, deps) }))
}

/**
 * The account of what the standard credits. Each stretch between two looks at the instruments is credited only when
 * both were inside every band and not too far apart; it is out of tolerance when one was outside; else it is unknown.
 */
export function createLedger(deps: LedgerDeps): Ledger {
  const accounts = accountsOf(deps)
  const book = createBook(deps)
  /** What can't be written now is written with the next stretch; what still can't at the end is told there. */
  const writeSoon = (): void => void book.write().catch(() => undefined)
  const off = deps.hub.onSample(({ held }) => {
    for (const account of accounts)
      if (account.depth > 0 && concerns(account, held.id, deps)) look(account, deps, book.post)
    if (book.hasUnwritten()) writeSoon()
  })
  const flush = async (): Promise<void> => {
    accounts.forEach(book.close)
    await book.write()
  }
  const enter: Ledger['enter'] = (path, lane) => {
    const mine = accounts.filter(
      (each) =>
        (lane === null || each.lane === null || each.lane === lane) && each.exposure.during.includes(stepIdOf(path)),
    )
    for (const account of mine) {
      if (account.depth++ > 0) continue
      account.last = null
      account.step = stepIdOf(path)
      look(account, deps, book.post)
    }
    return () => {
      for (const account of mine) {
        if (account.depth === 1) look(account, deps, book.post)
        if (--account.depth === 0) book.close(account)
      }
      if (mine.length > 0) writeSoon()
    }
  }
  return {
    enter,
    addCycle: (exposureId, { fromUtcMs, toUtcMs, problems }) => {
      const valid = problems.length === 0
      for (const account of accounts.filter((each) => each.exposure.id === exposureId)) {
        const reason = valid ? null : problems.join('; ')
        const stretch = { fromUtcMs, toUtcMs, durationMs: toUtcMs - fromUtcMs, amount: 1, reason }
        book.post(account, { ...stretch, class: valid ? 'credited' : 'outOfTolerance' })
        book.close(account)
      }
      writeSoon()
    },
    addOutage: ({ fromUtcMs, toUtcMs, going, ...why }) => {
      const post = (account: Account, stretch: Pick<Stretch, 'fromUtcMs' | 'toUtcMs' | 'class' | 'reason'>): void => {
        const durationMs = stretch.toUtcMs - stretch.fromUtcMs
        if (durationMs <= 0) return
        book.post(account, { ...stretch, durationMs, amount: 0 })
        book.close(account)
      }
      const reason = 'the station ended before this was written down'
      for (const account of accounts) {
        const unwrittenUtcMs = writtenUntil(account, going, deps)
        account.step = null
        post(account, { fromUtcMs: unwrittenUtcMs ?? fromUtcMs, toUtcMs: fromUtcMs, class: 'unknown', reason })
        post(account, { fromUtcMs, toUtcMs, ...why })
      }
    },
    // Thousands of stretches are added: the last digits must not make an hour miss an hour.
    credited: (id, lane) => Math.round((findAccount(accounts, id, lane)?.credited ?? 0) * 1e9) / 1e9,
    live: () => accounts.map((account) => liveOf(account, deps)),
    entries: () => book.all,
    flush,
    close: async () => {
      off()
      await flush()
    },
  }
}

/** Until when the time of the step that was going on is in the ledger; null where none of the account’s was. */
function writtenUntil(
  { exposure, lane }: Account,
  going: readonly { id: string; sinceUtcMs: number }[],
  { earlier }: LedgerDeps,
): number | null {
  const mine = going.filter(({ id }) => exposure.during.includes(id))
  if (mine.length === 0 || exposure.quantity === 'cycles') return null
  const rows = earlier.filter((entry) => entry.exposure === exposure.id && entry.lane === lane)
  return Math.max(Math.min(...mine.map(({ sinceUtcMs }) => sinceUtcMs)), ...rows.map((entry) => entry.toUtcMs))
}

const findAccount = (accounts: readonly Account[], id: string, lane: string | null): Account | undefined => {
  const named = accounts.filter((each) => each.exposure.id === id)
  const own = named.find((each) => each.lane === lane)
  // Of lanes with accounts of their own, the one that has least decides for all.
  return own ?? named.toSorted((a, b) => a.credited - b.credited)[0]
}

const liveOf = (
  { exposure, lane, credited, elapsedMs, lostMs }: Account,
  deps: LedgerDeps,
): NonNullable<RunLive['exposure']>[number] => ({
  ...{ id: exposure.id, title: exposure.title, lane, unit: exposure.unit, credited, elapsedMs, lostMs },
  required: exposure.required === undefined ? null : deps.number(exposure.required, lane),
})
