import type { Cancellation } from '../../base/cancellation.ts'
import { createCanceller, type Clock } from '../../base/clock.ts'
import { StationError } from '../../contract/errors.ts'
import type { Computed, Run } from '../../contract/run.ts'
import type { StepBase } from '../../contract/template.ts'
import type { Recorder } from '../acquisition/recorder.ts'
import { computeResult } from './analyse.ts'
import type { ExecutorDeps } from './execute.ts'
import type { Progress } from './progress.ts'
import type { Prompts } from './prompts.ts'
import { unsafeError, type SafeStops } from './safeStops.ts'
import type { HeldInstrument, StepContext } from './stepKind.ts'
import { resolveNumber, resolveValue } from './values.ts'

export interface StepRunnerDeps extends Pick<ExecutorDeps, 'clock' | 'store' | 'kinds' | 'methods'> {
  run: Run
  held: readonly HeldInstrument[]
  results: Computed[]
  recorder: Recorder
  prompts: Prompts
  safeStops: SafeStops
  progress: Progress
  log: StepContext['log']
  changed: () => void
}

/** What ends the steps, and whether they tear down: a tear-down acts even where nothing can be written any more. */
interface Scope {
  signal: Cancellation
  isTearDown: boolean
}

/** Walks a template's steps; each is journaled before it acts and when it has ended. */
export function createStepRunner(deps: StepRunnerDeps): {
  runSteps(steps: readonly StepBase[], scope: Scope): Promise<void>
} {
  const runStep = async (step: StepBase, context: StepContext, scope: Scope): Promise<void> => {
    const kind = deps.kinds.get(step.kind)
    if (!kind) throw new StationError('run.stepFailed', { step: step.id, detail: `unknown kind ${step.kind}` })
    const at = { runId: deps.run.id, ordinal: deps.progress.enter(step) }
    deps.changed()
    const entered = deps.store.enterStep({ ...at, path: step.id, kind: step.kind, utcMs: deps.clock.utcMs() })
    await (scope.isTearDown ? entered.catch(() => undefined) : entered)
    const end = (outcome: string) => deps.store.endStep({ ...at, utcMs: deps.clock.utcMs(), outcome })
    try {
      await kind.run(step, context)
    } catch (error) {
      // The step's own error is the one to tell; the journal shows the step as not ended where this fails too.
      await end('failed').catch(() => undefined)
      throw error
    }
    await (scope.isTearDown ? end('done').catch(() => undefined) : end('done'))
    deps.progress.leave(step)
  }

  const runSteps = async (steps: readonly StepBase[], scope: Scope): Promise<void> => {
    const context = createContext(deps, scope, runSteps)
    for (const step of steps) {
      if (scope.signal.aborted) throw scope.signal.reason
      if (step.when && context.value(step.when.value) !== step.when.equals) continue
      await runStep(step, context, scope)
    }
  }
  return { runSteps }
}

function createContext(
  deps: StepRunnerDeps,
  scope: Scope,
  runSteps: (steps: readonly StepBase[], scope: Scope) => Promise<void>,
): StepContext {
  const { clock, run, held, recorder, log } = deps
  const { signal } = scope
  const sources = { parameters: run.parameters, results: deps.results, sweeps: [] }
  const inRoles = (names: readonly string[]) =>
    held.filter((each) => each.roles.some((role) => names.includes(role.roleName)))
  return {
    clock,
    signal,
    recorder,
    log,
    value: (ref) => resolveValue(ref, sources),
    number: (ref, what) => resolveNumber(ref, sources, what),
    held: (roleName) => inRoles([roleName]),
    ask: (request) => deps.prompts.ask(request, signal),
    runSteps: (steps) => runSteps(steps, scope),
    shielded: (deadlineMs, work) =>
      withOwnDeadline(clock, deadlineMs, (own) =>
        work(createContext(deps, { signal: own, isTearDown: true }, runSteps)),
      ),
    makeSafe: async (roleNames) => {
      const unsafe = await deps.safeStops.command(inRoles(roleNames))
      if (unsafe.length > 0) throw unsafeError(unsafe)
    },
    compute: async (request) => {
      const sweeps = await deps.store.sweeps(run.id)
      const computed = computeResult(request, { ...sources, sweeps }, deps.methods)
      const { name, method, version } = computed
      const detail = { name, method, version }
      await deps.store.addResult(run.id, computed, { actor: 'station', action: 'result', subject: run.id, detail })
      deps.results.push(computed)
    },
  }
}

/** Gives `work` a signal of its own, which the run's stop doesn't reach: a tear-down must not take for ever. */
async function withOwnDeadline(
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
