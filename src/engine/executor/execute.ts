import type { Cancellation } from '../../base/cancellation.ts'
import { createCanceller, type Clock } from '../../base/clock.ts'
import type { StationEvent } from '../../contract/api.ts'
import { messageOf, StationError } from '../../contract/errors.ts'
import type { Computed, CriterionResult, Prompt, Run, RunEvent, RunLive } from '../../contract/run.ts'
import type { RecordedSweep } from '../../contract/sample.ts'
import type { StepBase, Template } from '../../contract/template.ts'
import { createRecorder, type RecorderStore } from '../acquisition/recorder.ts'
import type { Methods } from './analyse.ts'
import { computeResult } from './analyse.ts'
import { createPrompts } from './prompts.ts'
import { createSafeStops } from './safeStops.ts'
import type { HeldInstrument, StepContext, StepKind } from './stepKind.ts'
import { resolveNumber, resolveValue } from './values.ts'
import { decide, evaluateCriteria } from './verdict.ts'

interface Audit {
  actor: string
  action: string
  subject: string
  detail: unknown
}

/** The part of the store that a run needs. Each call is durable when it resolves. */
export interface ExecutorStore extends RecorderStore {
  saveRun(run: Run, audit: Audit): Promise<void>
  finishRun(run: Run, criteria: readonly CriterionResult[], audit: Audit): Promise<void>
  enterStep(step: { runId: string; ordinal: number; path: string; kind: string; utcMs: number }): Promise<void>
  endStep(step: { runId: string; ordinal: number; utcMs: number; outcome: string }): Promise<void>
  addEvent(event: Omit<RunEvent, 'seq'>): Promise<RunEvent>
  addResult(runId: string, result: Computed, audit: Audit): Promise<void>
  audit(entry: Audit): Promise<void>
  sweeps(runId: string): Promise<RecordedSweep[]>
}

export interface ExecutorDeps {
  clock: Clock
  store: ExecutorStore
  kinds: ReadonlyMap<string, StepKind>
  methods: Methods
  publish: (event: StationEvent) => void
  newId: () => string
  automaticAnswer: ((prompt: Prompt) => { value: string; who: string }) | null
}

export interface ActiveRun {
  /** Ends the run: cancels what waits and commands every energising instrument safe at once. */
  stop(who: string): void
  answer(given: { promptId: string; value: string; who: string }): void
  live(): RunLive
  /** Resolves with the ended run, whatever its end; rejects never. */
  finished: Promise<Run>
}

const safeStopDeadlineMs = 10_000
const saveRetryMs = 5_000
const saveAttempts = 720

