import type { StartRequest } from '../contract/startRequest.ts'
import { messageOf } from '../contract/errors.ts'
import type { Profile, Setting } from '../contract/instrument.ts'
import type { PreflightLine } from '../contract/run.ts'
import type { Scalar, StepBase, Template, ValueRef } from '../contract/template.ts'
import { innerSteps } from './executor/progress.ts'
import { settingsOf } from './executor/safety.ts'
import { resolveValue } from './executor/values.ts'
import { instrumentIdOf, laneIdOf, lanesOf } from './runRoles.ts'

export interface PlanDeps {
  utcMs: number
  /** What this station's instrument can do; undefined for one that it doesn't have. */
  profile: (instrumentId: string) => Profile | undefined
}

const dayS = 86_400

const said = (seconds: number): string => {
  if (seconds < 5400) return `${Math.max(1, Math.round(seconds / 60))} min`
  if (seconds < 3 * dayS) return `${(seconds / 3600).toFixed(1)} h`
  return `${(seconds / dayS).toFixed(1)} days`
}

/** When the run will be over at the earliest. */
export function checkDuration(durationS: number, utcMs: number): PreflightLine {
  const end = new Date(utcMs + durationS * 1000).toISOString().slice(0, 16).replace('T', ' ')
  const detail = `at least ${said(durationS)}, until ${end} UTC; ramps lag, and people are waited for`
  return { id: 'duration', title: 'Duration', state: 'ok', detail, todo: null }
}

/** The modules of the request: as many as the protocol takes, none twice, each with what serves it. */
export function checkLanes(template: Template, request: StartRequest, deps: PlanDeps): PreflightLine[] {
  if (!template.lanes) return []
  const title = 'Modules'
  try {
    const lanes = lanesOf(template, request)
    const lines: PreflightLine[] = [
      { id: 'lanes', title, state: 'ok', detail: `${lanes.length} in the run`, todo: null },
    ]
    for (const need of template.roles.filter((each) => each.perLane === true)) {
      const slots = (request.roles[need.name] ?? []).reduce((sum, assigned) => {
        const channels = deps.profile(instrumentIdOf(assigned))?.channels.filter((each) => each.role === need.role)
        return sum + (assigned.includes('#') ? 1 : Math.max(1, channels?.length ?? 1))
      }, 0)
      if (slots >= lanes.length) continue
      const without = lanes.slice(slots).map((_lane, i) => laneIdOf(slots + i))
      lines.push({
        ...{ id: `lanes.${need.name}`, title: need.title, state: 'problem' },
        detail: `there are ${slots} for ${lanes.length} modules; nothing serves ${without.join(', ')}`,
        todo: 'Assign one, or one channel, for each module, or take modules out.',
      })
    }
    return lines
  } catch (error) {
    return [{ id: 'lanes', title, state: 'problem', detail: messageOf(error), todo: 'Correct the list of modules.' }]
  }
}

/** All of them, those inside others included. */
export const everyStep = (steps: readonly StepBase[]): StepBase[] =>
  steps.flatMap((step) => [step, ...everyStep(innerSteps(step))])

function wantedNumber(ref: ValueRef, parameters: Readonly<Record<string, Scalar>>): number | null {
  try {
    const value = resolveValue(ref, { parameters, results: [], sweeps: [] })
    return typeof value === 'number' ? value : null
  } catch {
    // It depends on what is measured.
    return null
  }
}

const isBeyond = (value: number, { minimum = -Infinity, maximum = Infinity }: Setting): boolean =>
  value < minimum || value > maximum

/** Set-points of this run that an assigned instrument can't take: said before anything is commanded. */
export function checkLimits(
  template: Template,
  given: { request: StartRequest; parameters: Readonly<Record<string, Scalar>> },
  deps: PlanDeps,
): PreflightLine[] {
  const lines = new Map<string, PreflightLine>()
  for (const step of everyStep(template.steps))
    for (const { setting, value } of settingsOf(step)) {
      const number = wantedNumber(value, given.parameters)
      if (number === null) continue
      for (const assigned of given.request.roles[String(step['role'])] ?? []) {
        const id = instrumentIdOf(assigned)
        const declared = deps.profile(id)?.settings.find((each) => each.name === setting && each.type === 'number')
        if (!declared || !isBeyond(number, declared)) continue
        lines.set(`${id}.${setting}`, {
          ...{ id: `limit.${id}.${setting}`, title: `Limits of ${id}`, state: 'problem' },
          detail: `“${step.title}” needs ${setting} ${number} ${declared.unit}; it takes ${declared.minimum} to ${declared.maximum}`,
          todo: 'Change the parameter, or assign another instrument.',
        })
      }
    }
  return [...lines.values()]
}

/** Extra-low direct voltage, which may be touched in dry surroundings (V; IEC 60364-4-41). */
const touchableV = 60

/** High voltage for which nobody reads whether the guard is closed: not forbidden, as a supply may have its own input for that. */
export function checkInterlock(template: Template, parameters: Readonly<Record<string, Scalar>>): PreflightLine[] {
  const unread = everyStep(template.steps).filter((step) => {
    if (step.kind !== 'bias' || step['interlock'] !== undefined) return false
    return Math.abs(wantedNumber(step['voltageV'] as ValueRef, parameters) ?? Infinity) > touchableV
  })
  if (unread.length === 0) return []
  return [
    {
      ...{ id: 'interlock', title: 'Interlock', state: 'warning' },
      detail: `${unread.map(({ title }) => `“${title}”`).join(', ')}: high voltage is switched on, and no interlock is read`,
      todo: 'See that the guard’s contact is wired to the supply’s own interlock input; this software can’t tell.',
    },
  ]
}
