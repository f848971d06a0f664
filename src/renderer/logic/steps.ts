import type { RunLive } from '../../contract/run.ts'
import type { Scalar, StepBase, Template } from '../../contract/template.ts'
import { idsOfPath } from './stepPath.ts'

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
 * Where each step stands. `begun` says only that the run has been there, or passed it (a repetition comes back to it);
 * what came of it is in the log.
 * @param current ids of the steps that are going on now, side by side
 */
export function stepStates(
  lines: readonly StepLine[],
  current: readonly string[],
  seen: ReadonlySet<string>,
): StepState[] {
  const around = new Set(lines.filter((line) => current.includes(line.id)).flatMap((line) => line.parents))
  const firstCurrent = lines.findIndex((line) => current.includes(line.id))
  return lines.map((line, i) => {
    if (current.includes(line.id)) return 'current'
    if (around.has(line.id)) return 'around'
    return i < firstCurrent || seen.has(line.id) ? 'begun' : 'waiting'
  })
}

/** Ids of the steps that a run goes through now; by the one that began last where the station says no more. */
export const currentSteps = (live: Pick<RunLive, 'stepId' | 'steps'> | null): string[] => {
  const paths = live?.steps ?? []
  if (paths.length > 0) return [...new Set(paths.map(({ path }) => idsOfPath(path).at(-1) ?? ''))]
  return live?.stepId === null || live === null ? [] : [live.stepId]
}
