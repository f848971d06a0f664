import { describeError } from '../contract/errors.ts'
import type { Run } from '../contract/run.ts'
import { leftAs } from './executor/transitions.ts'
import { restoreGiven, switchOffLeft, type LeftOnDeps } from './leftOn.ts'
import type { StopMarks } from './stopMarks.ts'
import type { Store } from './storage/store.ts'

export type InterruptedDeps = Omit<LeftOnDeps, 'addEvent'> & { store: Store; stopMarks?: StopMarks }

/** Runs that a dead process left behind never get a verdict: they are shown as interrupted, with all their samples. */
async function markInterrupted(runs: readonly Run[], { store, clock, stopMarks }: InterruptedDeps): Promise<void> {
  const utcMs = clock.utcMs()
  const text = describeError('run.interrupted', {})
  for (const run of runs) {
    const ended: Run = {
      ...run,
      status: 'interrupted',
      leftAs: stopMarks?.has(run.id) ? 'stopping' : leftAs(run),
      verdict: null,
      verdictReasons: [],
      problem: text,
    }
    const { status, problem } = ended
    await store.saveRun(ended, {
      actor: 'station',
      action: 'run.interrupted',
      subject: run.id,
      detail: { status, problem },
    })
    await store.addEvent({
      runId: run.id,
      utcMs,
      level: 'error',
      kind: 'interrupted',
      text: `${text.happened} ${text.did}`,
    })
  }
}

/** Off first, then marked: a station that dies in between switches off again. */
export async function endInterrupted(deps: InterruptedDeps): Promise<void> {
  const { store } = deps
  const runs = await store.runsWithStatus(['running', 'paused', 'stopping'])
  const waiting = await store.runsWithStatus(['interrupted'])
  restoreGiven([...runs, ...waiting], deps)
  await switchOffLeft(runs, { ...deps, addEvent: (event) => store.addEvent(event) })
  await markInterrupted(runs, deps)
  deps.stopMarks?.clear()
}
