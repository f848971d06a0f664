import type { Scalar, StepBase, Template } from '../../contract/template.ts'

export interface StepLine {
  id: string
  title: string
  kind: string
  depth: number
  /** Ids of the steps that this one is inside of. */
  parents: readonly string[]
}

const childLists = ['setup', 'main', 'steps', 'teardown'] as const

const isStep = (value: unknown): value is StepBase =>
  typeof value === 'object' && value !== null && 'id' in value && 'kind' in value && 'title' in value

/** Whether a step's `when` already says, from the parameters alone, that it is left out. */
function isLeftOut(step: StepBase, parameters: Readonly<Record<string, Scalar>>): boolean {
  const value = step.when?.value
  if (step.when === undefined || typeof value !== 'object' || value === null || !('param' in value)) return false
  return (parameters[value.param] ?? null) !== step.when.equals
}

/** The steps of a template in order, groups before what they hold. */
export function listSteps(template: Pick<Template, 'steps'>, parameters: Readonly<Record<string, Scalar>>): StepLine[] {
  const lines: StepLine[] = []
  const walk = (steps: readonly unknown[], parents: readonly string[]): void => {
    for (const step of steps.filter(isStep)) {
      if (isLeftOut(step, parameters)) continue
      lines.push({ id: step.id, title: step.title, kind: step.kind, depth: parents.length, parents })
      for (const name of childLists) {
        const children = step[name]
        if (Array.isArray(children)) walk(children, [...parents, step.id])
      }
    }
  }
  walk(template.steps, [])
  return lines
}

export type StepState = 'waiting' | 'current' | 'around' | 'begun'

/**
 * Where each step stands. `begun` says only that the run has been there (a repetition comes back to it);
 * what came of it is in the log.
 */
export function stepStates(
  lines: readonly StepLine[],
  currentId: string | null,
  seen: ReadonlySet<string>,
): StepState[] {
  const current = lines.find((line) => line.id === currentId)
  return lines.map((line) => {
    if (line.id === currentId) return 'current'
    if (current?.parents.includes(line.id) === true) return 'around'
    return seen.has(line.id) ? 'begun' : 'waiting'
  })
}
