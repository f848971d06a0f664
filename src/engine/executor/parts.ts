import { messageOf } from '../../contract/errors.ts'
import type { Computed, RunEvent } from '../../contract/run.ts'
import type { Guard, ValueRef } from '../../contract/template.ts'
import { createHub } from '../acquisition/hub.ts'
import { createRecorder } from '../acquisition/recorder.ts'
import type { ExecutorDeps, Test } from './execute.ts'
import { createGuards } from './guards.ts'
import { createLanes } from './lanes.ts'
import { createLedger } from './ledger.ts'
import { stepIdOf } from './path.ts'
import { createPauses } from './pauses.ts'
import { createProgress } from './progress.ts'
import { createPrompts } from './prompts.ts'
import { createSafeStops, safeStopDeadlineMs } from './safeStops.ts'
import { createSensors } from './sensors.ts'
import { resolveNumber } from './values.ts'
import { rolesNow } from './context.ts'

const defaultPace = { progressMs: 60_000, batch: 1 }

export type PartsDeps = ExecutorDeps & { results: Computed[]; changed: () => void }
export type Parts = ReturnType<typeof createParts>

/** What the steps of one run share. */
export function createParts(test: Test, deps: PartsDeps) {
  const { run, template, held, resumed } = test
  const { clock, changed } = deps
  const pace = deps.pace ?? defaultPace
  const log = async (level: RunEvent['level'], kind: string, text: string): Promise<void> => {
    const event = { runId: run.id, utcMs: clock.utcMs(), level, kind, text }
    deps.publish({ type: 'log', event: await deps.store.addEvent(event) })
  }
  const recorder = createRecorder({
    ...{ runId: run.id, clock, store: deps.store, publish: deps.publish, log, batch: pace.batch },
    ...(resumed ? { earlier: { channels: resumed.channels, sweeps: resumed.sweeps } } : {}),
  })
  const hub = createHub({ clock, read: recorder.readSensor, log })
  const lanes = createLanes(run.lanes ?? [], changed)
  const number = (ref: ValueRef, lane: string | null): number => {
    const own = lanes.get(lane)
    const laneParameters = own ? { laneParameters: own.parameters } : {}
    const sources = { parameters: run.parameters, results: deps.results, sweeps: [], lane, ...laneParameters }
    return resolveNumber(ref, { ...sources, role: () => rolesNow({ held, hub }, lane) }, 'a limit')
  }
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
  const going = new Map<string, number>()
  return {
    ...{ log, recorder, hub, lanes, sensors, progress, ledger, prompts, number, changed, pace },
    pauses: createPauses({ nowMs, changed }),
    safeStops: createSafeStops({ clock, deadlineMs: safeStopDeadlineMs, changed, log }),
    /** A step begins; returns what ends it. */
    entered: (path: string, lane: string | null): (() => void) => {
      const id = stepIdOf(path)
      going.set(id, (going.get(id) ?? 0) + 1)
      const leave = ledger.enter(path, lane)
      return () => {
        going.set(id, (going.get(id) ?? 1) - 1)
        leave()
      }
    },
    startGuards: (on: {
      act: (guard: Guard, lane: string | null, reason: string) => void
      clear: (guard: Guard, lane: string | null) => void
    }) => {
      const guards = createGuards({
        ...{ clock, hub, sensors, number, lanes: laneIds, ...on },
        guards: template.guards ?? [],
        isGoingOn: (id) => (going.get(id) ?? 0) > 0,
      })
      guards.done.catch((error: unknown) => log('error', 'guard', messageOf(error)))
      return guards
    },
  }
}
