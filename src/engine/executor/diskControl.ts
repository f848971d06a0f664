import { StationError } from '../../contract/errors.ts'
import type { ControlDeps } from './control.ts'
import { isLeaving } from './stepRunner.ts'
import { isLegal } from './transitions.ts'

/** What becomes of a run whose disk is full, and of one whose disk has room again. */
export function createDiskControl(
  { test, parts, state, stopper }: ControlDeps,
  control: {
    holdStill: (key: string, reason: string) => Promise<void>
    leaveOpen: (error: StationError) => void
    noted: (work: Promise<unknown>) => void
  },
) {
  const { template } = test
  const { holdStill, leaveOpen, noted } = control
  /** A step that is never done again can't stand still in its midst, as a sweep can't: only what goes on around others. */
  const stuck = () => parts.goingSteps().find((step) => step.rule === 'never' && !step.isAround)
  const canStandStill = (): boolean =>
    template.pause !== undefined &&
    state.isRunning() &&
    !stopper.signal.aborted &&
    !parts.isTearingDown() &&
    stuck() === undefined
  /** As after an outage: where the protocol lets it, and no step that was going on asks for a person. */
  const goesOnByItself = (): boolean =>
    template.recovery?.unattended === true &&
    state.run().status === 'running' &&
    parts.goingSteps().every(({ rule }) => rule !== 'never' && rule !== 'ask')

  const diskIsFull = (error: StationError): void => {
    const then = goesOnByItself() ? 'the test then goes on by itself' : 'then let the test go on'
    const { happened } = error.text
    noted(holdStill('disk', `${happened.replace(/\.$/, '')}; make room there, ${then}. What was stored is safe`))
    noted(
      parts.log(
        'error',
        'disk',
        `${happened} The test stands still, and nothing is recorded, until there is room. Its guards go on watching.`,
      ),
    )
  }
  const diskHasRoom = (isStored: boolean): void => {
    if (!isStored) return parts.pauses.resume('disk')
    noted(parts.writeRest())
    if (goesOnByItself()) {
      noted(parts.log('info', 'disk', 'There is room on the disk again: the test goes on.'))
      return parts.pauses.resume('disk')
    }
    const reason = 'there is room on the disk again; a person has to let it go on'
    parts.pauses.pause('disk', reason)
    noted(parts.log('warning', 'disk', 'There is room on the disk again. The test waits for a person.'))
    if (isLegal(state.run().status, 'pause'))
      noted(state.save({ status: 'paused' }, { actor: 'station', action: 'run.pause', detail: { reason } }))
  }
  /** What can't stand still is left to be gone on with, where the protocol allows that. A tear-down does without words. */
  const diskEnds = (error: StationError, what: 'values' | 'words'): Error => {
    if (isLeaving(stopper.signal.reason)) return stopper.signal.reason as Error
    if (stopper.signal.aborted || !state.isRunning() || !template.recovery) return error
    if (what === 'words' && parts.isTearingDown()) return error
    const left = new StationError('run.noRoom', { detail: error.message }, error)
    leaveOpen(left)
    return left
  }
  return { canStandStill, diskIsFull, diskHasRoom, diskEnds }
}
