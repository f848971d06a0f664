import type { Computed } from '../../contract/run.ts'
import { createContext } from './context.ts'
import type { ExecutorDeps, Test } from './execute.ts'
import { createJournal } from './journal.ts'
import type { Parts } from './parts.ts'
import { createStepRunner, type RunSteps } from './stepRunner.ts'

/** Ties the walk through the steps to what they share, and to what an earlier life of the station left. */
export function createRunSteps(
  parts: Parts,
  deps: ExecutorDeps & { test: Test; results: Computed[]; failLane: (lane: string, reason: string) => Promise<void> },
): { runSteps: RunSteps } {
  const { run, held, resumed } = deps.test
  const { clock } = deps
  const journal = createJournal({
    runId: run.id,
    utcMs: () => clock.utcMs(),
    store: deps.store,
    earlier: resumed?.steps ?? [],
  })
  const shared = {
    ...parts,
    ...{ run, clock, held, store: deps.store, methods: deps.methods, results: deps.results },
    exposure: () => parts.ledger.entries(),
    credited: parts.ledger.credited,
    addCycle: parts.ledger.addCycle,
    failLane: deps.failLane,
    flush: async () => {
      await parts.recorder.flush()
      await parts.ledger.flush()
    },
    outageMs: resumed?.outageMs ?? null,
    progressMs: parts.pace.progressMs,
  }
  return createStepRunner({
    ...{ clock, journal, kinds: deps.kinds, progress: parts.progress, changed: parts.changed },
    recovered: resumed ? { decision: resumed.decision, attended: resumed.attended } : null,
    createContext: (scope, visit, runSteps) => createContext(shared, { scope, visit, runSteps }),
    entered: (path, scope, going) => parts.entered(path, scope.lane, going),
  })
}