/** Runs a checked template with instruments that were opened, identified and locked for it. */
export function executeTest(
  given: { run: Run; template: Template; held: readonly HeldInstrument[] },
  deps: ExecutorDeps,
): ActiveRun {
  const { template, held } = given
  let run = given.run
  const stopper = createCanceller()
  const results: Computed[] = []
  const progress = createProgress(countLeaves(template.steps, run))

  const publishLive = (): void => deps.publish({ type: 'live', live: live() })
  const log = async (level: RunEvent['level'], kind: string, text: string): Promise<void> => {
    const event = { runId: run.id, utcMs: deps.clock.utcMs(), level, kind, text }
    deps.publish({ type: 'log', event: await deps.store.addEvent(event) })
  }
  const safeStops = createSafeStops({ clock: deps.clock, deadlineMs: safeStopDeadlineMs, changed: publishLive, log })
  const prompts = createPrompts({
    utcMs: () => deps.clock.utcMs(),
    newId: deps.newId,
    changed: publishLive,
    automatic: deps.automaticAnswer,
    answered: (prompt, value, who) =>
      deps.store.audit({
        actor: who,
        action: 'prompt.answer',
        subject: run.id,
        detail: { prompt: prompt.title, value },
      }),
  })
  const live = (): RunLive => ({
    runId: run.id,
    ...progress.now(),
    prompt: prompts.open,
    safeStops: [...safeStops.states],
  })
  const recorder = createRecorder({
    runId: run.id,
    clock: deps.clock,
    store: deps.store,
    publish: deps.publish,
    log,
  })

  const save = async (change: Partial<Run>, action: string): Promise<void> => {
    run = { ...run, ...change }
    await deps.store.saveRun(run, { actor: run.operator, action, subject: run.id, detail: change })
    deps.publish({ type: 'run', run })
  }

  const createContext = (signal: Cancellation): StepContext => {
    const sources = { parameters: run.parameters, results, sweeps: [] as RecordedSweep[] }
    return {
      clock: deps.clock,
      signal,
      value: (ref) => resolveValue(ref, sources),
      number: (ref, what) => resolveNumber(ref, sources, what),
      held: (roleName) => held.filter((each) => each.roles.some((role) => role.roleName === roleName)),
      recorder,
      ask: (request) => prompts.ask(request, signal),
      log,
      runSteps: (steps) => runSteps(steps, createContext(signal)),
      shielded: (deadlineMs) => createContext(deadlineSignal(deps.clock, deadlineMs)),
      makeSafe: async (roleNames) => {
        const concerned = held.filter((each) => each.roles.some((role) => roleNames.includes(role.roleName)))
        throwIfUnsafe(await safeStops.command(concerned))
      },
      compute: async (request) => {
        const sweeps = await deps.store.sweeps(run.id)
        const computed = computeResult(request, { ...sources, sweeps }, deps.methods)
        const { name, method, version } = computed
        await deps.store.addResult(run.id, computed, {
          actor: 'station',
          action: 'result',
          subject: run.id,
          detail: { name, method, version },
        })
        results.push(computed)
      },
    }
  }

  const runSteps = async (steps: readonly StepBase[], context: StepContext): Promise<void> => {
    for (const step of steps) {
      if (context.signal.aborted) throw context.signal.reason
      if (step.when && context.value(step.when.value) !== step.when.equals) continue
      await runStep(step, context)
    }
  }

  const runStep = async (step: StepBase, context: StepContext): Promise<void> => {
    const kind = deps.kinds.get(step.kind)
    if (!kind) throw new StationError('run.stepFailed', { step: step.id, detail: `unknown kind ${step.kind}` })
    const ordinal = progress.enter(step)
    publishLive()
    const at = { runId: run.id, ordinal }
    await deps.store.enterStep({ ...at, path: step.id, kind: step.kind, utcMs: deps.clock.utcMs() })
    const end = (outcome: string) => deps.store.endStep({ ...at, utcMs: deps.clock.utcMs(), outcome })
    try {
      await kind.run(step, context)
    } catch (error) {
      await end('failed').catch(() => undefined)
      throw error
    }
    await end('done')
    progress.leave(step)
  }

  const main = async (): Promise<void> => {
    await log('info', 'start', `${template.id} ${template.version} started by ${run.operator}`)
    await runSteps(template.steps, createContext(stopper.signal))
  }

  const finish = async (problem: unknown): Promise<void> => {
    const unsafe = await safeStops.command(held)
    const failure = unsafe.length > 0 ? unsafeError(unsafe) : problem
    const criteria =
      failure === null ? evaluateCriteria(template, { parameters: run.parameters, results, sweeps: [] }) : []
    const decision = failure === null ? decide(criteria) : { verdict: null, reasons: [] }
    run = {
      ...run,
      status: failure === null ? 'completed' : stopper.signal.aborted ? 'stopped' : 'aborted',
      endedUtcMs: deps.clock.utcMs(),
      verdict: decision.verdict,
      verdictReasons: decision.reasons,
      problem: failure === null ? null : describe(failure),
    }
    await persistEnd(criteria)
    deps.publish({ type: 'run', run })
  }

  /** A full disk ends the run but not the record of it: the end is written as soon as there is space. */
  const persistEnd = async (criteria: readonly CriterionResult[]): Promise<void> => {
    const { status, verdict, problem } = run
    const entry = { actor: 'station', action: 'run.end', subject: run.id, detail: { status, verdict, problem } }
    for (let attempt = 1; ; attempt++) {
      try {
        await deps.store.finishRun(run, criteria, entry)
        const text = problem ? `${problem.happened} ${problem.did}` : `Ended with the verdict ${verdict}`
        await log(problem ? 'error' : 'info', 'end', text)
        return
      } catch (error) {
        if (!(error instanceof StationError) || attempt >= saveAttempts) throw error
        deps.publish({ type: 'run', run })
        await deps.clock.sleep(saveRetryMs)
      }
    }
  }

  const finished = main()
    .then(
      () => null,
      (error: unknown) => error,
    )
    .then(finish)
    // What can't even be recorded as ended is shown as interrupted at the next start.
    .catch((error: unknown) => {
      run = { ...run, status: 'aborted', problem: describe(error) }
      deps.publish({ type: 'run', run })
    })
    .then(() => {
      deps.publish({ type: 'runEnded', runId: run.id })
      return run
    })

  const stop = (who: string): void => {
    if (!stopper.signal.aborted) {
      stopper.cancel(new StationError('run.stopped', { who }))
      save({ status: 'stopping' }, 'run.stop').catch(() => undefined)
    }
    // Not left to the step: the outputs are commanded off at once, past whatever waits on the links.
    safeStops.command(held).catch(() => undefined)
  }

  return { stop, answer: prompts.answer, live, finished }
}

