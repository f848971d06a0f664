import { throwIfCancelled, type Cancellation } from '../../base/cancellation.ts'
import { createCanceller, type Clock } from '../../base/clock.ts'
import { StationError } from '../../contract/errors.ts'
import type { RecoveryRule, StepBase } from '../../contract/template.ts'
import type { Journal, Visit } from './journal.ts'
import { childPath, iterationPath, lanePath } from './path.ts'
import { innerSteps, type Progress } from './progress.ts'
import type { StepContext, StepKind } from './stepKind.ts'

/** What ends the steps, where they stand, and whether they tear down: a tear-down acts even where nothing can be written. */
export interface Scope {
  signal: Cancellation
  isTearDown: boolean
  path: string
  lane: string | null
}

/** A step that acts now. */
export interface GoingStep {
  rule: RecoveryRule
  /** It only leads to the steps in it, or goes on around them. */
  isAround: boolean
}

export type RunSteps = (steps: readonly StepBase[], scope: Scope) => Promise<void>

export interface StepRunnerDeps {
  clock: Clock
  kinds: ReadonlyMap<string, StepKind>
  journal: Journal
  progress: Progress
  /** How long the station was gone, and what was decided; null in a run that was never interrupted. */
  recovered: { decision: 'continue' | 'extend' | 'restart'; attended: boolean } | null
  changed: () => void
  createContext: (scope: Scope, visit: Visit, runSteps: RunSteps) => StepContext
  /** Called around each step, for the ledger and for what can be interrupted. */
  entered: (path: string, scope: Scope, going: GoingStep) => () => void
}

/** The station leaves the run to be gone on with: what is going on stays open. */
export const isLeaving = (error: unknown): boolean =>
  error instanceof StationError && (error.code === 'run.interrupted' || error.code === 'run.noRoom')

/** A step that must not be done again unattended ends the run unless a person is there who said so. */
function refuseRepetition(step: StepBase, kind: StepKind, deps: StepRunnerDeps): void {
  const rule = step.recovery ?? kind.recovery
  if ((rule === 'never' || rule === 'ask') && deps.recovered?.attended !== true)
    throw new StationError('run.notRepeatable', { step: step.title })
}

/** Walks a template's steps; each is journaled before it acts and when it has ended. */
export function createStepRunner(deps: StepRunnerDeps): { runSteps: RunSteps } {
  const { journal } = deps
  const left = createLeft(deps, (scope) => deps.createContext(scope, unwritten, runSteps))

  const act = async (step: StepBase, visit: Visit, scope: Scope): Promise<void> => {
    const kind = deps.kinds.get(step.kind)
    if (!kind) throw new StationError('run.stepFailed', { step: step.id, detail: `unknown kind ${step.kind}` })
    if (visit.wasOpen) refuseRepetition(step, kind, deps)
    const isLeaf = innerSteps(step).length === 0
    const rule = step.recovery ?? kind.recovery
    const restarts = visit.wasOpen && isLeaf && (rule === 'restart' || deps.recovered?.decision === 'restart')
    const leave = deps.entered(scope.path, scope, { rule, isAround: !isLeaf })
    try {
      await kind.run(step, deps.createContext(scope, restarts ? { ...visit, before: undefined } : visit, runSteps))
    } finally {
      leave()
    }
  }

  const runStep = async (step: StepBase, scope: Scope): Promise<void> => {
    const entering = journal.enter(step, scope.path)
    // A tear-down acts even where nothing can be written any more.
    const visit = await (scope.isTearDown ? entering.catch(() => unwritten) : entering)
    deps.progress.enter(step, scope)
    deps.changed()
    try {
      if (visit.isDone) left.passed(step, scope)
      else {
        await left.restore(step, scope)
        await act(step, visit, scope)
      }
    } catch (error) {
      // Where the station only leaves, the step stays open: it is gone on with later.
      const isLeft = isLeaving(error)
      // The step's own error is the one to tell; the journal shows the step as not ended where this fails too.
      if (!isLeft) await visit.end('failed').catch(() => undefined)
      deps.progress.fail(scope.path)
      throw error
    }
    if (!visit.isDone) await (scope.isTearDown ? visit.end('done').catch(() => undefined) : visit.end('done'))
    deps.progress.leave(step, scope.path, !visit.isDone)
  }

  const runSteps: RunSteps = async (steps, scope) => {
    for (const step of steps) {
      throwIfCancelled(scope.signal)
      const own = { ...scope, path: childPath(scope.path, step.id) }
      if (step.when) {
        const context = deps.createContext(own, unwritten, runSteps)
        if (context.value(step.when.value) !== step.when.equals) continue
      }
      await runStep(step, own)
    }
  }
  return { runSteps }
}

/** What steps that were passed over had left, such as set-points: done again before anything else goes on. */
function createLeft(
  { kinds }: Pick<StepRunnerDeps, 'kinds'>,
  contextIn: (scope: Scope) => StepContext,
): { passed: (step: StepBase, scope: Scope) => void; restore: (next: StepBase, scope: Scope) => Promise<void> } {
  const steps = new Map<string, { step: StepBase; scope: Scope }>()
  return {
    passed: (step, scope) => {
      const key = kinds.get(step.kind)?.leaves(step) ?? null
      if (key === null) return
      // The last one that left it, in its place among the others.
      const own = scope.lane === null ? key : `${key}@${scope.lane}`
      steps.delete(own)
      steps.set(own, { step, scope })
    },
    restore: async (next, scope) => {
      if (steps.size === 0 || scope.isTearDown) return
      // A container only leads to what goes on, unless it acts itself, as high voltage does.
      if (innerSteps(next).length > 0 && next['role'] === undefined) return
      // What the next step sets itself is its own business.
      const replaced = kinds.get(next.kind)?.leaves(next)
      const all = [...steps].filter(([key]) => key !== replaced).map(([, each]) => each)
      steps.clear()
      for (const each of all) {
        const context = contextIn(each.scope)
        await context.log('info', 'recovery', `Done again after the outage: ${each.step.title}`)
        await kinds.get(each.step.kind)?.run(each.step, context)
      }
    },
  }
}

/** The visit of a step that the journal doesn't know. */
const unwritten: Visit = {
  isDone: false,
  before: undefined,
  wasOpen: false,
  save: () => Promise.resolve(),
  end: () => Promise.resolve(),
}

/** Where the inner steps of a step stand. */
export function innerScope(scope: Scope, at: { iteration?: number; lane?: string } = {}): Scope {
  const path = at.iteration === undefined ? scope.path : iterationPath(scope.path, at.iteration)
  return at.lane === undefined ? { ...scope, path } : { ...scope, path: lanePath(path, at.lane), lane: at.lane }
}

/** Gives `work` a signal of its own, which the run's stop doesn't reach: a tear-down must not take for ever. */
export async function withOwnDeadline(
  clock: Clock,
  deadlineMs: number,
  work: (own: Cancellation) => Promise<void>,
): Promise<void> {
  const own = createCanceller()
  const timer = createCanceller()
  const late = new StationError('run.stepFailed', { step: 'tear-down', detail: 'its deadline passed' })
  clock.sleep(deadlineMs, timer.signal).then(
    () => own.cancel(late),
    () => undefined,
  )
  try {
    await work(own.signal)
  } finally {
    // A timer left behind would keep the process for the rest of the deadline.
    timer.cancel(new Error('the tear-down has ended'))
  }
}
