import type { StepBase, Template } from '../contract/template.ts'
import { innerSteps } from './executor/progress.ts'

export interface ProtocolPart {
  protocolId: string
  title: string
  /** Names of the parameters that came with it. */
  parameters: string[]
}

const allSteps = (steps: readonly StepBase[]): StepBase[] =>
  steps.flatMap((step) => [step, ...allSteps(innerSteps(step))])

/** A part stands in a template as a sequence of its steps under the id of the step that named it: see expandTemplate(). */
const contains = (template: Template, part: Template): boolean =>
  allSteps(template.steps).some((step) => {
    const ids = innerSteps(step).map(({ id }) => id)
    return step.kind === 'sequence' && ids.join() === part.steps.map(({ id }) => `${step.id}-${id}`).join()
  })

/** The protocols that a template contains, with the parameters that they brought along. */
export function partsOf(template: Template, all: readonly Template[]): ProtocolPart[] {
  const names = new Set(template.parameters.map(({ name }) => name))
  return all
    .filter((part) => part.id !== template.id && contains(template, part))
    .map(({ id, title, parameters }) => ({
      ...{ protocolId: id, title },
      parameters: parameters.map(({ name }) => name).filter((name) => names.has(name)),
    }))
}
