import { messageOf } from '../../contract/errors.ts'
import type { Computed } from '../../contract/run.ts'
import type { ValueRef } from '../../contract/template.ts'
import { createHub, type Hub, type View } from '../acquisition/hub.ts'
import { createRecorder } from '../acquisition/recorder.ts'
import type { ExecutorDeps, Test } from './execute.ts'
import { createGoing } from './going.ts'
import { createGuards, type GuardDeps } from './guards.ts'
import { createLanes } from './lanes.ts'
import { createLedger } from './ledger.ts'
import { createPauses } from './pauses.ts'
import { createProgress } from './progress.ts'
import { createPrompts } from './prompts.ts'
import { createRunLog, type Log } from './runLog.ts'
import { createSafeStops, safeStopDeadlineMs } from './safeStops.ts'
import { createSensors } from './sensors.ts'
import { resolveNumber } from './values.ts'
import { rolesNow } from './context.ts'

const defaultPace = { progressMs: 60_000, batch: 1 }

/** `store` waits for room on a full disk, `rawStore` fails. */
export type PartsDeps = ExecutorDeps & {
  rawStore: ExecutorDeps['store']
  results: Computed[]
  changed: () => void
}
export type Parts = ReturnType<typeof createParts>

/** What the steps of one run share. */
export function createParts(test: Test, deps: PartsDeps) {
  const { run, template, held, resumed } = test
  const { clock, changed } = deps
  const pace = deps.pace ?? defaultPace
  const { log, logAtOnce, writeRest } = createRunLog(run.id, deps)
  const recorder = createRecorder({
    ...{ runId: run.id, clock, store: deps.store, publish: deps.publish, log, batch: pace.batch },
    ...(resumed ? { earlier: { channels: resumed.channels, sweeps: resumed.sweeps } } : {}),
  })
  const hub = createHub({ clock, log, store: recorder.keep, read: (each, signal) => each.instrument.read(signal) })
  const lanes = createLanes(run.lanes ?? [], changed)
  const numberBy =
    (seen: View) =>
    (ref: ValueRef, lane: string | null): number => {
      const own = lanes.get(lane)
      const laneParameters = own ? { laneParameters: own.parameters } : {}
      const sources = { parameters: run.parameters, results: deps.results, sweeps: [], lane, ...laneParameters }
      return resolveNumber(ref, { ...sources, role: () => rolesNow({ held, hub: seen }, lane) }, 'a limit')
    }
  const number = numberBy(hub)
  const nowMs = (): number => clock.monotonicMs()
  const sensors = createSensors({ held, hub, nowMs, number })
  const progress = createProgress(template.steps, run, resumed?.steps ?? [])
  const laneIds = (): string[] => lanes.in().map(({ id }) => id)
  const ledger = createLedger({
    ...{ runId: run.id, clock, hub, sensors, number, store: deps.store, progressMs: pace.progressMs },
    exposures: template.exposure ?? [],
    lanes: laneIds,
    earlier: resumed?.exposure ?? [],
  })
  const prompts = createPrompts({
    ...{ utcMs: () => clock.utcMs(), newId: deps.newId, changed, automatic: deps.automaticAnswer },
    answered: (prompt, value, who) => {
      const detail = { prompt: prompt.title, value }
      return deps.store.audit({ actor: who, action: 'prompt.answer', subject: run.id, detail })
    },
  })
  const going = createGoing({ ledger, clock })
  return {
    ...{ log, writeRest, recorder, hub, lanes, sensors, progress, ledger, prompts, number, changed, pace },
    pauses: createPauses({ nowMs, changed }),
    // Its proofs never wait for a full disk: they are written when there is room.
    safeStops: createSafeStops({
      clock,
      deadlineMs: safeStopDeadlineMs,
      changed,
      log: logAtOnce,
    }),
    ...going,
    ...createWatching(test, { clock, hub, numberBy, log, lanes: laneIds, isGoingOn: going.isGoingOn }),
  }
}

/** Guards see what is read before it is stored: a disk that is full or slow mustn't blind them. */
function createWatching(
  { template, held }: Pick<Test, 'template' | 'held'>,
  deps: Pick<GuardDeps, 'clock' | 'lanes' | 'isGoingOn'> & {
    hub: Hub
    numberBy: (seen: View) => GuardDeps['number']
    log: Log
  },
) {
  const { clock, log } = deps
  const hub = deps.hub.unstored
  const number = deps.numberBy(hub)
  const sensors = createSensors({ held, hub, nowMs: () => clock.monotonicMs(), number })
  return {
    startGuards: (on: Pick<GuardDeps, 'act' | 'clear'>) => {
      const guards = createGuards({ ...deps, ...on, hub, sensors, number, guards: template.guards ?? [] })
      guards.done.catch((error: unknown) => log('error', 'guard', messageOf(error)))
      return guards
    },
  }
}
