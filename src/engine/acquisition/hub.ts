import type { Cancellation } from '../../base/cancellation.ts'
import { createCanceller, type Clock } from '../../base/clock.ts'
import { createEmitter } from '../../base/emitter.ts'
import { messageOf, StationError } from '../../contract/errors.ts'
import type { Reading } from '../../contract/instrument.ts'
import type { RunEvent } from '../../contract/run.ts'
import type { HeldInstrument } from '../executor/stepKind.ts'

/** One instrument's values at one moment. */
export interface Sampled {
  held: HeldInstrument
  readings: readonly Reading[]
  utcMs: number
  monotonicMs: number
}

/** A failed or missing reading since a moment: what makes time unknown. */
export interface Latest {
  value: number | null
  reason: string | null
  unit: string
  utcMs: number
  monotonicMs: number
  /** Change per second against the value about a minute before; null where that isn't known. */
  perSecond: number | null
}

/** What was measured, as one part of a run sees it. */
export type View = Pick<Hub, 'latest' | 'onSample'>

export interface Hub {
  /** Reads this instrument at least this often until released; several watchers share the readings. */
  watch: (held: HeldInstrument, everyMs: number) => () => void
  latest: (held: HeldInstrument, channel: string) => Latest | null
  onSample: (listener: (sampled: Sampled) => void) => () => void
  /** The same as soon as it is read, and also while it can't be stored: what a full disk mustn't blind looks here. */
  unstored: View
  /** Rejects with what no reading can go on after: a full disk, a fault of the program. */
  readonly failed: Promise<never>
  /** Ends all reading; resolves when none is under way. */
  close: () => Promise<void>
}

export interface HubDeps {
  clock: Clock
  /** Reads once. Throws the instrument's error. */
  read: (held: HeldInstrument, signal: Cancellation) => Promise<Reading[]>
  /** Stores what was measured. Resolves when it is durable; on a full disk that may be long after. */
  store: (held: HeldInstrument, readings: readonly Reading[]) => Promise<void>
  log: (level: RunEvent['level'], kind: string, text: string) => Promise<void>
}

/** Slopes are taken over about this long: shorter ones are noise. */
const slopeMs = 60_000
/** While something can't be stored its instrument is read this often, for those that look at what is unstored. */
const unstoredMs = 5_000

type Latests = Map<string, Latest & { before: { value: number; monotonicMs: number } | null }>

interface Watched {
  held: HeldInstrument
  /** Intervals asked for; the shortest counts. */
  intervals: Map<symbol, number>
  latest: Latests
  unstored: Latests
  wake: (() => void) | null
  loop: Promise<void> | null
}

/**
 * Reads instruments in the background of a run, each at the pace of whoever needs it most. Steps, guards and the ledger
 * look at the same readings. An instrument that falls silent leaves a gap, said once; the run goes on.
 */
export function createHub(deps: HubDeps): Hub {
  const { clock } = deps
  const all = new Map<string, Watched>()
  const end = createCanceller()
  const failure = Promise.withResolvers<never>()
  failure.promise.catch(() => undefined)
  const fail = (error: unknown): void => failure.reject(error instanceof Error ? error : new Error(messageOf(error)))
  const samples = { latest: createEmitter<Sampled>(fail), unstored: createEmitter<Sampled>(fail) }

  const tell = (watched: Watched, readings: readonly Reading[], to: 'latest' | 'unstored'): void => {
    const [utcMs, monotonicMs] = [clock.utcMs(), clock.monotonicMs()]
    const known = watched[to]
    for (const { channel, value, unit, reason } of readings)
      known.set(channel, nextLatest(known.get(channel), { value, unit, reason, utcMs, monotonicMs }))
    samples[to].emit({ held: watched.held, readings, utcMs, monotonicMs })
  }
  const view = (of: 'latest' | 'unstored'): View => ({
    latest: (held, channel) => all.get(held.id)?.[of].get(channel) ?? null,
    onSample: (listener) => samples[of].on(listener),
  })

  const readOnce = createReadOnce(deps, { signal: end.signal, tell })
  const run = async (watched: Watched): Promise<void> => {
    let failing = false
    while (watched.intervals.size > 0 && !end.signal.aborted) {
      const startedMs = clock.monotonicMs()
      failing = await readOnce(watched, failing)
      const dueMs = (): number => startedMs + Math.min(...watched.intervals.values())
      while (watched.intervals.size > 0 && !end.signal.aborted && clock.monotonicMs() < dueMs()) {
        const woken = createCanceller()
        watched.wake = () => woken.cancel(new Error('the pace has changed'))
        await clock.sleep(dueMs() - clock.monotonicMs(), woken.signal).catch(() => undefined)
        watched.wake = null
      }
    }
    watched.loop = null
  }

  const watch: Hub['watch'] = (held, everyMs) => {
    const watched = all.get(held.id) ?? makeWatched(held)
    all.set(held.id, watched)
    const key = Symbol(held.id)
    watched.intervals.set(key, everyMs)
    if (watched.loop) watched.wake?.()
    else {
      watched.loop = run(watched)
      watched.loop.catch(fail)
    }
    return () => {
      if (watched.intervals.delete(key)) watched.wake?.()
    }
  }

  return {
    watch,
    ...view('latest'),
    unstored: view('unstored'),
    failed: failure.promise,
    close: async () => {
      end.cancel(new Error('the run has ended'))
      for (const watched of all.values()) watched.wake?.()
      await Promise.allSettled([...all.values()].flatMap(({ loop }) => (loop ? [loop] : [])))
    },
  }
}

