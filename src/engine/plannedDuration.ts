import type { Scalar, StepBase, Template, ValueRef } from '../contract/template.ts'
import { innerSteps } from './executor/progress.ts'
import { resolveValue } from './executor/values.ts'

/** What is known of a step's time before the run: its own, and where a ramp leaves the set-point. */
interface Plan {
  durationS: number
  /** Last set-point by role and setting, for the next ramp. */
  setPoints: ReadonlyMap<string, number>
}

interface Given {
  template: Template
  parameters: Readonly<Record<string, Scalar>>
  lanes: number
}

/** A sweep with its preparations, and a question, take about so long; a person takes longer. */
const sweepS = 15
const questionS = 60

function numberOf(ref: unknown, { parameters }: Given): number | null {
  if (ref === undefined) return null
  try {
    const value = resolveValue(ref as ValueRef, { parameters, results: [], sweeps: [] })
    return typeof value === 'number' && Number.isFinite(value) ? value : null
  } catch {
    // It depends on what is measured: nobody can tell before.
    return null
  }
}

function holdS(step: StepBase, given: Given): number {
  const own = numberOf(step['durationS'], given)
  if (own !== null) return own
  const until = step['until'] as { exposure: string; atLeast: unknown } | undefined
  const exposure = given.template.exposure?.find((each) => each.id === until?.exposure)
  const atLeast = numberOf(until?.atLeast, given)
  return exposure?.quantity === 'time' && atLeast !== null ? atLeast * 3600 : 0
}

function planRamp(step: StepBase, before: Plan, given: Given): Plan {
  const key = `${String(step['role'])}.${String(step['setting'])}`
  const to = numberOf(step['to'], given)
  const rate = numberOf(step['ratePerHour'], given)
  const from = before.setPoints.get(key)
  const takes =
    to === null || rate === null || from === undefined || rate <= 0 ? 0 : (Math.abs(to - from) / rate) * 3600
  const setPoints = to === null ? before.setPoints : new Map([...before.setPoints, [key, to]])
  return { durationS: before.durationS + takes, setPoints }
}

function planSet(step: StepBase, before: Plan, given: Given): Plan {
  const to = numberOf(step['to'], given)
  if (to === null) return before
  return {
    ...before,
    setPoints: new Map([...before.setPoints, [`${String(step['role'])}.${String(step['setting'])}`, to]]),
  }
}

function timesOf(step: StepBase, given: Given): number {
  if (step.kind === 'lanes') return Math.max(1, given.lanes)
  return step.kind === 'repeat' || step.kind === 'cycles' ? (numberOf(step['times'], given) ?? 1) : 1
}

function planStep(step: StepBase, before: Plan, given: Given): Plan {
  // What depends on a result may be left out; the plan says the least.
  if (
    step.when &&
    resolveValue(step.when.value, { parameters: given.parameters, results: [], sweeps: [] }) !== step.when.equals
  )
    return before
  const add = (seconds: number): Plan => ({ ...before, durationS: before.durationS + seconds })
  if (step.kind === 'hold') return add(holdS(step, given))
  if (step.kind === 'ramp') return planRamp(step, before, given)
  if (step.kind === 'set') return planSet(step, before, given)
  if (step.kind === 'stabilise') return add(numberOf(step['holdS'], given) ?? 0)
  if (step.kind === 'sweep') return add(sweepS)
  if (step.kind === 'prompt' || step.kind === 'inspect') return add(questionS)
  const times = timesOf(step, given)
  if (times === 0 || innerSteps(step).length === 0) return before
  const first = planAll(innerSteps(step), before, given)
  if (times === 1) return first
  // The second time begins where the first one ended; from then on each is like it.
  const second = planAll(innerSteps(step), first, given)
  return { ...second, durationS: first.durationS + (second.durationS - first.durationS) * (times - 1) }
}

const planAll = (steps: readonly StepBase[], before: Plan, given: Given): Plan =>
  steps.reduce((plan, step) => planStep(step, plan, given), before)

/**
 * The least time that a run takes (s), from its template and parameters alone: dwells, credited hours and ramps. Lags,
 * excursions and waiting for people come on top; a dry run tells it exactly.
 */
export const plannedDurationS = (given: Given): number =>
  planAll(given.template.steps, { durationS: 0, setPoints: new Map() }, given).durationS
