import type { Profile, Role, Setting } from '../../contract/instrument.ts'
import type { Band, StepBase, Template } from '../../contract/template.ts'
import { messageOf } from '../../contract/errors.ts'
import { compileExpression, expressionType, namesIn } from './expression.ts'
import { eachNode, sameUnit, paramOf, type Fault } from './figures.ts'
import { innerSteps } from './progress.ts'

type Node = Readonly<Record<string, unknown>>
interface Known {
  template: Template
  profiles: readonly Profile[]
  fault: Fault
}

/** What an instrument has to be able to do in these fields of a step. */
const neededRoles: Readonly<Record<string, Readonly<Record<string, Role>>>> = {
  bias: { role: 'HvSource', interlock: 'Interlock' },
  inject: { role: 'PowerSupply' },
  sweep: { source: 'IvSource' },
}

const roleOf = (name: unknown, { template }: Known): Role | undefined =>
  template.roles.find((each) => each.name === name)?.role

function checkRoles(node: Node, path: string, known: Known): void {
  for (const [field, wanted] of Object.entries(neededRoles[String(node['kind'])] ?? {})) {
    const found = roleOf(node[field], known)
    if (found !== undefined && found !== wanted)
      known.fault(`${path}.${field}`, `it needs the role ${wanted}, and “${String(node[field])}” is a ${found}`)
  }
}

/** The channels that an instrument of a role has, by name, with their units; none where no driver is known. */
function channelsOf(role: Role, profiles: readonly Profile[]): Map<string, Set<string>> {
  const channels = new Map<string, Set<string>>()
  for (const profile of profiles.filter((each) => each.roles.includes(role)))
    for (const { channel, unit } of profile.channels)
      channels.set(channel, (channels.get(channel) ?? new Set()).add(unit))
  return channels
}

/** A value that nobody measures is unknown for ever: a guard on it never acts, and nothing is ever credited by it. */
function checkChannel(node: Node, path: string, known: Known): void {
  const role = roleOf(node['role'], known)
  if (role === undefined || typeof node['channel'] !== 'string') return
  const channels = channelsOf(role, known.profiles)
  if (channels.size > 0 && !channels.has(node['channel']))
    known.fault(`${path}.channel`, `no ${role} has a channel “${node['channel']}”`)
}

/** A limit in another unit than that of what is measured. */
function checkUnits(node: Node, path: string, known: Known): void {
  const role = roleOf(node['role'], known)
  if (role === undefined) return
  const channels = channelsOf(role, known.profiles)
  const units =
    typeof node['channel'] === 'string'
      ? channels.get(node['channel'])
      : new Set(
          known.profiles.flatMap(({ channels: all }) => all.filter((each) => each.role === role).map((c) => c.unit)),
        )
  if (!units || units.size === 0) return
  for (const field of ['target', 'tolerance', 'minimum', 'maximum'] as const) {
    const unit = paramOf((node as unknown as Band)[field] ?? null, known.template)?.unit
    if (unit !== undefined && ![...units].some((each) => sameUnit(each, unit)))
      known.fault(`${path}.${field}`, `a value in ${unit} doesn’t fit what is measured in ${[...units].join(', ')}`)
  }
}

const settingsOf = (role: Role, name: string, profiles: readonly Profile[]): Setting[] =>
  profiles
    .filter((each) => each.roles.includes(role))
    .flatMap(({ settings }) => settings.filter((each) => each.name === name && (each.role ?? role) === role))

const fits = (value: unknown, { type, choices, canBeOff }: Setting): boolean => {
  if (value === null) return canBeOff
  if (type === 'choice') return choices?.some((each) => each === value) ?? false
  return typeof value === type
}

/** A setting that no instrument of the role has, or of another kind than the value. */
function checkSetting(node: Node, path: string, known: Known): void {
  const role = roleOf(node['role'], known)
  const { setting, to } = node
  if (role === undefined || typeof setting !== 'string' || known.profiles.length === 0) return
  const found = settingsOf(role, setting, known.profiles)
  if (found.length === 0) return known.fault(`${path}.setting`, `no ${role} has a setting “${setting}”`)
  if (node['kind'] === 'ramp' && !found.some(({ type }) => type === 'number'))
    return known.fault(`${path}.setting`, `${setting} is no number, and can’t be moved along a ramp`)
  const isWritten = typeof to !== 'object' || to === null
  if (isWritten && !found.some((each) => fits(to, each)))
    known.fault(`${path}.to`, `${JSON.stringify(to)} is nothing that ${setting} can be set to`)
}