const describe = (error: unknown) =>
  error instanceof StationError
    ? error.text
    : new StationError('run.stepFailed', { step: '', detail: messageOf(error) }, error).text

const unsafeError = (unsafe: readonly { instrument: string; detail: string | null }[]): StationError =>
  new StationError('device.notSafe', {
    instrument: unsafe.map((each) => each.instrument).join(', '),
    detail: unsafe.map((each) => each.detail ?? 'no read-back').join('; '),
  })

function throwIfUnsafe(unsafe: readonly { instrument: string; detail: string | null }[]): void {
  if (unsafe.length > 0) throw unsafeError(unsafe)
}

/** A signal of its own that ends a tear-down which takes too long. */
function deadlineSignal(clock: Clock, deadlineMs: number): Cancellation {
  const canceller = createCanceller()
  clock
    .sleep(deadlineMs)
    .then(() =>
      canceller.cancel(new StationError('run.stepFailed', { step: 'tear-down', detail: 'its deadline passed' })),
    )
    .catch(() => undefined)
  return canceller.signal
}

const innerSteps = (step: StepBase): StepBase[] =>
  ['setup', 'main', 'steps', 'teardown'].flatMap((key) => (step[key] ?? []) as StepBase[])

/** Leaf steps that a run will go through; conditions are taken as met, so a fraction may jump but never runs back. */
function countLeaves(steps: readonly StepBase[], run: Run): number {
  return steps.reduce((sum, step) => {
    const inner = innerSteps(step)
    if (inner.length === 0) return sum + 1
    const times =
      step.kind === 'repeat'
        ? resolveNumber(step['times'] as never, { parameters: run.parameters, results: [], sweeps: [] }, 'times')
        : 1
    return sum + times * countLeaves(inner, run)
  }, 0)
}

function createProgress(leaves: number) {
  let ordinal = 0
  let done = 0
  let current: StepBase | null = null
  return {
    enter: (step: StepBase): number => {
      if (innerSteps(step).length === 0) current = step
      return ++ordinal
    },
    leave: (step: StepBase): void => {
      if (innerSteps(step).length === 0) done++
    },
    now: () => ({
      stepId: current?.id ?? null,
      stepTitle: current?.title ?? null,
      fraction: leaves > 0 ? Math.min(1, done / leaves) : null,
    }),
  }
}
