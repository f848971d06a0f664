import type { createCanceller } from '../../base/clock.ts'
import { messageOf, StationError } from '../../contract/errors.ts'
import type { Guard } from '../../contract/template.ts'
import type { ActiveRun, Test } from './execute.ts'
import { createDiskControl } from './diskControl.ts'
import type { FullDisk } from './fullDisk.ts'
import type { Parts } from './parts.ts'
import type { RunState } from './runState.ts'
import { isLegal, requireLegal } from './transitions.ts'

export interface ControlDeps {
  test: Test
  parts: Parts
  state: RunState
  stopper: ReturnType<typeof createCanceller>
  disk: Pick<FullDisk, 'error'>
}

/** What a person, or a guard, may do with a run that goes on. */
export function createControl(deps: ControlDeps) {
  const { test, parts, state, stopper } = deps
  let how: 'byItself' | 'stopped' | 'interrupted' = 'byItself'
  const noted = (work: Promise<unknown>): void => {
    work.catch((error: unknown) => parts.log('error', 'control', messageOf(error)).catch(() => undefined))
  }
  const end = (error: StationError): void => {
    if (state.isRunning() && !stopper.signal.aborted) stopper.cancel(error)
    // Not left to the step: the outputs are commanded off at once, past whatever waits on the links. It never throws.
    void parts.safeStops.command(test.held)
  }
  const stop: ActiveRun['stop'] = (who, { emergency = false } = {}) => {
    // The instruments were given back: their outputs are off, and what is recorded stays as it is.
    if (state.isOver()) return
    if (state.isRunning() && !stopper.signal.aborted) {
      how = 'stopped'
      if (emergency) state.setEmergency()
      const action = emergency ? 'run.emergencyStop' : 'run.stop'
      noted(state.saveOrOwe({ status: 'stopping' }, { actor: who, action, detail: {} }))
    }
    end(new StationError('run.stopped', { who }))
  }
  const leaveOpen = (error: StationError): void => {
    if (!state.isRunning() || stopper.signal.aborted) return
    how = 'interrupted'
    stopper.cancel(error)
    // A chamber holds what it has, as it does when the power of the PC fails; what is under energy goes off.
    void parts.safeStops.command(electrical(test), 'electrical')
  }
  const interrupt: ActiveRun['interrupt'] = (who) =>
    test.template.recovery ? leaveOpen(new StationError('run.interrupted')) : stop(who)
  const leave = createLeaving(deps, end)
  const { holdStill, ...pausing } = createPausing(deps)
  return {
    test,
    actions: {
      ...pausing,
      stop,
      interrupt,
      removeLane: (lane: string, { who, reason }: { who: string; reason: string }) =>
        leave(lane, { state: 'removed', reason, who }),
    },
    failLane: (lane: string, reason: string) => leave(lane, { state: 'stopped', reason, who: 'station' }),
    ...createGuardActions(deps, { end, leave, holdStill, noted }),
    ...createDiskControl(deps, { holdStill, leaveOpen, noted }),
    howEnded: () => how,
  }
}

/** Everything that energises but what is only a chamber, which holds by itself. */
export const electrical = ({ held }: Pick<Test, 'held'>) =>
  held.filter((each) => each.roles.some(({ role }) => role !== 'Chamber'))

type Leave = (lane: string, as: { state: 'removed' | 'stopped'; reason: string; who: string }) => Promise<void>

const createLeaving =
  ({ parts, state }: ControlDeps, end: (error: StationError) => void): Leave =>
  async (lane, as) => {
    parts.lanes.leave(lane, as)
    const detail = { lane, reason: as.reason }
    await state.save({}, { actor: as.who, action: `lane.${as.state}`, detail })
    await parts.log('warning', 'lane', `Lane ${lane} ${as.state}: ${as.reason}`)
    if (parts.lanes.in().length === 0) end(new StationError('run.noLanes'))
  }

function createPausing({ test, parts, state, disk }: ControlDeps) {
  /** Stands still: what is under energy goes off unless the protocol keeps it. A chamber holds where it is. */
  const holdStill = async (key: string, reason: string): Promise<void> => {
    parts.pauses.pause(key, reason)
    if (test.template.pause?.energy === 'keep') return
    await parts.safeStops.command(electrical(test), 'electrical')
  }
  const pause: ActiveRun['pause'] = async (who) => {
    if (!test.template.pause)
      throw new StationError('run.illegal', { status: 'of a test that can’t be paused', action: 'pause' })
    // It stands still already, and nothing can be written.
    if (disk.error) throw disk.error
    requireLegal(state.run().status, 'pause')
    await state.save({ status: 'paused' }, { actor: who, action: 'run.pause', detail: {} })
    await holdStill('person', `paused by ${who}`)
  }
  const resume: ActiveRun['resume'] = async (who) => {
    if (disk.error) throw disk.error
    requireLegal(state.run().status, 'resume')
    await state.save({ status: 'running' }, { actor: who, action: 'run.resume', detail: {} })
    parts.pauses.resume()
  }
  return { pause, resume, holdStill }
}

function createGuardActions(
  { parts, state, stopper }: ControlDeps,
  given: {
    end: (error: StationError) => void
    leave: Leave
    holdStill: (key: string, reason: string) => Promise<void>
    noted: (work: Promise<unknown>) => void
  },
) {
  const { end, leave, holdStill, noted } = given
  const inLane = (lane: string | null, text: string): string => (lane === null ? text : `Lane ${lane}: ${text}`)
  const standStill = (guard: Guard, text: string): void => {
    if (isLegal(state.run().status, 'pause'))
      noted(state.save({ status: 'paused' }, { actor: 'station', action: 'run.pause', detail: { reason: text } }))
    noted(holdStill(`guard ${guard.id}`, text))
  }
  /** Told as being stopped from here on: a station that is killed in its tear-down doesn’t go on with it by itself. */
  const stop = (text: string): void => {
    if (!state.isRunning() || stopper.signal.aborted) return
    const audit = { actor: 'station', action: 'run.stop', detail: { reason: text } }
    noted(state.saveOrOwe({ status: 'stopping' }, audit))
  }
  const guardActs = (guard: Guard, lane: string | null, reason: string): void => {
    const text = `${guard.title}: ${reason}`
    noted(parts.log(guard.action === 'warn' ? 'warning' : 'error', 'guard', inLane(lane, text)))
    if (guard.action === 'pause') standStill(guard, text)
    else if (guard.action === 'stopLane' && lane !== null)
      noted(leave(lane, { state: 'stopped', reason: text, who: 'station' }))
    else if (guard.action !== 'warn') {
      stop(text)
      end(new StationError('run.guard', { guard: guard.title, detail: reason }))
    }
  }
  const guardClears = (guard: Guard, lane: string | null): void =>
    noted(parts.log('info', 'guard', inLane(lane, `${guard.title}: back where it has to be`)))
  return { guardActs, guardClears }
}
