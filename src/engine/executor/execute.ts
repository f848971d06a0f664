import type { Cancellation } from '../../base/cancellation.ts'
import { createCanceller, type Clock } from '../../base/clock.ts'
import type { StationEvent } from '../../contract/api.ts'
import { messageOf, StationError } from '../../contract/errors.ts'
import type { Computed, CriterionResult, ExposureEntry, Prompt, Run, RunEvent, RunLive } from '../../contract/run.ts'
import type { RecordedSweep } from '../../contract/sample.ts'
import type { Guard, Template } from '../../contract/template.ts'
import type { KnownChannel, RecorderStore } from '../acquisition/recorder.ts'
import { judgeResults, type Methods } from './analyse.ts'
import type { JournalStep, JournalStore } from './journal.ts'
import type { LedgerStore } from './ledger.ts'
import { createParts, type Parts } from './parts.ts'
import { unsafeError } from './safeStops.ts'
import type { HeldInstrument, StepKind } from './stepKind.ts'
import { createRunSteps } from './runSteps.ts'
import { isLegal, requireLegal } from './transitions.ts'

interface Audit {
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
  pace?: { progressMs: number; batch: number }
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
export function executeTest(test: Test, deps: ExecutorDeps): ActiveRun {
  const { template, held } = test
  const stopper = createCanceller()
  const patience = createCanceller()
  const results: Computed[] = [...(test.resumed?.results ?? [])]
  const state = { run: test.run, phase: 'running' as 'running' | 'judged' | 'over', emergency: false }
  const parts = createParts(test, { ...deps, results, changed: () => deps.publish({ type: 'live', live: live() }) })
  const { log, safeStops, prompts, pauses, lanes, ledger } = parts
  const live = (): RunLive => ({
    runId: test.run.id,
    ...parts.progress.now(),
    prompt: prompts.open,
    safeStops: [...safeStops.states],
    paused: pauses.reason,
    exposure: ledger.live(),
  })
  const end = (error: StationError): void => {
    if (state.phase === 'running' && !stopper.signal.aborted) stopper.cancel(error)
    // Not left to the step: the outputs are commanded off at once, past whatever waits on the links. It never throws.
    void safeStops.command(held)
  }
  const save = async (change: Partial<Run>, audit: Omit<Audit, 'subject'>): Promise<void> => {
    state.run = { ...state.run, ...change, ...(lanes.all().length > 0 ? { lanes: [...lanes.all()] } : {}) }
    await deps.store.saveRun(state.run, { ...audit, subject: state.run.id })
    deps.publish({ type: 'run', run: state.run })
  }
  const control = createControl({ test, parts, state, stopper, save, end })
  const guards = parts.startGuards({ act: control.guardActs, clear: control.guardClears })
  const steps = createRunSteps(parts, { ...deps, test, results, failLane: control.failLane })

  const main = async (): Promise<null> => {
    const words = test.resumed ? `goes on after ${Math.round(test.resumed.outageMs / 1000)} s` : 'started'
    if (test.resumed) noteOutage(test.resumed, parts, deps.clock.utcMs())
    await log('info', 'start', `${template.id} ${template.version} ${words} by ${test.run.operator}`)
    const all = steps.runSteps(template.steps, { signal: stopper.signal, isTearDown: false, path: '', lane: null })
    // What no reading can go on after ends the steps, which tear down before the run ends.
    parts.hub.failed.catch((error: unknown) => stopper.cancel(error as Error))
    await all
    await parts.recorder.flush()
    return null
  }
  /** Safe first, then judged, then recorded; a safe state that isn't proved overrules everything. */
  const finish = async (problem: unknown): Promise<Run> => {
    guards.close()
    const unsafe = await safeStops.command(held)
    await parts.hub.close()
    const flushed = await settleData(parts).then(
      () => null,
      (error: unknown) => error,
    )
    const stopped = stopper.signal.aborted ? stopper.signal.reason : null
    const failure = unsafe.length > 0 ? unsafeError(unsafe) : (problem ?? stopped ?? flushed)
    const utcMs = deps.clock.utcMs()
    const ended = judgeEnd(
      { ...test, run: currentRun(state, parts) },
      { failure, results, stopped: control.wasStopped(), utcMs, exposure: ledger.entries() },
    )
    state.phase = 'judged'
    await persistEnd(ended, deps, { ...parts, patience: patience.signal })
    return ended.run
  }
  const finished = main()
    .catch((error: unknown) => error)
    .then(finish)
    // What can't be recorded as ended is shown as interrupted at the next start.
    .catch((error: unknown): Run => ({ ...state.run, status: 'aborted', problem: describe(error) }))
    .then((ended) => {
      state.phase = 'over'
      state.run = ended
      deps.publish({ type: 'run', run: ended })
      deps.publish({ type: 'runEnded', runId: ended.id })
      return ended
    })
  return {
    ...control.actions,
    answer: prompts.answer,
    live,
    run: () => state.run,
    giveUp: () => patience.cancel(new StationError('run.stopped', { who: 'the end of the station' })),
    finished,
  }
}

interface RunState {
  run: Run
  phase: 'running' | 'judged' | 'over'
  emergency: boolean
}

const currentRun = (state: RunState, parts: Parts): Run => ({
  ...state.run,
  ...(parts.lanes.all().length > 0 ? { lanes: [...parts.lanes.all()] } : {}),
  ...(state.emergency ? { emergency: true } : {}),
})

/** The time in which nobody saw anything is in the ledger, too; never as credited. */
function noteOutage({ lastUtcMs, controllerRan }: Resumed, parts: Parts, nowUtcMs: number): void {
  const reason = controllerRan ? 'the station was off; the chamber’s own program went on' : 'the station was off'
  parts.ledger.addOutage({
    fromUtcMs: lastUtcMs,
    toUtcMs: nowUtcMs,
    class: controllerRan ? 'blind' : 'unknown',
    reason,
  })
}

async function settleData(parts: Parts): Promise<void> {
  await parts.recorder.flush()
  await parts.ledger.close()
}

/** What a person, or a guard, may do with a run that goes on. */
function createControl(given: {
  test: Test
  parts: Parts
  state: RunState
  stopper: ReturnType<typeof createCanceller>
  save: (change: Partial<Run>, audit: Omit<Audit, 'subject'>) => Promise<void>
  end: (error: StationError) => void
}) {
  const { test, parts, state, stopper, save, end } = given
  const { pauses, lanes, log, safeStops } = parts
  let stopped = false
  const noted = (work: Promise<unknown>): void => {
    work.catch((error: unknown) => log('error', 'control', messageOf(error)).catch(() => undefined))
  }
  const stop: ActiveRun['stop'] = (who, options = {}) => {
    // The instruments were given back: their outputs are off, and what is recorded stays as it is.
    if (state.phase === 'over') return
    if (state.phase === 'running' && !stopper.signal.aborted) {
      stopped = true
      state.emergency ||= options.emergency === true
      const action = options.emergency === true ? 'run.emergencyStop' : 'run.stop'
      noted(
        save(
          { status: 'stopping', ...(state.emergency ? { emergency: true } : {}) },
          { actor: who, action, detail: {} },
        ),
      )
    }
    end(new StationError('run.stopped', { who }))
  }
  const holdStill = async (key: string, reason: string): Promise<void> => {
    pauses.pause(key, reason)
    if (test.template.pause?.energy !== 'keep')
      await safeStops.command(test.held.filter((each) => !each.roles.some(({ role }) => role === 'Chamber')))
  }
  const pause: ActiveRun['pause'] = async (who) => {
    if (!test.template.pause)
      throw new StationError('run.illegal', { status: 'of a test that can’t be paused', action: 'pause' })
    requireLegal(state.run.status, 'pause')
    await save({ status: 'paused' }, { actor: who, action: 'run.pause', detail: {} })
    await holdStill('person', `paused by ${who}`)
  }
  const resume: ActiveRun['resume'] = async (who) => {
    requireLegal(state.run.status, 'resume')
    await save({ status: 'running' }, { actor: who, action: 'run.resume', detail: {} })
    pauses.resume()
  }
  const leave = async (
    lane: string,
    as: { state: 'removed' | 'stopped'; reason: string; who: string },
  ): Promise<void> => {
    lanes.leave(lane, as)
    await save({}, { actor: as.who, action: `lane.${as.state}`, detail: { lane, reason: as.reason } })
    await log('warning', 'lane', `Lane ${lane} ${as.state}: ${as.reason}`)
    if (lanes.in().length === 0) end(new StationError('run.noLanes'))
  }
  const guardActs = (guard: Guard, lane: string | null, reason: string): void => {
    const text = `${guard.title}: ${reason}`
    noted(log(guard.action === 'warn' ? 'warning' : 'error', 'guard', lane === null ? text : `Lane ${lane}: ${text}`))
    if (guard.action === 'stop') end(new StationError('run.guard', { guard: guard.title, detail: reason }))
    if (guard.action === 'stopLane' && lane !== null)
      noted(leave(lane, { state: 'stopped', reason: text, who: 'station' }))
    if (guard.action === 'stopLane' && lane === null)
      end(new StationError('run.guard', { guard: guard.title, detail: reason }))
    if (guard.action === 'pause') {
      if (isLegal(state.run.status, 'pause'))
        noted(save({ status: 'paused' }, { actor: 'station', action: 'run.pause', detail: { reason: text } }))
      noted(holdStill(`guard ${guard.id}`, text))
    }
  }
  const guardClears = (guard: Guard, lane: string | null): void =>
    noted(log('info', 'guard', `${lane === null ? '' : `Lane ${lane}: `}${guard.title}: back where it has to be`))
  return {
    actions: {
      stop,
      pause,
      resume,
      removeLane: (lane: string, { who, reason }: { who: string; reason: string }) =>
        leave(lane, { state: 'removed', reason, who }),
    },
    failLane: (lane: string, reason: string) => leave(lane, { state: 'stopped', reason, who: 'station' }),
    guardActs,
    guardClears,
    wasStopped: () => stopped,
  }
}

interface End {
  run: Run
  criteria: CriterionResult[]
}

/** A run that didn't go through to its end gets no verdict. */
function judgeEnd(
  { run, template }: Test,
  end: {
    failure: unknown
    results: readonly Computed[]
    stopped: boolean
    utcMs: number
    exposure: readonly ExposureEntry[]
  },
): End {
  const ended = { ...run, endedUtcMs: end.utcMs }
  if (end.failure !== null) {
    const status = end.stopped ? 'stopped' : 'aborted'
    return { run: { ...ended, status, problem: describe(end.failure) }, criteria: [] }
  }
  const { exposure } = end
  const data = {
    template,
    parameters: run.parameters,
    sweeps: [],
    exposure,
    ...(run.lanes ? { lanes: run.lanes } : {}),
  }
  const { verdict, reasons, criteria, lanes } = judgeResults(data, end.results)
  const judged: Run = { ...ended, status: 'completed', verdict, verdictReasons: reasons }
  return { run: run.lanes ? { ...judged, lanes } : judged, criteria }
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

const describe = (error: unknown) =>
  error instanceof StationError
    ? error.text
    : new StationError('run.stepFailed', { step: '(program)', detail: messageOf(error) }, error).text
