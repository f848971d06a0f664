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

export interface Hub {
  /** Reads this instrument at least this often until released; several watchers share the readings. */
  watch: (held: HeldInstrument, everyMs: number) => () => void
  latest: (held: HeldInstrument, channel: string) => Latest | null
  onSample: (listener: (sampled: Sampled) => void) => () => void
  /** Rejects with what no reading can go on after: a full disk, a fault of the program. */
  readonly failed: Promise<never>
  /** Ends all reading; resolves when none is under way. */
  close: () => Promise<void>
}

export interface HubDeps {
  clock: Clock
  /** Reads once and stores what was measured. Throws the instrument's error. */
  read: (held: HeldInstrument, signal: Cancellation) => Promise<Reading[]>
  log: (level: RunEvent['level'], kind: string, text: string) => Promise<void>
}

/** Slopes are taken over about this long: shorter ones are noise. */
const slopeMs = 60_000

interface Watched {
  held: HeldInstrument
  /** Intervals asked for; the shortest counts. */
  intervals: Map<symbol, number>
  latest: Map<string, Latest & { before: { value: number; monotonicMs: number } | null }>
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
  const samples = createEmitter<Sampled>(fail)

  const keep = (watched: Watched, readings: readonly Reading[]): void => {
    const [utcMs, monotonicMs] = [clock.utcMs(), clock.monotonicMs()]
    for (const { channel, value, unit, reason } of readings)
      watched.latest.set(channel, nextLatest(watched.latest.get(channel), { value, unit, reason, utcMs, monotonicMs }))
    samples.emit({ held: watched.held, readings, utcMs, monotonicMs })
  }

  const readOnce = createReadOnce(deps, { signal: end.signal, keep })
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
    const watched = all.get(held.id) ?? { held, intervals: new Map(), latest: new Map(), wake: null, loop: null }
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
    latest: (held, channel) => all.get(held.id)?.latest.get(channel) ?? null,
    onSample: (listener) => samples.on(listener),
    failed: failure.promise,
    close: async () => {
      end.cancel(new Error('the run has ended'))
      for (const watched of all.values()) watched.wake?.()
      await Promise.allSettled([...all.values()].flatMap(({ loop }) => (loop ? [loop] : [])))
    },
  }
}

/** One reading; an instrument's own failure is a gap, said when it begins and when it ends. Anything else is thrown. */
const createReadOnce =
  (
    deps: HubDeps,
    { signal, keep }: { signal: Cancellation; keep: (watched: Watched, readings: readonly Reading[]) => void },
  ) =>
  async (watched: Watched, wasFailing: boolean): Promise<boolean> => {
    const { held, latest } = watched
    try {
      keep(watched, await deps.read(held, signal))
      if (wasFailing) await deps.log('info', 'gap', `${held.name} gives values again`)
      return false
    } catch (error) {
      if (signal.aborted) return wasFailing
      if (!(error instanceof StationError && error.code.startsWith('device.'))) throw error
      const reason = messageOf(error)
      keep(
        watched,
        [...latest].map(([channel, { unit }]) => ({ channel, value: null, unit, reason })),
      )
      if (!wasFailing) await deps.log('warning', 'gap', `${held.name} gives no values: ${reason}`)
      return true
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
