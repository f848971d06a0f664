import type { Run } from '../../contract/run.ts'
import type { StepBase, ValueRef } from '../../contract/template.ts'
import { resolveValue } from './values.ts'

const innerSteps = (step: StepBase): StepBase[] =>
  ['setup', 'main', 'steps', 'teardown'].flatMap((key) => (step[key] ?? []) as StepBase[])

/** How often a repetition goes, as far as that is known before the run; once otherwise. Whether it may is the step's to say. */
function timesOf(step: StepBase, parameters: Run['parameters']): number {
  const times = resolveValue(step['times'] as ValueRef, { parameters, results: [], sweeps: [] })
  return typeof times === 'number' && times > 0 ? times : 1
}

/** Leaf steps a run will go through. Conditions count as met: a fraction may jump ahead, but never runs back. */
function countLeaves(steps: readonly StepBase[], parameters: Run['parameters']): number {
  return steps.reduce((sum, step) => {
    const inner = innerSteps(step)
    if (inner.length === 0) return sum + 1
    return sum + (step.kind === 'repeat' ? timesOf(step, parameters) : 1) * countLeaves(inner, parameters)
  }, 0)
}

export interface Progress {
  /** The step's number in the order of entry. */
  enter(step: StepBase): number
  leave(step: StepBase): void
  now(): { stepId: string | null; stepTitle: string | null; fraction: number | null }
}

export function createProgress(steps: readonly StepBase[], parameters: Run['parameters']): Progress {
  const leaves = countLeaves(steps, parameters)
  let ordinal = 0
  let done = 0
  let current: StepBase | null = null
  const isLeaf = (step: StepBase): boolean => innerSteps(step).length === 0
  return {
    enter: (step) => {
      if (isLeaf(step)) current = step
      return ++ordinal
    },
    leave: (step) => {
      if (isLeaf(step)) done++
    },
    now: () => ({
      stepId: current?.id ?? null,
      stepTitle: current?.title ?? null,
      fraction: leaves > 0 ? Math.min(1, done / leaves) : null,
    }),
  }
}
