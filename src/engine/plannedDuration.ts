import type { Scalar, StepBase, Template, ValueRef } from '../contract/template.ts'
import { innerSteps } from './executor/progress.ts'
import { resolveValue } from './executor/values.ts'

/** What is known of a step's time before the run: its own, and where a ramp leaves the set-point. */
interface Plan {
  durationS: number
  samples: number
  /** Last set-point by role and setting, for the next ramp. */
  setPoints: ReadonlyMap<string, number>
}

interface Given {
  template: Template
  parameters: Readonly<Record<string, Scalar>>
  lanes: number
  /** The instruments of a role, each with how many values a reading of it has; none where only the time is asked for. */
  instruments?: (roleName: string) => readonly PlannedInstrument[]
}

export interface PlannedInstrument {
  id: string
  channels: number
}

/** What is read while a step goes on, by the instrument's id: whoever needs it most often counts. */
type Watched = ReadonlyMap<string, { everyS: number; channels: number }>
type Asked = Given & { watched: Watched }

/** A sweep with its preparations, and a question, take about so long; a person takes longer. */
const sweepS = 15
const questionS = 60

function numberOf(ref: unknown, { parameters }: Asked): number | null {
  if (ref === undefined) return null
  try {
    const value = resolveValue(ref as ValueRef, { parameters, results: [], sweeps: [] })
    return typeof value === 'number' && Number.isFinite(value) ? value : null
  } catch {
    // It depends on what is measured: nobody can tell before.
    return null
  }
}

function holdS(step: StepBase, given: Asked): number {
  const own = numberOf(step['durationS'], given)
  if (own !== null) return own
  const until = step['until'] as { exposure: string; atLeast: unknown } | undefined
  const exposure = given.template.exposure?.find((each) => each.id === until?.exposure)
  const atLeast = numberOf(until?.atLeast, given)
  return exposure?.quantity === 'time' && atLeast !== null ? atLeast * 3600 : 0
}

/** Time goes by, and what is watched is read. */
function pass(before: Plan, seconds: number, { watched }: Asked): Plan {
  const perSecond = [...watched.values()].reduce((sum, each) => sum + each.channels / each.everyS, 0)
  return { ...before, durationS: before.durationS + seconds, samples: before.samples + seconds * perSecond }
}

/** What a step reads, and how often (s), while it and the steps in it go on. */
function readsOf(step: StepBase): { roles: unknown[]; everyS: unknown }[] {
  const { kind, everyS } = step as StepBase & { everyS?: unknown }
  if (kind === 'record') return step['channels'] as { roles: string[]; everyS: unknown }[]
  if (kind === 'hold') return [{ roles: ((step['bands'] ?? []) as { role: string }[]).map(({ role }) => role), everyS }]
  if (kind === 'ramp') return [{ roles: [(step['follow'] as { role: string }).role], everyS }]
  if (kind === 'stabilise') return [{ roles: [step['role']], everyS: step['intervalS'] }]
  if (kind === 'cycles' || kind === 'inject')
    return [{ roles: [step['role'], ...((step['roles'] ?? []) as string[])], everyS }]
  if (kind !== 'sweep') return []
  return [
    { roles: [step['irradiance']], everyS: 0.1 },
    { roles: [step['temperature']], everyS: 1 },
  ]
}

function watching(step: StepBase, given: Asked): Asked {
  const { instruments } = given
  if (!instruments) return given
  const watched = new Map(given.watched)
  for (const { roles, everyS } of readsOf(step)) {
    const own = numberOf(everyS, given)
    if (own === null || own <= 0) continue
    for (const { id, channels } of roles.flatMap((role) => instruments(String(role))))
      watched.set(id, { channels, everyS: Math.min(own, watched.get(id)?.everyS ?? Infinity) })
  }
  return { ...given, watched }
}

function planRamp(step: StepBase, before: Plan, given: Asked): Plan {
  const key = `${String(step['role'])}.${String(step['setting'])}`
  const to = numberOf(step['to'], given)
  const rate = numberOf(step['ratePerHour'], given)
  const from = before.setPoints.get(key)
  const takes =
    to === null || rate === null || from === undefined || rate <= 0 ? 0 : (Math.abs(to - from) / rate) * 3600
  const setPoints = to === null ? before.setPoints : new Map([...before.setPoints, [key, to]])
  return { ...pass(before, takes, given), setPoints }
}

function planSet(step: StepBase, before: Plan, given: Asked): Plan {
  const to = numberOf(step['to'], given)
  if (to === null) return before
  return {
    ...before,
    setPoints: new Map([...before.setPoints, [`${String(step['role'])}.${String(step['setting'])}`, to]]),
  }
}

function timesOf(step: StepBase, given: Asked): number {
  if (step.kind === 'lanes') return Math.max(1, given.lanes)
  return step.kind === 'repeat' || step.kind === 'cycles' ? (numberOf(step['times'], given) ?? 1) : 1
}

/** How long a step that has no others in it takes (s), ramps excepted. */
function leafS(step: StepBase, given: Asked): number {
  if (step.kind === 'hold') return holdS(step, given)
  if (step.kind === 'stabilise') return numberOf(step['holdS'], given) ?? 0
  if (step.kind === 'sweep') return sweepS
  return step.kind === 'prompt' || step.kind === 'inspect' ? questionS : 0
}

/** Values that are measured for the step itself, however long it takes. */
function ownSamples(step: StepBase, given: Asked): number {
  if (step.kind === 'sweep') return 2 * (numberOf(step['points'], given) ?? 0)
  if (step.kind !== 'measure') return 0
  const channels = given.instruments?.(String(step['role'])).reduce((sum, each) => sum + each.channels, 0) ?? 0
  return channels * (numberOf(step['samples'], given) ?? 0)
}

function planStep(step: StepBase, before: Plan, outer: Asked): Plan {
  // What depends on a result may be left out; the plan says the least.
  if (
    step.when &&
    resolveValue(step.when.value, { parameters: outer.parameters, results: [], sweeps: [] }) !== step.when.equals
  )
    return before
  const given = watching(step, outer)
  if (step.kind === 'ramp') return planRamp(step, before, given)
  if (step.kind === 'set') return planSet(step, before, given)
  const times = timesOf(step, given)
  if (innerSteps(step).length === 0) {
    const after = pass(before, leafS(step, given), given)
    return { ...after, samples: after.samples + ownSamples(step, given) }
  }
  if (times === 0) return before
  const first = planAll(innerSteps(step), before, given)
  if (times === 1) return first
  // The second time begins where the first one ended; from then on each is like it.
  const second = planAll(innerSteps(step), first, given)
  const all = (one: number, two: number): number => one + (two - one) * (times - 1)
  const { durationS, samples } = first
  return { ...second, durationS: all(durationS, second.durationS), samples: all(samples, second.samples) }
}

const planAll = (steps: readonly StepBase[], before: Plan, given: Asked): Plan =>
  steps.reduce((plan, step) => planStep(step, plan, given), before)

const plan = (given: Given): Plan =>
  planAll(given.template.steps, { durationS: 0, samples: 0, setPoints: new Map() }, { ...given, watched: new Map() })

/**
 * The least time that a run takes (s), from its template and parameters alone: dwells, credited hours and ramps. Lags,
 * excursions and waiting for people come on top; a dry run tells it exactly.
 */
export const plannedDurationS = (given: Given): number => plan(given).durationS

/** How many samples are recorded in that time. */
export const plannedSamples = (given: Required<Given>): number => Math.ceil(plan(given).samples)
