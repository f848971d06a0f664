import type { Run, RunLive } from '../../contract/run.ts'
import type { StepBase, ValueRef } from '../../contract/template.ts'
import type { JournalStep } from './journal.ts'
import { stepIdOf } from './path.ts'
import { resolveValue } from './values.ts'

export const innerSteps = (step: StepBase): StepBase[] =>
  ['setup', 'main', 'steps', 'teardown'].flatMap((key) => (step[key] ?? []) as StepBase[])

/** How often a repetition goes, as far as that is known before the run; once otherwise. Whether it may is the step's to say. */
function timesOf(step: StepBase, run: Pick<Run, 'parameters' | 'lanes'>): number {
  if (step.kind === 'lanes') return Math.max(1, run.lanes?.length ?? 1)
  if (step.kind !== 'repeat' && step.kind !== 'cycles') return 1
  const times = resolveValue(step['times'] as ValueRef, { parameters: run.parameters, results: [], sweeps: [] })
  return typeof times === 'number' && times > 0 ? times : 1
}

/** Leaf steps a run will go through. Conditions count as met: a fraction may jump ahead, but never runs back. */
function countLeaves(steps: readonly StepBase[], run: Pick<Run, 'parameters' | 'lanes'>): number {
  return steps.reduce((sum, step) => {
    const inner = innerSteps(step)
    return sum + (inner.length === 0 ? 1 : timesOf(step, run) * countLeaves(inner, run))
  }, 0)
}

const isLeaf = (step: StepBase): boolean => innerSteps(step).length === 0

const leafIds = (steps: readonly StepBase[]): string[] =>
  steps.flatMap((step) => (isLeaf(step) ? [step.id] : leafIds(innerSteps(step))))

export interface Progress {
  enter(step: StepBase, at: { path: string; lane: string | null }): void
  /** @param counts false where it is passed over, as it was done in an earlier life of the station */
  leave(step: StepBase, path: string, counts: boolean): void
  fail(path: string): void
  now(): Pick<RunLive, 'stepId' | 'stepTitle' | 'fraction' | 'steps'>
}

/**
 * What is going on: several steps where lanes or branches run side by side.
 * @param earlier the journal of an interrupted run: whole cycles and groups of it are passed over without being entered
 */
export function createProgress(
  steps: readonly StepBase[],
  run: Pick<Run, 'parameters' | 'lanes'>,
  earlier: readonly JournalStep[],
): Progress {
  const leaves = countLeaves(steps, run)
  const ids = new Set(leafIds(steps))
  const going = new Map<string, { id: string; title: string; lane: string | null }>()
  let done = earlier.filter(({ path, outcome }) => outcome === 'done' && ids.has(stepIdOf(path))).length
  let current: StepBase | null = null
  return {
    enter: (step, { path, lane }) => {
      if (!isLeaf(step)) return
      current = step
      going.set(path, { id: step.id, title: step.title, lane })
    },
    leave: (step, path, counts) => {
      if (counts && isLeaf(step)) done++
      going.delete(path)
    },
    fail: (path) => void going.delete(path),
    now: () => ({
      stepId: current?.id ?? null,
      stepTitle: current?.title ?? null,
      fraction: leaves > 0 ? Math.min(1, done / leaves) : null,
      steps: [...going].map(([path, { title, lane }]) => ({ path, title, lane })),
    }),
  }
}
