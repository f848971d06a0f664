import type { Cancellation } from '../../base/cancellation.ts'
import { createCanceller, type Clock } from '../../base/clock.ts'
import type { StationEvent } from '../../contract/api.ts'
import { StationError } from '../../contract/errors.ts'
import type { Computed, CriterionResult, ExposureEntry, Prompt, Run, RunEvent, RunLive } from '../../contract/run.ts'
import type { RecordedSweep } from '../../contract/sample.ts'
import type { Template } from '../../contract/template.ts'
import type { KnownChannel, RecorderStore } from '../acquisition/recorder.ts'
import type { Methods } from './analyse.ts'
import { createControl, electrical } from './control.ts'
import { describeFailure, judgeEnd, persistEnd } from './ending.ts'
import type { JournalStep, JournalStore } from './journal.ts'
import type { LedgerStore } from './ledger.ts'
import { createParts, type Parts } from './parts.ts'
import { stepIdOf } from './path.ts'
import { unsafeError } from './safeStops.ts'
import type { HeldInstrument, StepKind } from './stepKind.ts'
import { createFullDisk } from './fullDisk.ts'
import { createRunSteps } from './runSteps.ts'
import { createRunState, type RunState } from './runState.ts'

export interface Audit {
  actor: string
  action: string
  subject: string
  detail: unknown
}

/** The part of the store that a run needs. Each call is durable when it resolves. */
export interface ExecutorStore extends RecorderStore, JournalStore, LedgerStore {
  saveRun(run: Run, audit: Audit): Promise<void>
  finishRun(run: Run, criteria: readonly CriterionResult[], audit: Audit): Promise<void>
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
  /** How often progress is written down (ms), and how many samples may wait; a dry run takes its time. */
  pace?: { progressMs: number; batch: number } | undefined
  /** Somebody stopped a run, and the database can't keep it now. */
  stopNotStored?: (runId: string) => void
}

/** What an earlier life of the station left of a run, and what was decided about it. */
export interface Resumed {
  steps: readonly JournalStep[]
  results: readonly Computed[]
  exposure: readonly ExposureEntry[]
  sweeps: readonly RecordedSweep[]
  channels: readonly KnownChannel[]
  outageMs: number
  decision: 'continue' | 'extend' | 'restart'
  /** A person decided, and is there. */
  attended: boolean
  lastUtcMs: number
  /** The chamber's own program went on meanwhile. */
  controllerRan: boolean
}

export interface ActiveRun {
  /** Ends the run: cancels what waits and commands every energising instrument safe at once. */
  stop: (who: string, options?: { emergency?: boolean }) => void
  /** The station ends: a run that can be gone on with later is left as interrupted, any other is stopped. */
  interrupt: (who: string) => void
  pause: (who: string) => Promise<void>
  resume: (who: string) => Promise<void>
  removeLane: (lane: string, given: { who: string; reason: string }) => Promise<void>
  answer: (given: { promptId: string; value: string; who: string }) => void
  live: () => RunLive
  run: () => Run
  /** Stops waiting for space on a full disk: the process is about to end. */
  giveUp: () => void
  /** Resolves with the ended run, whatever its end; never rejects. */
  finished: Promise<Run>
}

export interface Test {
  run: Run
  template: Template
  held: readonly HeldInstrument[]
  resumed?: Resumed
}

/** Runs a checked template with instruments that were opened, identified and locked for it. */
export function executeTest(test: Test, given: ExecutorDeps): ActiveRun {
  const stopper = createCanceller()
  const patience = createCanceller()
  const results: Computed[] = [...(test.resumed?.results ?? [])]
  const disk = createFullDisk({
    ...{ store: given.store, clock: given.clock, end: stopper.signal },
    mayWait: () => control.canStandStill(),
    full: (error) => control.diskIsFull(error),
    over: (isStored) => control.diskHasRoom(isStored),
    refused: (error, what) => control.diskEnds(error, what),
  })
  const deps: ExecutorDeps = { ...given, store: disk.store }
  const changed = (): void => deps.publish({ type: 'live', live: live() })
  const parts = createParts(test, { ...deps, rawStore: given.store, results, changed })
  const live = (): RunLive => ({
    runId: test.run.id,
    ...parts.progress.now(),
    prompt: parts.prompts.open,
    safeStops: [...parts.safeStops.states],
    paused: parts.pauses.reason,
    diskFull: disk.error !== null,
    exposure: parts.ledger.live(),
  })
  tellNowAndThen(parts, { ...deps, tell: () => deps.publish({ type: 'live', live: live() }) })
  const state = createRunState(test.run, { ...deps, lanes: parts.lanes })
  const control = createControl({ test, parts, state, stopper, disk })
  const finished = goThrough(test, { ...deps, results, parts, state, control, stopper, patience: patience.signal })
    // What can't be recorded as ended is shown as interrupted at the next start.
    .catch((error: unknown): Run => ({ ...state.run(), status: 'aborted', problem: describeFailure(error) }))
    .then((ended) => {
      state.end(ended)
      deps.publish({ type: 'run', run: ended })
      deps.publish({ type: 'runEnded', runId: ended.id })
      return ended
    })
  return {
    ...control.actions,
    answer: parts.prompts.answer,
    live,
    run: state.run,
    giveUp: () => patience.cancel(new StationError('run.stopped', { who: 'the end of the station' })),
    finished,
  }
}

