import { StationError } from '../../contract/errors.ts'
import type { AnalysisMethod } from '../../contract/method.ts'
import type { Computed, CriterionResult, ExposureEntry, Lane } from '../../contract/run.ts'
import type { RecordedSweep } from '../../contract/sample.ts'
import type { Scalar, StepBase, Template, ValueRef } from '../../contract/template.ts'
import { innerSteps } from './progress.ts'
import { resolveValue, type ValueSources } from './values.ts'
import { decide, evaluateCriteria, worstVerdict, type Decision } from './verdict.ts'

export type Methods = ReadonlyMap<string, AnalysisMethod>

export interface ComputeRequest {
  method: string
  inputs: Readonly<Record<string, ValueRef>>
  output: string
}

/** One compute step: the same code in a run, for an imported curve and in the verifier. */
export function computeResult(request: ComputeRequest, sources: ValueSources, methods: Methods): Computed {
  const method = methods.get(request.method)
  if (!method)
    throw new StationError('analysis.badInput', { what: request.method, detail: 'this version has no such method' })
  const inputs = Object.fromEntries(
    Object.entries(request.inputs).map(([name, ref]) => [name, resolveValue(ref, sources)]),
  )
  const value = method.run(inputs)
  const lane = sources.lane ? { lane: sources.lane } : {}
  return { name: request.output, method: method.id, version: method.version, value, ...lane }
}

export interface Analysed extends Decision {
  results: Computed[]
  criteria: CriterionResult[]
  lanes: Lane[]
}

export interface RunData {
  template: Template
  parameters: Readonly<Record<string, Scalar>>
  sweeps: readonly RecordedSweep[]
  exposure?: readonly ExposureEntry[]
  lanes?: readonly Lane[]
  /** What was recorded as a result: answers, means, findings. They can't be computed again. */
  recorded?: readonly Computed[]
  /** What a lane that left early had computed before; it has nothing else. */
  computed?: (name: string, lane: string) => boolean
}

/** Judges what was computed: of the whole run, and of each lane. The worst verdict is the run's. */
export function judgeResults(
  given: RunData,
  results: readonly Computed[],
): Pick<Analysed, 'criteria' | 'verdict' | 'reasons' | 'lanes'> {
  const { template, parameters, sweeps, exposure = [], lanes = [] } = given
  const base = { parameters, results, sweeps, exposure }
  if (lanes.length === 0) {
    const criteria = evaluateCriteria(template, base)
    return { criteria, lanes: [], ...decide(criteria) }
  }
  const judged = lanes.map((lane) => {
    if (lane.state === 'removed' || lane.state === 'stopped')
      return {
        lane: { ...lane, verdict: 'notMeasured' as const, verdictReasons: [lane.reason ?? lane.state] },
        criteria: [],
      }
    const criteria = evaluateCriteria(template, { ...base, lane: lane.id, laneParameters: lane.parameters }).map(
      (each) => ({
        ...each,
        lane: lane.id,
      }),
    )
    const { verdict, reasons } = decide(criteria)
    return { lane: { ...lane, state: 'done' as const, verdict, verdictReasons: reasons }, criteria }
  })
  const verdict = worstVerdict(judged.map(({ lane }) => lane.verdict ?? 'notMeasured'))
  const reasons = judged.flatMap(({ lane }) =>
    lane.verdictReasons.map((reason) => `${lane.id} (${lane.module.id}): ${reason}`),
  )
  return { criteria: judged.flatMap((each) => each.criteria), lanes: judged.map(({ lane }) => lane), verdict, reasons }
}

/** Everything that follows from the raw data: the template's compute steps in order, its criteria, the verdict. */
export function analyzeResults(given: RunData, methods: Methods): Analysed {
  const { parameters, sweeps, exposure = [], lanes = [] } = given
  const results: Computed[] = [...(given.recorded ?? [])]
  const sourcesOf = (lane: Lane | null): ValueSources => ({
    ...{ parameters, results, sweeps, exposure, lane: lane?.id ?? null },
    ...(lane ? { laneParameters: lane.parameters } : {}),
  })
  const compute = (request: ComputeRequest, lane: Lane | null): void => {
    const left = lane?.state === 'removed' || lane?.state === 'stopped'
    if (left && given.computed?.(request.output, lane.id) !== true) return
    results.push(computeResult(request, sourcesOf(lane), methods))
  }
  /** The same way through the steps as the run went. */
  const walk = (steps: readonly StepBase[], lane: Lane | null): void => {
    for (const step of steps) {
      if (step.when && resolveValue(step.when.value, sourcesOf(lane)) !== step.when.equals) continue
      if (step.kind === 'compute') compute(step as unknown as ComputeRequest, lane)
      else if (step.kind === 'lanes' && lanes.length > 0) for (const each of lanes) walk(innerSteps(step), each)
      else walk(innerSteps(step), lane)
    }
  }
  walk(given.template.steps, null)
  return { results, ...judgeResults(given, results) }
}
