import type { Template } from '../../../contract/template.ts'

/** A protocol that was put into this one, such as the power before the stress. Its results begin with its id. */
export interface Part {
  id: string
  title: string
}

type Node = Record<string, unknown>
const isNode = (value: unknown): value is Node => typeof value === 'object' && value !== null && !Array.isArray(value)

/** A part is a sequence whose steps all have its id in front of theirs: so the engine puts protocols in. */
const asPart = (node: Node): Part | null => {
  const { id, kind, title, steps } = node
  if (kind !== 'sequence' || typeof id !== 'string' || !Array.isArray(steps) || steps.length === 0) return null
  const own = steps.every((step) => isNode(step) && typeof step.id === 'string' && step.id.startsWith(`${id}-`))
  return own ? { id, title: typeof title === 'string' ? title : id } : null
}

/** The parts of a template in the order of its steps. */
export const partsOf = (template: Template): Part[] => {
  const walk = (value: unknown): Part[] => {
    if (Array.isArray(value)) return value.flatMap(walk)
    if (!isNode(value)) return []
    const part = asPart(value)
    return part ? [part] : Object.values(value).flatMap(walk)
  }
  return walk(template.steps)
}

/** The part that a result or a criterion belongs to: `initialPower` to `initial`. */
export const partOf = (name: string, parts: readonly Part[]): Part | null =>
  parts
    .filter(({ id }) => name.startsWith(id) && /^[A-Z]/.test(name.slice(id.length)))
    .sort((a, b) => b.id.length - a.id.length)[0] ?? null

const namesIn = (value: unknown, found: Set<string>): void => {
  if (Array.isArray(value)) for (const each of value) namesIn(each, found)
  if (!isNode(value) || asPart(value)) return
  if (typeof value.param === 'string') found.add(value.param)
  if (typeof value.expr === 'string') for (const match of value.expr.matchAll(/\bparam\.(\w+)/g)) found.add(match[1]!)
  for (const each of Object.values(value)) namesIn(each, found)
}

/** Names of the parameters that the template itself uses, beside those that only its parts need. */
export const ownParameters = (template: Template): ReadonlySet<string> => {
  const parts = partsOf(template)
  const found = new Set<string>()
  const criteria = template.criteria.filter((each) => partOf(each.id, parts) === null)
  namesIn([template.steps, template.guards, template.exposure, template.recovery, criteria], found)
  return found
}
