import type { Profile, Role, Setting } from '../../contract/instrument.ts'
import type { StepBase, Template, ValueRef } from '../../contract/template.ts'
import { compileExpression } from './expression.ts'
import { innerSteps } from './progress.ts'
import type { StepKind } from './stepKind.ts'

type Fault = (path: string, text: string) => void

export interface SafetyDeps {
  kinds: ReadonlyMap<string, StepKind>
  profiles: readonly Profile[]
}

const innerKeys = ['setup', 'main', 'steps', 'teardown']

/** Visits every step with its path and the steps around it. */
function eachStep(
  steps: readonly StepBase[],
  visit: (step: StepBase, at: { path: string; around: readonly StepBase[] }) => void,
  at: { path: string; around: readonly StepBase[] } = { path: 'steps', around: [] },
): void {
  steps.forEach((step, i) => {
    const path = `${at.path}.${i}`
    visit(step, { path, around: at.around })
    for (const key of innerKeys)
      eachStep((step[key] ?? []) as StepBase[], visit, { path: `${path}.${key}`, around: [...at.around, step] })
  })
}

const safeRoles = (steps: readonly StepBase[]): string[] =>
  steps.flatMap((step) => [
    ...(step.kind === 'safeState' ? (step['roles'] as string[]) : []),
    ...safeRoles(innerSteps(step)),
  ])

/** Whatever energises stands in a group whose tear-down makes it safe. */
function checkTearDown(template: Template, deps: SafetyDeps, fault: Fault): void {
  eachStep(template.steps, (step, { path, around }) => {
    const energised = deps.kinds.get(step.kind)?.energises(step) ?? []
    const covered = around.flatMap((each) => safeRoles((each['teardown'] ?? []) as StepBase[]))
    for (const role of energised)
      if (!covered.includes(role))
        fault(path, `it energises “${role}”, but no group around it has a tear-down that makes “${role}” safe`)
  })
}

/** What a setting's name says of its unit. */
const unitEndings: readonly [RegExp, string][] = [
  [/KPerMin$/, 'K/min'],
  [/VPerS$/, 'V/s'],
  [/Percent$/, '%'],
  [/Ohm$/, 'Ω'],
  [/C$/, '°C'],
  [/V$/, 'V'],
  [/A$/, 'A'],
  [/W$/, 'W'],
]
const unitOf = (name: string): string | null => unitEndings.find(([ending]) => ending.test(name))?.[1] ?? null
const sameUnit = (a: string, b: string): boolean => a === b || (/^(K|°C)$/.test(a) && /^(K|°C)$/.test(b))

/** The fields of steps that end up in a setting of an instrument. */
export function settingsOf(step: StepBase): { field: string; setting: string; value: ValueRef }[] {
  const at = (field: string, setting: string) => ({ field, setting, value: step[field] as ValueRef })
  if (step.kind === 'set' || step.kind === 'ramp') return [at('to', String(step['setting']))]
  if (step.kind === 'bias') return [at('voltageV', 'voltageV'), at('currentLimitA', 'currentLimitA')]
  if (step.kind === 'inject')
    return [at('voltageLimitV', 'voltageV'), at('currentA', 'currentA'), at('otherwiseA', 'currentA')]
  return []
}

const paramOf = (ref: ValueRef, template: Template) =>
  typeof ref === 'object' && ref !== null && 'param' in ref
    ? template.parameters.find((each) => each.name === ref.param)
    : undefined

const numberOf = (ref: ValueRef, template: Template): number | null => {
  const value = paramOf(ref, template)?.default ?? ref
  return typeof value === 'number' ? value : null
}

/** The widest that any known instrument of the role allows; null where none has the setting. */
function widest(role: Role, setting: string, profiles: readonly Profile[]): Setting[] {
  return profiles
    .filter((profile) => profile.roles.includes(role))
    .flatMap((profile) => profile.settings.filter((each) => each.name === setting && each.type === 'number'))
}

function checkSettings(template: Template, deps: SafetyDeps, fault: Fault): void {
  eachStep(template.steps, (step, { path }) => {
    const need = template.roles.find((each) => each.name === step['role'])
    for (const { field, setting, value } of settingsOf(step)) {
      const unit = paramOf(value, template)?.unit
      const wanted = unitOf(setting)
      if (unit !== undefined && wanted !== null && !sameUnit(unit, wanted))
        fault(`${path}.${field}`, `a value in ${unit} doesn’t fit ${setting}, which is in ${wanted}`)
      const number = numberOf(value, template)
      const known = need ? widest(need.role, setting, deps.profiles) : []
      if (number === null || known.length === 0) continue
      const [low, high] = [
        Math.min(...known.map((each) => each.minimum!)),
        Math.max(...known.map((each) => each.maximum!)),
      ]
      if (number < low || number > high)
        fault(
          `${path}.${field}`,
          `${number} is beyond what any instrument of this role allows for ${setting} (${low} to ${high})`,
        )
    }
  })
}

