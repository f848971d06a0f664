import type { Cancellation } from '../../base/cancellation.ts'
import { createCanceller, type Clock } from '../../base/clock.ts'
import type { StationEvent } from '../../contract/api.ts'
import { messageOf, StationError } from '../../contract/errors.ts'
import type { Computed, CriterionResult, Prompt, Run, RunEvent, RunLive } from '../../contract/run.ts'
import type { RecordedSweep } from '../../contract/sample.ts'
import type { Template } from '../../contract/template.ts'
import { createRecorder, type RecorderStore } from '../acquisition/recorder.ts'
import type { Methods } from './analyse.ts'
import { createProgress } from './progress.ts'
import { createPrompts } from './prompts.ts'
import { createSafeStops, unsafeError } from './safeStops.ts'
import type { HeldInstrument, StepKind } from './stepKind.ts'
import { createStepRunner } from './stepRunner.ts'
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
  stop: (who: string) => void
  answer: (given: { promptId: string; value: string; who: string }) => void
  live: () => RunLive
  /** Stops waiting for space on a full disk: the process is about to end. */
  giveUp: () => void
  /** Resolves with the ended run, whatever its end; never rejects. */
  finished: Promise<Run>
}

export interface Test {
  run: Run
  template: Template
  held: readonly HeldInstrument[]
}

const safeStopDeadlineMs = 10_000

/** Runs a checked template with instruments that were opened, identified and locked for it. */
export function executeTest(test: Test, deps: ExecutorDeps): ActiveRun {
  const { run, template, held } = test
  const stopper = createCanceller()
  const patience = createCanceller()
  const results: Computed[] = []
  const progress = createProgress(template.steps, run.parameters)
  const parts = createParts(test, deps, () => deps.publish({ type: 'live', live: live() }))
  const { log, safeStops, prompts } = parts
  const live = (): RunLive => ({
    runId: run.id,
    ...progress.now(),
    prompt: prompts.open,
    safeStops: [...safeStops.states],
  })
  const runner = createStepRunner({ ...deps, ...parts, run, held, results, progress })

  const main = async (): Promise<null> => {
    await log('info', 'start', `${template.id} ${template.version} started by ${run.operator}`)
    await runner.runSteps(template.steps, { signal: stopper.signal, isTearDown: false })
    return null
  }
  let phase: 'running' | 'judged' | 'over' = 'running'
  /** Safe first, then judged, then recorded; a safe state that isn't proved overrules everything. */
  const finish = async (problem: unknown): Promise<Run> => {
    const unsafe = await safeStops.command(held)
    const stopped = stopper.signal.aborted ? stopper.signal.reason : null
    const failure = unsafe.length > 0 ? unsafeError(unsafe) : (problem ?? stopped)
    const ended = judgeEnd(test, { failure, results, stopped: stopper.signal.aborted, utcMs: deps.clock.utcMs() })
    phase = 'judged'
    await persistEnd(ended, deps, { ...parts, patience: patience.signal })
    return ended.run
  }
  const finished = main()
    .catch((error: unknown) => error)
    .then(finish)
    // What can't be recorded as ended is shown as interrupted at the next start.
    .catch((error: unknown): Run => ({ ...run, status: 'aborted', problem: describe(error) }))
    .then((ended) => {
      phase = 'over'
      deps.publish({ type: 'run', run: ended })
      deps.publish({ type: 'runEnded', runId: run.id })
      return ended
    })

  const stop = (who: string): void => {
    // The instruments were given back: their outputs are off, and what is recorded stays as it is.
    if (phase === 'over') return
    if (phase === 'running' && !stopper.signal.aborted) {
      stopper.cancel(new StationError('run.stopped', { who }))
      noteStop(run, who, deps).catch((error: unknown) => log('error', 'stop', messageOf(error)).catch(() => undefined))
    }
    // Not left to the step: the outputs are commanded off at once, past whatever waits on the links. It never throws.
    void safeStops.command(held)
  }
  const giveUp = (): void => patience.cancel(new StationError('run.stopped', { who: 'the end of the station' }))
  return { stop, answer: prompts.answer, live, giveUp, finished }
}

/** What the steps of one run share. */
function createParts({ run }: Test, deps: ExecutorDeps, changed: () => void) {
  const log = async (level: RunEvent['level'], kind: string, text: string): Promise<void> => {
    const event = { runId: run.id, utcMs: deps.clock.utcMs(), level, kind, text }
    deps.publish({ type: 'log', event: await deps.store.addEvent(event) })
  }
  const prompts = createPrompts({
    utcMs: () => deps.clock.utcMs(),
    newId: deps.newId,
    changed,
    automatic: deps.automaticAnswer,
    answered: (prompt, value, who) => {
      const detail = { prompt: prompt.title, value }
      return deps.store.audit({ actor: who, action: 'prompt.answer', subject: run.id, detail })
    },
  })
  return {
    log,
    prompts,
    changed,
    safeStops: createSafeStops({ clock: deps.clock, deadlineMs: safeStopDeadlineMs, changed, log }),
    recorder: createRecorder({ runId: run.id, clock: deps.clock, store: deps.store, publish: deps.publish, log }),
  }
}

async function noteStop(run: Run, who: string, deps: ExecutorDeps): Promise<void> {
  const stopping: Run = { ...run, status: 'stopping' }
  await deps.store.saveRun(stopping, { actor: who, action: 'run.stop', subject: run.id, detail: {} })
  deps.publish({ type: 'run', run: stopping })
}

interface End {
  run: Run
  criteria: CriterionResult[]
}

/** A run that didn't go through to its end gets no verdict. */
function judgeEnd(
  { run, template }: Test,
  end: { failure: unknown; results: readonly Computed[]; stopped: boolean; utcMs: number },
): End {
  const ended = { ...run, endedUtcMs: end.utcMs }
  if (end.failure !== null) {
    const status = end.stopped ? 'stopped' : 'aborted'
    return { run: { ...ended, status, problem: describe(end.failure) }, criteria: [] }
  }
  const criteria = evaluateCriteria(template, { parameters: run.parameters, results: end.results, sweeps: [] })
  const { verdict, reasons } = decide(criteria)
  return { run: { ...ended, status: 'completed', verdict, verdictReasons: reasons }, criteria }
}

const saveRetryMs = 5_000
const saveAttempts = 720

/** A full disk ends the run but not the record of it: the end is written as soon as there is space, for an hour. */
async function persistEnd(
  { run, criteria }: End,
  deps: ExecutorDeps,
  parts: Pick<Parts, 'log' | 'safeStops'> & { patience: Cancellation },
): Promise<void> {
  const { status, verdict, problem } = run
  const entry = { actor: 'station', action: 'run.end', subject: run.id, detail: { status, verdict, problem } }
  const persist = async (work: () => Promise<void>): Promise<void> => {
    for (let attempt = 1; ; attempt++) {
      try {
        return await work()
      } catch (error) {
        if (!(error instanceof StationError) || attempt >= saveAttempts) throw error
        deps.publish({ type: 'run', run })
        await deps.clock.sleep(saveRetryMs, parts.patience)
      }
    }
  }
  await persist(() => deps.store.finishRun(run, criteria, entry))
  const text = problem ? `${problem.happened} ${problem.did}` : `Verdict: ${verdict}`
  await persist(parts.safeStops.writeRest)
  await persist(() => parts.log(problem ? 'error' : 'info', 'end', text))
}

type Parts = ReturnType<typeof createParts>

const describe = (error: unknown) =>
  error instanceof StationError
    ? error.text
    : new StationError('run.stepFailed', { step: '(program)', detail: messageOf(error) }, error).text
