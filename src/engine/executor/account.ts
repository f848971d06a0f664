import type { ExposureClass, ExposureEntry } from '../../contract/run.ts'
import type { Exposure } from '../../contract/template.ts'
import type { LedgerDeps } from './ledger.ts'

/** One exposure of one lane: an account. */
export interface Account {
  exposure: Exposure
  lane: string | null
  /** How many steps that count are going on. */
  depth: number
  /** The step that counts now. */
  step: string | null
  last: { utcMs: number; monotonicMs: number; state: ExposureClass; reason: string | null; value: number | null } | null
  open: ExposureEntry | null
  credited: number
  elapsedMs: number
  lostMs: number
}

const msPerH = 3_600_000

export const accountsOf = (deps: LedgerDeps): Account[] =>
  deps.exposures.flatMap((exposure) => {
    const lanes = exposure.perLane === true && deps.lanes().length > 0 ? deps.lanes() : [null]
    return lanes.map((lane): Account => {
      const mine = deps.earlier.filter((entry) => entry.exposure === exposure.id && entry.lane === lane)
      const sum = (pick: (entry: ExposureEntry) => number) => mine.reduce((total, entry) => total + pick(entry), 0)
      return {
        ...{ exposure, lane, depth: 0, step: null, last: null, open: null },
        credited: sum((entry) => (entry.class === 'credited' ? entry.amount : 0)),
        elapsedMs: sum((entry) => entry.durationMs),
        lostMs: sum((entry) => (entry.class === 'credited' ? 0 : entry.durationMs)),
      }
    })
  })

export const longestGapMs = ({ exposure, lane }: Account, deps: LedgerDeps): number =>
  deps.number(exposure.longestGapS, lane) * 1000

export function concerns({ exposure, lane }: Account, instrumentId: string, deps: LedgerDeps): boolean {
  const places = [...exposure.bands, ...(exposure.amount ? [exposure.amount] : [])]
  return places.some(({ role, channel }) =>
    deps.sensors.sources(role, channel, lane).some(({ held }) => held.id === instrumentId),
  )
}

export function stateOf(account: Account, deps: LedgerDeps): NonNullable<Account['last']> {
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

export function stretchOf(
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
