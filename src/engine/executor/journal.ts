import type { StepBase } from '../../contract/template.ts'

/** A step as the journal has it: entered, perhaps ended, with what it saved of its progress. */
export interface JournalStep {
  ordinal: number
  path: string
  kind: string
  enteredUtcMs: number
  /** null while it goes on, or where the station ended in it. */
  outcome: string | null
  state: unknown
}

/** The part of the store that the journal needs. Each call is durable when it resolves. */
export interface JournalStore {
  enterStep(step: { runId: string; ordinal: number; path: string; kind: string; utcMs: number }): Promise<void>
  endStep(step: { runId: string; ordinal: number; utcMs: number; outcome: string }): Promise<void>
  saveStepState(step: { runId: string; ordinal: number; state: unknown }): Promise<void>
}

/** One visit of a step. */
export interface Visit {
  /** True where an earlier life of the station went through it: there is nothing to do. */
  isDone: boolean
  /** What it had saved when the station ended in it; undefined on a first visit. */
  before: unknown
  wasOpen: boolean
  save: (state: unknown) => Promise<void>
  end: (outcome: string) => Promise<void>
}

export interface Journal {
  /** Writes that the step begins, before it acts. */
  enter: (step: StepBase, path: string) => Promise<Visit>
}

/**
 * What makes a run durable: a step that was ended is never done again, and the one that was going on finds what it had
 * saved. A repeated entry after a restart keeps its row.
 */
export function createJournal(deps: {
  runId: string
  utcMs: () => number
  store: JournalStore
  earlier: readonly JournalStep[]
}): Journal {
  const { runId, store, utcMs } = deps
  const earlier = new Map(deps.earlier.map((step) => [step.path, step]))
  let last = deps.earlier.reduce((most, step) => Math.max(most, step.ordinal), 0)

  const visit = (ordinal: number, known: JournalStep | undefined): Visit => ({
    isDone: known?.outcome === 'done',
    wasOpen: known !== undefined,
    before: known?.state ?? undefined,
    save: (state) => store.saveStepState({ runId, ordinal, state }),
    end: (outcome) => store.endStep({ runId, ordinal, utcMs: utcMs(), outcome }),
  })
  const enter: Journal['enter'] = async (step, path) => {
    const known = earlier.get(path)
    earlier.delete(path)
    if (known) return visit(known.ordinal, known)
    const ordinal = ++last
    await store.enterStep({ runId, ordinal, path, kind: step.kind, utcMs: utcMs() })
    return visit(ordinal, undefined)
  }
  return { enter }
}
