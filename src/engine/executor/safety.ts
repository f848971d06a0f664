import type { Profile, Role, Setting } from '../../contract/instrument.ts'
import type { Scalar, StepBase, Template, ValueRef } from '../../contract/template.ts'
import { findUndeclared } from './declared.ts'
import { findWrongFigures, paramOf, sameUnit, settledNumber, unitOf, type Fault } from './figures.ts'
import { innerSteps } from './progress.ts'
import type { StepKind } from './stepKind.ts'

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

/** What may be left out makes nothing safe. */
const safeRoles = (steps: readonly StepBase[]): string[] =>
  steps
    .filter(({ when }) => when === undefined)
    .flatMap((step) => [
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
    if (energised.length > 0 && /\bteardown\b/.test(path)) fault(path, 'a tear-down makes safe; it can’t switch on')
  })
}

/** The fields of steps that end up in a setting of an instrument. */
export function settingsOf(step: StepBase): { field: string; setting: string; value: ValueRef }[] {
  const at = (field: string, setting: string) => ({ field, setting, value: step[field] as ValueRef })
  if (step.kind === 'set' || step.kind === 'ramp') return [at('to', String(step['setting']))]
  if (step.kind === 'bias') return [at('voltageV', 'voltageV'), at('currentLimitA', 'currentLimitA')]
  if (step.kind === 'inject')
    return [at('voltageLimitV', 'voltageV'), at('currentA', 'currentA'), at('otherwiseA', 'currentA')]
  return []
}

/** The widest that any known instrument of the role allows; null where none has the setting. */
function widest(role: Role, setting: string, profiles: readonly Profile[]): Setting[] {
  return profiles
    .filter((profile) => profile.roles.includes(role))
    .flatMap((profile) =>
      profile.settings.filter(
        (each) => each.name === setting && each.type === 'number' && (each.role ?? role) === role,
      ),
    )
}

function checkSettings(template: Template, deps: SafetyDeps, fault: Fault): void {
  const parameters = defaultsOf(template)
  eachStep(template.steps, (step, { path }) => {
    const need = template.roles.find((each) => each.name === step['role'])
    for (const { field, setting, value } of settingsOf(step)) {
      const unit = paramOf(value, template)?.unit
      const wanted = unitOf(setting)
      if (unit !== undefined && wanted !== null && !sameUnit(unit, wanted))
        fault(`${path}.${field}`, `a value in ${unit} doesn’t fit ${setting}, which is in ${wanted}`)
      const number = settledNumber(value, { template, parameters })
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

/** A parameter that a person could make endless. */
function checkLoops(template: Template, fault: Fault): void {
  eachStep(template.steps, (step, { path }) => {
    for (const field of ['times', 'most', 'timeoutS'] as const) {
      const parameter = paramOf((step[field] as ValueRef | undefined) ?? null, template)
      if (parameter && parameter.maximum === undefined)
        fault(`${path}.${field}`, `the parameter “${parameter.name}” has no maximum: the step might never end`)
    }
  })
}

/** Figures whose unit another place of the template says. */
function checkUnits(template: Template, fault: Fault): void {
  const check = (ref: ValueRef | undefined, wanted: string, path: string): void => {
    const unit = ref === undefined ? undefined : paramOf(ref, template)?.unit
    if (unit !== undefined && unit !== wanted) fault(path, `a value in ${unit} doesn’t fit: it has to be in ${wanted}`)
  }
  const exposures = new Map((template.exposure ?? []).map((each) => [each.id, each.unit]))
  eachStep(template.steps, (step, { path }) => {
    const setting = unitOf((step['setting'] as string | undefined) ?? '')?.replace('°C', 'K')
    if (step.kind === 'ramp' && setting) check(step['ratePerHour'] as ValueRef, `${setting}/h`, `${path}.ratePerHour`)
    const until = step['until'] as { exposure: string; atLeast: ValueRef } | undefined
    if (until) check(until.atLeast, exposures.get(until.exposure) ?? '', `${path}.until.atLeast`)
  })
  for (const [i, { required, unit }] of (template.exposure ?? []).entries())
    check(required, unit, `exposure.${i}.required`)
  for (const [i, { minimum, maximum, unit }] of template.criteria.entries()) {
    check(minimum, unit, `criteria.${i}.minimum`)
    check(maximum, unit, `criteria.${i}.maximum`)
  }
}

/** Steps that never get what they wait for, or that stand in each other’s way. */
function checkSurroundings(template: Template, fault: Fault): void {
  eachStep(template.steps, (step, { path, around }) => {
    const exposureOf = (id: unknown) => template.exposure?.find((each) => each.id === id)
    const awaited = exposureOf((step['until'] as { exposure: string } | undefined)?.exposure)
    const isCounted = [step, ...around].some((each) => awaited?.during.includes(each.id) || each.kind === 'parallel')
    if (awaited && !isCounted)
      fault(`${path}.until.exposure`, `nothing is credited to “${awaited.id}” during this step`)
    const counter = step.kind === 'cycles' ? exposureOf(step['exposure']) : undefined
    if (counter && counter.quantity !== 'cycles') fault(`${path}.exposure`, `“${counter.id}” doesn’t count cycles`)
    const same = around.find((each) => each.kind === step.kind && each['role'] === step['role'])
    if (same && ['inject', 'bias', 'lanes'].includes(step.kind))
      fault(path, `it stands inside “${same.id}”, which already does this`)
  })
  for (const [i, guard] of (template.guards ?? []).entries())
    if (guard.action === 'pause' && !template.pause)
      fault(`guards.${i}.action`, 'this test can’t be paused: “pause” says what that would mean')
}

const defaultsOf = (template: Template): Record<string, Scalar> =>
  Object.fromEntries(template.parameters.map((each) => [each.name, each.default]))

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
  checkUnits(template, fault)
  checkSurroundings(template, fault)
  checkNames(template, fault)
  faults.push(...findUndeclared(template, deps.profiles))
  return [...faults, ...findWrongFigures({ template, parameters: defaultsOf(template) })]
}