/** Often enough for a person who watches what is credited. */
const tellEveryMs = 5000

/** What is credited grows with each sample, without any step beginning or ending. */
function tellNowAndThen(
  { hub }: Pick<Parts, 'hub'>,
  { clock, pace, tell }: Pick<ExecutorDeps, 'clock' | 'pace'> & { tell: () => void },
): void {
  const everyMs = Math.max(tellEveryMs, pace?.progressMs ?? 0)
  let toldMs = clock.monotonicMs()
  hub.onSample(() => {
    if (clock.monotonicMs() - toldMs < everyMs) return
    toldMs = clock.monotonicMs()
    tell()
  })
}

type Going = ExecutorDeps & {
  results: Computed[]
  parts: Parts
  state: RunState
  control: ReturnType<typeof createControl>
  stopper: ReturnType<typeof createCanceller>
  patience: Cancellation
}

/** The steps, whatever comes of them, and then the end: safe first, then judged, then recorded. */
async function goThrough(test: Test, going: Going): Promise<Run> {
  const { parts, control, state } = going
  const guards = parts.startGuards({ act: control.guardActs, clear: control.guardClears })
  const problem = await runAllSteps(test, going).catch((error: unknown) => error)
  guards.close()
  const isInterrupted = control.howEnded() === 'interrupted'
  const unsafe = await (isInterrupted
    ? parts.safeStops.command(electrical(test), 'electrical')
    : parts.safeStops.command(test.held))
  await parts.hub.close()
  const flushed: unknown = await settleData(parts).then(
    () => null,
    (error: unknown) => error,
  )
  const stopped = going.stopper.signal.aborted ? going.stopper.signal.reason : null
  // A safe state that isn't proved overrules everything.
  const failure = unsafe.length > 0 ? unsafeError(unsafe) : (problem ?? stopped ?? flushed)
  const ended = judgeEnd(
    { ...test, run: state.run() },
    {
      failure,
      results: going.results,
      ended: control.howEnded(),
      utcMs: going.clock.utcMs(),
      exposure: parts.ledger.entries(),
    },
  )
  state.judged()
  await persistEnd(ended, going, { ...parts, patience: going.patience, owed: state.owed })
  return ended.run
}

async function runAllSteps({ run, template, resumed }: Test, going: Going): Promise<null> {
  const { parts, stopper, results } = going
  const steps = createRunSteps(parts, { ...going, test: going.control.test, results, failLane: going.control.failLane })
  const words = resumed ? `goes on after ${Math.round(resumed.outageMs / 1000)} s` : 'started'
  if (resumed) noteOutage(resumed, parts, going.clock.utcMs())
  await parts.log('info', 'start', `${template.id} ${template.version} ${words} by ${run.operator}`)
  // Nothing is watched any more: the outputs go off at once, whatever the steps still do to tear down.
  parts.hub.failed.catch((error: unknown) => {
    stopper.cancel(error as Error)
    void parts.safeStops.command(going.control.test.held)
  })
  await steps.runSteps(template.steps, { signal: stopper.signal, isTearDown: false, path: '', lane: null })
  await parts.recorder.flush()
  return null
}

/** The time in which nobody saw anything is in the ledger, too; never as credited. */
function noteOutage({ lastUtcMs, controllerRan, steps }: Resumed, parts: Parts, nowUtcMs: number): void {
  const reason = controllerRan ? 'the station was off; the chamber’s own program went on' : 'the station was off'
  parts.ledger.addOutage({
    fromUtcMs: lastUtcMs,
    toUtcMs: nowUtcMs,
    class: controllerRan ? 'blind' : 'unknown',
    reason,
    going: steps
      .filter((step) => step.outcome === null)
      .map(({ path, enteredUtcMs }) => ({ id: stepIdOf(path), sinceUtcMs: enteredUtcMs })),
  })
}

async function settleData(parts: Parts): Promise<void> {
  await parts.recorder.flush()
  await parts.ledger.close()
}
