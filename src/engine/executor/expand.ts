import { StationError } from '../../contract/errors.ts'
import type { Criterion, StepBase, Template, ValueRef } from '../../contract/template.ts'

/** `power` of the part `initial` is `initialPower`. */
const prefixed = (id: string, name: string): string => `${id}${name.charAt(0).toUpperCase()}${name.slice(1)}`

interface Part {
  id: string
  /** What takes the place of the part's parameters here. */
  fixed: Readonly<Record<string, ValueRef>>
}

type Node = Record<string, unknown>
const isNode = (value: unknown): value is Node => typeof value === 'object' && value !== null && !Array.isArray(value)

/** A reference of the part as it reads here: its results by their new names, its sweeps only its own. */
function renamedRef(node: Node, part: Part): unknown {
  if (typeof node['param'] === 'string' && node['param'] in part.fixed) return part.fixed[node['param']]
  if (typeof node['result'] === 'string') {
    const [name = '', ...rest] = node['result'].split('.')
    return { result: [prefixed(part.id, name), ...rest].join('.') }
  }
  if (node['record'] === 'sweeps' && node['within'] === undefined) return { record: 'sweeps', within: part.id }
  return null
}

function renamed(value: unknown, part: Part): unknown {
  if (Array.isArray(value)) return value.map((each) => renamed(each, part))
  if (!isNode(value)) return value
  const ref = renamedRef(value, part)
  if (ref !== null && ref !== undefined) return ref
  const isStep = typeof value['kind'] === 'string' && typeof value['id'] === 'string'
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => {
      if (isStep && key === 'id') return [key, `${part.id}-${String(inner)}`]
      if (isStep && key === 'output' && typeof inner === 'string') return [key, prefixed(part.id, inner)]
      return [key, renamed(inner, part)]
    }),
  )
}

/** The first expression in a part; null where there is none. */
function expressionOf(value: unknown): string | null {
  if (typeof value !== 'object' || value === null) return null
  for (const [key, inner] of Object.entries(value)) {
    const found = key === 'expr' && typeof inner === 'string' ? inner : expressionOf(inner)
    if (found !== null) return found
  }
  return null
}

interface Grown {
  parameters: Template['parameters']
  roles: Template['roles']
  criteria: Criterion[]
}

/** Adds what the part needs and this template doesn't have yet. */
function adopt(
  grown: Grown,
  part: Part,
  { template, criteria }: { template: Template; criteria: 'validity' | 'all' | 'none' },
): void {
  const known = new Map(grown.parameters.map((each) => [each.name, each]))
  const clash = template.parameters.find(
    (each) => !(each.name in part.fixed) && (known.get(each.name)?.title ?? each.title) !== each.title,
  )
  if (clash)
    throw new StationError('protocol.invalid', {
      file: `${part.id} (${template.id})`,
      detail: `parameters: “${clash.name}” means “${clash.title}” in ${template.id} and something else here`,
    })
  grown.parameters.push(...template.parameters.filter((each) => !known.has(each.name) && !(each.name in part.fixed)))
  const roles = new Set(grown.roles.map((each) => each.name))
  grown.roles.push(...template.roles.filter((each) => !roles.has(each.name)))
  const judged = template.criteria.filter(
    (each) => criteria === 'all' || (criteria === 'validity' && each.kind === 'validity'),
  )
  grown.criteria.push(
    ...judged.map((each) => ({
      ...(renamed(each, part) as Criterion),
      id: prefixed(part.id, each.id),
      title: `${part.id}: ${each.title}`,
    })),
  )
}

/**
 * Puts the protocols that a template contains into it, so that a run's snapshot is whole: their steps under the id of
 * the step that names them, their results under its name, their parameters and roles beside its own.
 * @param lookUp another protocol, itself whole; undefined where there is none
 * @throws StationError protocol.invalid
 */
export function expandTemplate(template: Template, lookUp: (id: string) => Template | undefined): Template {
  const grown: Grown = {
    parameters: [...template.parameters],
    roles: [...template.roles],
    criteria: [...template.criteria],
  }
  let expanded = false
  const expandStep = (step: StepBase, path: string): StepBase => {
    if (step.kind === 'protocol') {
      expanded = true
      return putIn(step, path)
    }
    const inner = ['setup', 'main', 'steps', 'teardown'].filter((key) => Array.isArray(step[key]))
    if (inner.length === 0) return step
    const changed = inner.map((key) => [
      key,
      (step[key] as StepBase[]).map((each, i) => expandStep(each, `${path}.${key}.${i}`)),
    ])
    return { ...step, ...(Object.fromEntries(changed) as Record<string, StepBase[]>) }
  }
  const putIn = (step: StepBase, path: string): StepBase => {
    const id = String(step['protocol'])
    const found = lookUp(id)
    if (!found)
      throw new StationError('protocol.invalid', {
        file: `${template.id}.json`,
        detail: `${path}.protocol: there is no protocol ${id} to put in`,
      })
    const lost = (['guards', 'exposure', 'recovery', 'pause'] as const).find((key) => found[key] !== undefined)
    if (lost !== undefined)
      throw new StationError('protocol.invalid', {
        file: `${template.id}.json`,
        detail: `${path}.protocol: ${id} has its own ${lost}, which doesn’t hold inside another protocol; put its steps here`,
      })
    const expression = expressionOf(found.steps) ?? expressionOf(found.criteria)
    if (expression !== null)
      throw new StationError('protocol.invalid', {
        file: `${template.id}.json`,
        detail: `${path}.protocol: the expression “${expression}” of ${id} would not know its results by their names here; put its steps here`,
      })
    const part: Part = { id: step.id, fixed: (step['parameters'] ?? {}) as Part['fixed'] }
    const unknown = Object.keys(part.fixed).find((name) => !found.parameters.some((each) => each.name === name))
    if (unknown !== undefined)
      throw new StationError('protocol.invalid', {
        file: `${template.id}.json`,
        detail: `${path}.parameters: ${id} has no parameter ${unknown}`,
      })
    adopt(grown, part, { template: found, criteria: (step['criteria'] ?? 'validity') as 'validity' })
    const { when } = step
    return {
      ...{ id: step.id, kind: 'sequence', title: step.title, ...(when ? { when } : {}) },
      steps: found.steps.map((each) => renamed(each, part) as StepBase),
    }
  }
  const steps = template.steps.map((step, i) => expandStep(step, `steps.${i}`))
  return expanded ? { ...template, ...grown, steps } : template
}