/** What every role has beside its channels, in an expression. */
const summaries = ['value', 'perHour', 'rising']

function checkNamesIn(expr: string, path: string, known: Known & { outputs: ReadonlySet<string> }): void {
  const { template, outputs, fault } = known
  for (const { map, name, member } of namesIn(expr)) {
    if (map === 'param' && !template.parameters.some((each) => each.name === name))
      fault(path, `there is no parameter “${name}”`)
    if (map === 'result' && !outputs.has(name)) fault(path, `no step computes “${name}”`)
    if (map !== 'role') continue
    const role = roleOf(name, known)
    if (role === undefined) {
      fault(path, `there is no role “${name}”`)
      continue
    }
    const channels = channelsOf(role, known.profiles)
    const isThere = member === null || channels.size === 0 || channels.has(member) || summaries.includes(member)
    if (!isThere) fault(path, `no ${role} has a channel “${member}”`)
  }
}

/** What says whether, and not how much. */
const isCondition = (path: string, node: Node): boolean =>
  /\.condition$/.test(path) || (/\.when$/.test(path) && 'expr' in node)

function checkExpression(node: Node, path: string, known: Known & { outputs: ReadonlySet<string> }): void {
  if (typeof node['expr'] !== 'string') return
  try {
    compileExpression(node['expr'])
  } catch (error) {
    return known.fault(`${path}.expr`, `it is not an expression: ${messageOf(error).split('\n')[0]}`)
  }
  checkNamesIn(node['expr'], `${path}.expr`, known)
  const type = expressionType(node['expr'])
  if (isCondition(path, node) && !['bool', 'dyn'].includes(type))
    known.fault(`${path}.expr`, 'a condition is true or false, and this gives neither')
}

/** Each name once, where it is called by its name. */
function checkDoubles({ template, fault }: Known): void {
  for (const [list, all] of [
    ['guards', template.guards ?? []],
    ['exposure', template.exposure ?? []],
  ] as const)
    all.forEach(({ id }, i) => {
      if (all.findIndex((each) => each.id === id) < i) fault(`${list}.${i}.id`, `“${id}” is given twice`)
    })
}

const stepIds = (steps: readonly StepBase[]): string[] =>
  steps.flatMap((step) => [step.id, ...stepIds(innerSteps(step))])

/** Names of steps in what is asked of the records. */
function checkRecords(node: Node, path: string, { ids, fault }: Known & { ids: ReadonlySet<string> }): void {
  if (node['record'] === undefined) return
  const asked = [
    ...(typeof node['within'] === 'string' ? [{ field: 'within', id: node['within'] }] : []),
    ...((node['during'] ?? []) as string[]).map((id, i) => ({ field: `during.${i}`, id })),
  ]
  for (const { field, id } of asked) if (!ids.has(id)) fault(`${path}.${field}`, `there is no step “${id}”`)
}

/** Everywhere, what methods are given included. */
function eachOf(value: unknown, path: string, visit: (node: Node, path: string) => void): void {
  if (typeof value !== 'object' || value === null) return
  if (!Array.isArray(value)) visit(value as Node, path)
  for (const [key, inner] of Object.entries(value)) eachOf(inner, path ? `${path}.${key}` : key, visit)
}

/** Names that stand for nothing that there is, or for something else than is needed: all but those of steps' kinds. */
export function findUndeclared(template: Template, profiles: readonly Profile[]): string[] {
  const faults: string[] = []
  const known: Known = { template, profiles, fault: (path, text) => void faults.push(`${path}: ${text}`) }
  const ids = new Set(stepIds(template.steps))
  const outputs = new Set<string>()
  const { steps, guards, exposure, recovery, criteria, report } = template
  eachNode(steps, 'steps', (node) => {
    if (typeof node['output'] === 'string') outputs.add(node['output'])
  })
  checkDoubles(known)
  eachNode({ steps, guards, exposure }, '', (node, path) => {
    const isGuarded = /^(guards|exposure)\./.test(path)
    if (isGuarded && typeof node['role'] === 'string' && roleOf(node['role'], known) === undefined)
      known.fault(`${path}.role`, `there is no role “${node['role']}”`)
    checkRoles(node, path, known)
    checkChannel(node, path, known)
    checkUnits(node, path, known)
    checkSetting(node, path, known)
  })
  eachOf({ steps, guards, exposure, recovery, criteria, report }, '', (node, path) => {
    checkExpression(node, path, { ...known, outputs })
    checkRecords(node, path, { ...known, ids })
  })
  return faults
}