function checkLoops(template: Template, fault: Fault): void {
  eachStep(template.steps, (step, { path }) => {
    for (const field of ['times', 'most', 'timeoutS'] as const) {
      const value = step[field] as ValueRef | undefined
      if (value === undefined) continue
      const number = numberOf(value, template)
      if (number !== null && !Number.isFinite(number)) fault(`${path}.${field}`, 'it never ends')
      if (number !== null && number <= 0) fault(`${path}.${field}`, `${number} is not above 0`)
      const parameter = paramOf(value, template)
      if (parameter && parameter.maximum === undefined)
        fault(`${path}.${field}`, `the parameter “${parameter.name}” has no maximum: the step might never end`)
    }
  })
}

function checkExpressions(template: Template, fault: Fault): void {
  const names = {
    param: new Set(template.parameters.map((each) => each.name)),
    role: new Set(template.roles.map((each) => each.name)),
  }
  const walk = (node: unknown, path: string): void => {
    if (typeof node !== 'object' || node === null) return
    for (const [key, value] of Object.entries(node)) {
      const here = path ? `${path}.${key}` : key
      if (key !== 'expr' || typeof value !== 'string') {
        walk(value, here)
        continue
      }
      try {
        compileExpression(value)
      } catch (error) {
        fault(here, `it is not an expression: ${(error as Error).message}`)
      }
      for (const kind of ['param', 'role'] as const)
        for (const [, name = ''] of value.matchAll(new RegExp(`\\b${kind}\\.(\\w+)`, 'g')))
          if (!names[kind].has(name)) fault(here, `there is no ${kind === 'param' ? 'parameter' : 'role'} “${name}”`)
    }
  }
  walk(template, '')
}

function checkNames(template: Template, fault: Fault): void {
  const ids = new Set<string>()
  eachStep(template.steps, (step) => void ids.add(step.id))
  const exposures = new Set((template.exposure ?? []).map((each) => each.id))
  for (const [list, all] of [
    ['guards', template.guards ?? []],
    ['exposure', template.exposure ?? []],
  ] as const)
    all.forEach((each, i) => {
      for (const id of each.during ?? []) if (!ids.has(id)) fault(`${list}.${i}.during`, `there is no step “${id}”`)
    })
  const walk = (node: unknown, path: string): void => {
    if (typeof node !== 'object' || node === null) return
    for (const [key, value] of Object.entries(node)) {
      const here = path ? `${path}.${key}` : key
      if (key === 'exposure' && typeof value === 'string' && !exposures.has(value))
        fault(here, `there is no exposure “${value}”`)
      else walk(value, here)
    }
  }
  walk({ steps: template.steps, criteria: template.criteria }, '')
}

/**
 * A pause and an outage switch off what is under energy. A step that only set an output is over by then, and would leave
 * it off for the rest of the test; `bias` and `inject` switch on again.
 */
function checkSwitchedOn(template: Template, deps: SafetyDeps, fault: Fault): void {
  const goesOff = template.recovery !== undefined || (template.pause && template.pause.energy !== 'keep')
  if (!goesOff) return
  eachStep(template.steps, (step, { path }) => {
    const need = template.roles.find((each) => each.name === step['role'])
    if (step.kind !== 'set' || need?.role === 'Chamber' || !deps.kinds.get('set')?.energises(step).length) return
    fault(
      path,
      `a pause or an outage switches “${need?.name}” off, and this step is not done again: use bias or inject`,
    )
  })
}

/** What makes a template unsafe or contradictory, each with its place: what a schema can't say. */
export function findUnsafe(template: Template, deps: SafetyDeps): string[] {
  const faults: string[] = []
  const fault: Fault = (path, text) => void faults.push(`${path}: ${text}`)
  checkTearDown(template, deps, fault)
  checkSettings(template, deps, fault)
  checkSwitchedOn(template, deps, fault)
  checkLoops(template, fault)
  checkExpressions(template, fault)
  checkNames(template, fault)
  return faults
}
