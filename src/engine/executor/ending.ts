import type { Cancellation } from '../../base/cancellation.ts'
import { messageOf, StationError } from '../../contract/errors.ts'
import type { Computed, CriterionResult, ExposureEntry, Run } from '../../contract/run.ts'
import { judgeResults } from './analyse.ts'
import type { Audit, ExecutorDeps, Test } from './execute.ts'
import type { Parts } from './parts.ts'
import { leftAs } from './transitions.ts'

interface End {
  run: Run
  criteria: CriterionResult[]
}

/** A run that didn't go through to its end gets no verdict. */
export function judgeEnd(
  { run, template }: Test,
  end: {
    failure: unknown
    results: readonly Computed[]
    ended: 'byItself' | 'stopped' | 'interrupted'
    utcMs: number
    exposure: readonly ExposureEntry[]
  },
): End {
  if (end.ended === 'interrupted') {
    const problem = describeFailure(end.failure)
    return { run: { ...run, status: 'interrupted', leftAs: leftAs(run), problem }, criteria: [] }
  }
  const ended = { ...run, endedUtcMs: end.utcMs }
  if (end.failure !== null) {
    const status = end.ended === 'stopped' ? 'stopped' : 'aborted'
    return { run: { ...ended, status, problem: describeFailure(end.failure) }, criteria: [] }
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
export async function persistEnd(
  { run, criteria }: End,
  deps: ExecutorDeps,
  parts: Pick<Parts, 'log' | 'writeRest'> & { patience: Cancellation; owed: () => readonly Audit[] },
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
  for (const act of parts.owed()) await persist(() => deps.store.audit(act))
  const text = problem ? `${problem.happened} ${problem.did}` : `Verdict: ${verdict}`
  await persist(parts.writeRest)
  await parts.log(problem ? 'error' : 'info', 'end', text).catch(() => undefined)
  await persist(parts.writeRest)
}

export const describeFailure = (error: unknown) =>
  error instanceof StationError
    ? error.text
    : new StationError('run.stepFailed', { step: '(program)', detail: messageOf(error) }, error).text
