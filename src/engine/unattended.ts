import type { Approval } from '../contract/approval.ts'
import type { InstrumentState } from '../contract/api.ts'
import type { Role } from '../contract/instrument.ts'
import type { QueueEntry } from '../contract/queue.ts'
import type { Run } from '../contract/run.ts'
import { moduleIdsOf } from '../contract/runModules.ts'
import { runName } from '../contract/runName.ts'
import type { Template } from '../contract/template.ts'
import { settingsOf } from './executor/safety.ts'
import type { StepKind } from './executor/stepKind.ts'
import { everyStep } from './preflightPlan.ts'
import { isUsedIn, neededIds } from './queueBlocks.ts'
import { instrumentIdsOf } from './runRoles.ts'

/** Warm, cold and damp air, and what only reads. Whatever can put a voltage, a current or light on something is not here. */
const quietRoles: readonly Role[] = ['Chamber', 'IrradianceSensor', 'TemperatureSensor', 'HumiditySensor', 'Interlock']
/** What may be set: a chamber that has a lamp, a valve or an output has other settings. */
const quietSettings: readonly string[] = ['temperatureC', 'humidityPercent', 'run']

interface Given {
  template: Template
  request: Pick<QueueEntry['request'], 'roles'>
  approval: Approval
  kinds: ReadonlyMap<string, StepKind>
  states: readonly InstrumentState[]
}

/**
 * Why nobody may leave the start of this to the station; null where warm air is all that it makes. A list of what is
 * harmless, not of what is dangerous: what isn't known waits for a person.
 */
export function whyAttended(given: Given): string | null {
  const { template, request, states } = given
  if (given.approval.state !== 'approved' && given.approval.state !== 'shipped') return 'the protocol is not approved'
  const loud = template.roles.find(
    (need) => !quietRoles.includes(need.role) && (need.minimum > 0 || (request.roles[need.name] ?? []).length > 0),
  )
  if (loud) return `“${loud.title}” can put electrical energy on the module or on a lead`
  for (const id of instrumentIdsOf(request)) {
    const state = states.find((each) => each.config.id === id)
    if (!state) return `there is no instrument ${id}`
    if (state.roles.some((role) => !(quietRoles as readonly string[]).includes(role)))
      return `${state.config.name} can do more than climate: it can put electrical energy on something`
  }
  for (const step of everyStep(template.steps)) {
    const roles = given.kinds.get(step.kind)?.energises(step) ?? []
    if (['bias', 'inject', 'sweep'].includes(step.kind)) return `“${step.title}” puts electrical energy on the module`
    const odd = settingsOf(step)
      .map(({ setting }) => setting)
      .find((name) => !quietSettings.includes(name))
    if (odd !== undefined) return `“${step.title}” sets ${odd}, which is more than warm or damp air`
    const strange = roles.find((name) => template.roles.find((need) => need.name === name)?.role !== 'Chamber')
    if (strange !== undefined) return `“${step.title}” switches ${strange} on`
  }
  return null
}

/**
 * What happened at its instruments since its operator gave his word, and takes that away; null where nothing did. The
 * word was: these modules are in place. Another module, or a run that didn't end as it should, makes it worthless.
 */
export function whatChangedSince(
  entry: QueueEntry,
  { runs, states }: { runs: readonly Run[]; states: readonly InstrumentState[] },
): string | null {
  const since = entry.unattended?.utcMs ?? Infinity
  const needs = new Set(neededIds(entry.request, states))
  const own = moduleIdsOf(entry.request)
  for (const run of runs) {
    const isLater = (run.endedUtcMs ?? Infinity) > since
    if (!isLater || !isUsedIn(run, needs)) continue
    const what = runName(run)
    if (run.status !== 'completed') return `${what}, the run before it, is ${run.status}: somebody has to look first`
    const others = moduleIdsOf(run).filter((id) => !own.includes(id))
    if (others.length > 0)
      return `${what}, the run before it, was on ${others.join(', ')}: somebody has to change modules`
  }
  return null
}
