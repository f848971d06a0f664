import type { Clock } from '../../base/clock.ts'
import { createCanceller } from '../../base/clock.ts'
import type { Band, Guard, ValueRef } from '../../contract/template.ts'
import type { View } from '../acquisition/hub.ts'
import type { BandState, Sensors } from './sensors.ts'

export interface GuardDeps {
  clock: Clock
  guards: readonly Guard[]
  hub: Pick<View, 'onSample'>
  sensors: Sensors
  lanes: () => readonly string[]
  number: (ref: ValueRef, lane: string | null) => number
  /** Whether a step of this id is going on. */
  isGoingOn: (stepId: string) => boolean
  act: (guard: Guard, lane: string | null, reason: string) => void
  /** The values are back where they have to be. */
  clear: (guard: Guard, lane: string | null) => void
}

/** One guard over one lane, or over the whole run. */
interface Watch {
  guard: Guard
  lane: string | null
  outsideSinceMs: number | null
  /** When all of its values were last there. */
  lastGoodMs: number
  acted: boolean
}

/** The window narrowed by the hysteresis: only inside that the values are back. */
function narrowed(band: Band, by: number, number: (ref: ValueRef) => number): Band {
  const minus = (ref: ValueRef | undefined): ValueRef | undefined => (ref === undefined ? undefined : number(ref) - by)
  const plus = (ref: ValueRef | undefined): ValueRef | undefined => (ref === undefined ? undefined : number(ref) + by)
  return {
    ...band,
    ...(band.tolerance === undefined ? {} : { tolerance: Math.max(0, number(band.tolerance) - by) }),
    ...(band.minimum === undefined ? {} : { minimum: plus(band.minimum) }),
    ...(band.maximum === undefined ? {} : { maximum: minus(band.maximum) }),
  }
}

/** How often a guard looks when nothing is read: silence has to be noticed, too. */
const leastLookMs = 1000

/** Guards look at every sample, and at the clock; each acts once until its values are back. */
export function createGuards(deps: GuardDeps): { close: () => void; done: Promise<void> } {
  const end = createCanceller()
  const watches = deps.guards.flatMap((guard): Watch[] => {
    const lanes = guard.action === 'stopLane' && deps.lanes().length > 0 ? deps.lanes() : [null]
    return lanes.map((lane) => ({
      guard,
      lane,
      outsideSinceMs: null,
      lastGoodMs: deps.clock.monotonicMs(),
      acted: false,
    }))
  })
  const look = (watch: Watch): void => {
    const { guard, lane } = watch
    const going = guard.during === undefined || guard.during.some(deps.isGoingOn)
    if (!going || (lane !== null && !deps.lanes().includes(lane))) {
      Object.assign(watch, { outsideSinceMs: null, lastGoodMs: deps.clock.monotonicMs(), acted: false })
      return
    }
    const number = (ref: ValueRef): number => deps.number(ref, lane)
    const hysteresis = guard.hysteresis === undefined ? 0 : number(guard.hysteresis)
    const band = watch.acted ? narrowed(guard.band, hysteresis, number) : guard.band
    const state = deps.sensors.check(band, { lane, freshMs: Infinity })
    judge(watch, state, deps)
  }
  const off = deps.hub.onSample(() => watches.forEach(look))
  const silences = watches.flatMap(({ guard, lane }) =>
    guard.silenceS === undefined ? [] : [deps.number(guard.silenceS, lane) * 1000],
  )
  const lookMs = Math.max(leastLookMs, Math.min(...silences) / 4)
  const done = (async () => {
    while (silences.length > 0 && !end.signal.aborted) {
      watches.forEach(look)
      await deps.clock.sleep(lookMs, end.signal).catch(() => undefined)
    }
  })()
  return {
    done,
    close: () => {
      off()
      end.cancel(new Error('the run has ended'))
    },
  }
}

function judge(watch: Watch, state: BandState, deps: GuardDeps): void {
  const { guard, lane } = watch
  const nowMs = deps.clock.monotonicMs()
  watch.outsideSinceMs = state.state === 'outside' ? (watch.outsideSinceMs ?? nowMs) : null
  watch.lastGoodMs = Math.max(watch.lastGoodMs, lastGoodMs(guard, lane, deps))
  const delayMs = guard.delayS === undefined ? 0 : deps.number(guard.delayS, lane) * 1000
  const silenceMs = guard.silenceS === undefined ? Infinity : deps.number(guard.silenceS, lane) * 1000
  const outside = watch.outsideSinceMs !== null && nowMs - watch.outsideSinceMs >= delayMs
  const silent = nowMs - watch.lastGoodMs >= silenceMs
  if ((outside || silent) && !watch.acted) {
    watch.acted = true
    deps.act(guard, lane, outside ? state.detail : `no values for ${Math.round(silenceMs / 1000)} s: ${state.detail}`)
  } else if (watch.acted && state.state === 'inside' && !silent) {
    watch.acted = false
    deps.clear(guard, lane)
  }
}

/** When the guard's values were last all there; long ago where one is missing. */
function lastGoodMs({ band }: Guard, lane: string | null, deps: GuardDeps): number {
  const times = deps.sensors
    .sources(band.role, band.channel, lane)
    .map((source) => deps.sensors.latest(source))
    .map((latest) => (latest === null || latest.value === null ? -Infinity : latest.monotonicMs))
  return Math.min(...times)
}