const makeWatched = (held: HeldInstrument): Watched => ({
  ...{ held, intervals: new Map(), latest: new Map(), unstored: new Map(), wake: null, loop: null },
})

interface Reader {
  signal: Cancellation
  tell: (watched: Watched, readings: readonly Reading[], to: 'latest' | 'unstored') => void
}

/** What a failed reading says of each channel that was ever read. */
const nothing = (known: Latests, reason: string): Reading[] =>
  [...known].map(([channel, { unit }]) => ({ channel, value: null, unit, reason }))

/** Why a reading failed; throws what isn't the instrument's own failure. */
function reasonOf(error: unknown): string {
  if (!(error instanceof StationError && error.code.startsWith('device.'))) throw error
  return messageOf(error)
}

/** One reading; an instrument's own failure is a gap, said when it begins and when it ends. Anything else is thrown. */
const createReadOnce = (deps: HubDeps, { signal, tell }: Reader) => {
  const storeWatching = createStoreWatching(deps, { signal, tell })
  return async (watched: Watched, wasFailing: boolean): Promise<boolean> => {
    const { held } = watched
    try {
      const readings = await deps.read(held, signal)
      tell(watched, readings, 'unstored')
      await storeWatching(watched, readings)
      tell(watched, readings, 'latest')
      if (wasFailing) await deps.log('info', 'gap', `${held.name} gives values again`)
      return false
    } catch (error) {
      if (signal.aborted) return wasFailing
      const reason = reasonOf(error)
      tell(watched, nothing(watched.unstored, reason), 'unstored')
      tell(watched, nothing(watched.latest, reason), 'latest')
      if (!wasFailing) await deps.log('warning', 'gap', `${held.name} gives no values: ${reason}`)
      return true
    }
  }
}

/** Made once: an Error for every reading would cost more than the reading. */
const isStored = new Error('it is stored')

/** Stores; as long as that isn't done the instrument is read on, for nobody but those that look at what is unstored. */
const createStoreWatching =
  (deps: HubDeps, { signal, tell }: Reader) =>
  async (watched: Watched, readings: readonly Reading[]): Promise<void> => {
    const { held } = watched
    const done = createCanceller()
    const storing = deps.store(held, readings).finally(() => done.cancel(isStored))
    storing.catch(() => undefined)
    for (;;) {
      await deps.clock.sleep(unstoredMs, done.signal).catch(() => undefined)
      if (done.signal.aborted || signal.aborted) return storing
      try {
        tell(watched, await deps.read(held, signal), 'unstored')
      } catch (error) {
        if (!signal.aborted) tell(watched, nothing(watched.unstored, reasonOf(error)), 'unstored')
      }
    }
  }

function nextLatest(
  known: (Latest & { before: { value: number; monotonicMs: number } | null }) | undefined,
  now: { value: number | null; unit: string; reason: string | undefined; utcMs: number; monotonicMs: number },
) {
  const { value, monotonicMs } = now
  const { before } = known ?? { before: null }
  const ageMs = before ? monotonicMs - before.monotonicMs : 0
  const perSecond = value === null || !before || ageMs <= 0 ? null : ((value - before.value) / ageMs) * 1000
  const isOld = before === null || ageMs >= slopeMs
  return {
    ...now,
    reason: value === null ? (now.reason ?? 'the instrument gave no number') : null,
    perSecond: perSecond ?? (value === null ? null : (known?.perSecond ?? null)),
    before: value !== null && isOld ? { value, monotonicMs } : before,
  }
}
