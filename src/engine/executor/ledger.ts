import type { Clock } from '../../base/clock.ts'
import type { ExposureClass, ExposureEntry, RunLive } from '../../contract/run.ts'
import type { Exposure, ValueRef } from '../../contract/template.ts'
import type { Hub } from '../acquisition/hub.ts'
import { stepIdOf } from './path.ts'
import type { Sensors } from './sensors.ts'

/** The part of the store that the ledger needs. */
export interface LedgerStore {
  addExposure(runId: string, entries: readonly ExposureEntry[]): Promise<void>
}

export interface Ledger {
  /** A step begins that may count; returns what ends it. Lane null stands for the whole run. */
  enter(path: string, lane: string | null): () => void
  /** Credits, or doesn't, one cycle that has just ended. */
  addCycle(exposureId: string, cycle: { fromUtcMs: number; toUtcMs: number; problems: readonly string[] }): void
  /** Time in which the controller may have run, but the PC saw nothing. */
  addOutage(outage: { fromUtcMs: number; toUtcMs: number; class: 'unknown' | 'blind'; reason: string }): void
  /** Credited so far, in the exposure's unit; of a lane its own account, or the run's where lanes share one. */
  credited(exposureId: string, lane: string | null): number
  live(): NonNullable<RunLive['exposure']>
  entries(): readonly ExposureEntry[]
  /** Writes everything down, the stretches that go on included. */
  flush(): Promise<void>
  close(): Promise<void>
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

/** One exposure of one lane: an account. */
interface Account {
  exposure: Exposure
  lane: string | null
  /** How many steps that count are going on. */
  depth: number
  last: { utcMs: number; monotonicMs: number; state: ExposureClass; reason: string | null; value: number | null } | null
  open: ExposureEntry | null
  credited: number
  elapsedMs: number
  lostMs: number
}

const msPerH = 3_600_000
/** A stretch that goes on is written in parts no longer than this: so much can be open when the power fails. */
const longestStretchMs = 6 * msPerH

const accountsOf = (deps: LedgerDeps): Account[] =>
  deps.exposures.flatMap((exposure) => {
    const lanes = exposure.perLane === true && deps.lanes().length > 0 ? deps.lanes() : [null]
    return lanes.map((lane): Account => {
      const mine = deps.earlier.filter((entry) => entry.exposure === exposure.id && entry.lane === lane)
      const sum = (pick: (entry: ExposureEntry) => number) => mine.reduce((total, entry) => total + pick(entry), 0)
      return {
        ...{ exposure, lane, depth: 0, last: null, open: null },
        credited: sum((entry) => (entry.class === 'credited' ? entry.amount : 0)),
        elapsedMs: sum((entry) => entry.durationMs),
        lostMs: sum((entry) => (entry.class === 'credited' ? 0 : entry.durationMs)),
      }
    })
  })

/**
 * The account of what the standard credits. Each stretch between two looks at the instruments is credited only when
 * both were inside every band and not too far apart; it is out of tolerance when one was outside; else it is unknown.
 */
export function createLedger(deps: LedgerDeps): Ledger {
  const accounts = accountsOf(deps)
  const all: ExposureEntry[] = [...deps.earlier]
  const unwritten: ExposureEntry[] = []
  let seq = deps.earlier.reduce((most, entry) => Math.max(most, entry.seq), 0)
  let writing: Promise<void> = Promise.resolve()

  const write = (): Promise<void> => {
    writing = writing.then(async () => {
      const batch = unwritten.splice(0)
      if (batch.length === 0) return
      await deps.store.addExposure(deps.runId, batch).catch((error: unknown) => {
        unwritten.unshift(...batch)
        throw error
      })
    })
    return writing
  }
  const close = (account: Account): void => {
    if (!account.open) return
    const entry = { ...account.open, seq: ++seq }
    all.push(entry)
    unwritten.push(entry)
    account.open = null
  }
  const post = (
    account: Account,
    stretch: Omit<ExposureEntry, 'exposure' | 'lane' | 'seq' | 'durationMs'> & { durationMs: number },
  ): void => {
    const { open } = account
    if (stretch.class === 'credited') account.credited += stretch.amount
    else account.lostMs += stretch.durationMs
    account.elapsedMs += stretch.durationMs
    const goesOn = open?.class === stretch.class && open.reason === stretch.reason && open.durationMs < longestStretchMs
    if (open && goesOn) {
      open.toUtcMs = stretch.toUtcMs
      open.durationMs += stretch.durationMs
      open.amount += stretch.amount
      return
    }
    close(account)
    account.open = { exposure: account.exposure.id, lane: account.lane, seq: 0, ...stretch }
  }
  const look = (account: Account): void => {
    const now = stateOf(account, deps)
    const { last } = account
    account.last = now
    if (!last || account.exposure.quantity === 'cycles') return
    const durationMs = now.monotonicMs - last.monotonicMs
    if (durationMs <= 0) return
    post(account, stretchOf(account, { last, now, durationMs, longestMs: longestGapMs(account, deps) }))
  }
  const active = (): Account[] => accounts.filter((each) => each.depth > 0)
  const off = deps.hub.onSample(({ held }) => {
    for (const account of active()) if (concerns(account, held.id, deps)) look(account)
  })
  const find = (id: string, lane: string | null): Account | undefined =>
    accounts.find((each) => each.exposure.id === id && each.lane === lane) ??
    accounts.find((each) => each.exposure.id === id)

  const flush = async (): Promise<void> => {
    for (const account of accounts) close(account)
    await write()
  }
  return {
    enter: (path, lane) => {
      const mine = accounts.filter(
        (each) =>
          (lane === null || each.lane === null || each.lane === lane) && each.exposure.during.includes(stepIdOf(path)),
      )
      for (const account of mine) if (account.depth++ === 0) account.last = null
      for (const account of mine) if (account.depth === 1) look(account)
      return () => {
        for (const account of mine) {
          if (account.depth === 1) look(account)
          if (--account.depth === 0) close(account)
        }
        void write().catch(() => undefined)
      }
    },
    addCycle: (exposureId, { fromUtcMs, toUtcMs, problems }) => {
      for (const account of accounts.filter((each) => each.exposure.id === exposureId)) {
        const valid = problems.length === 0
        post(account, {
          ...{ fromUtcMs, toUtcMs, durationMs: toUtcMs - fromUtcMs, amount: 1 },
          class: valid ? 'credited' : 'outOfTolerance',
          reason: valid ? null : problems.join('; '),
        })
        close(account)
      }
      void write().catch(() => undefined)
    },
    addOutage: (outage) => {
      for (const account of accounts) {
        if (outage.toUtcMs <= outage.fromUtcMs) continue
        post(account, { ...outage, durationMs: outage.toUtcMs - outage.fromUtcMs, amount: 0 })
        close(account)
      }
    },
    credited: (id, lane) => find(id, lane)?.credited ?? 0,
    live: () =>
      accounts.map(({ exposure, lane, credited, elapsedMs, lostMs }) => ({
        ...{ id: exposure.id, title: exposure.title, lane, unit: exposure.unit, credited, elapsedMs, lostMs },
        required: exposure.required === undefined ? null : deps.number(exposure.required, lane),
      })),
    entries: () => all,
    flush,
    close: async () => {
      off()
      await flush()
    },
  }
}

const longestGapMs = ({ exposure, lane }: Account, deps: LedgerDeps): number =>
  deps.number(exposure.longestGapS, lane) * 1000

function concerns({ exposure, lane }: Account, instrumentId: string, deps: LedgerDeps): boolean {
  const places = [...exposure.bands, ...(exposure.amount ? [exposure.amount] : [])]
  return places.some(({ role, channel }) =>
    deps.sensors.sources(role, channel, lane).some(({ held }) => held.id === instrumentId),
  )
}

function stateOf(account: Account, deps: LedgerDeps): NonNullable<Account['last']> {
  const { exposure, lane } = account
  const freshMs = longestGapMs(account, deps)
  const states = exposure.bands.map((band) => deps.sensors.check(band, { lane, freshMs }))
  const outside = states.find((each) => each.state === 'outside')
  const unknown = states.find((each) => each.state === 'unknown')
  const worst = outside ?? unknown
  return {
    utcMs: deps.clock.utcMs(),
    monotonicMs: deps.clock.monotonicMs(),
    state: outside ? 'outOfTolerance' : unknown ? 'unknown' : 'credited',
    reason: worst?.why ?? null,
    value: amountNow(exposure, lane, deps),
  }
}

/** Mean magnitude of the channel that is integrated; null where a value is missing. */
function amountNow({ amount }: Exposure, lane: string | null, deps: LedgerDeps): number | null {
  if (!amount) return null
  const values = deps.sensors
    .sources(amount.role, amount.channel, lane)
    .map((source) => deps.sensors.latest(source)?.value ?? null)
  if (values.length === 0 || values.includes(null)) return null
  return values.reduce<number>((sum, value) => sum + Math.abs(value ?? 0), 0) / values.length
}

function stretchOf(
  { exposure }: Account,
  given: {
    last: NonNullable<Account['last']>
    now: NonNullable<Account['last']>
    durationMs: number
    longestMs: number
  },
) {
  const { last, now, durationMs } = given
  const worse =
    [last, now].find((each) => each.state === 'outOfTolerance') ?? [last, now].find((each) => each.state === 'unknown')
  const gap = durationMs > given.longestMs
  const found = gap && worse?.state !== 'outOfTolerance' ? 'unknown' : (worse?.state ?? 'credited')
  const hours = durationMs / msPerH
  const mean = last.value === null || now.value === null ? null : (last.value + now.value) / 2
  const isMissing = exposure.amount !== undefined && mean === null
  const state: ExposureClass = isMissing && found === 'credited' ? 'unknown' : found
  return {
    fromUtcMs: last.utcMs,
    toUtcMs: now.utcMs,
    durationMs,
    class: state,
    amount: exposure.amount ? (mean ?? 0) * exposure.amount.perHour * hours : hours,
    reason: state === 'credited' ? null : gap ? 'no values for too long' : (worse?.reason ?? 'a value is missing'),
  }
}
