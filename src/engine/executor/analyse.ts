import { StationError } from '../../contract/errors.ts'
import type { AnalysisMethod } from '../../contract/method.ts'
import type { Computed, CriterionResult } from '../../contract/run.ts'
import type { RecordedSweep } from '../../contract/sample.ts'
import type { Scalar, StepBase, Template, ValueRef } from '../../contract/template.ts'
import { resolveValue, type ValueSources } from './values.ts'
import { decide, evaluateCriteria, type Decision } from './verdict.ts'

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
  return { name: request.output, method: method.id, version: method.version, value: method.run(inputs) }
}

function computeSteps(steps: readonly StepBase[]): ComputeRequest[] {
  return steps.flatMap((step) => {
    if (step.kind === 'compute') return [step as unknown as ComputeRequest]
    const inner = ['setup', 'main', 'steps', 'teardown'].flatMap((key) => (step[key] ?? []) as StepBase[])
    return computeSteps(inner)
  })
}

export interface Analysed extends Decision {
  results: Computed[]
  criteria: CriterionResult[]
}

/** Everything that follows from the raw data: the template's compute steps in order, its criteria, the verdict. */
export function analyzeResults(
  given: { template: Template; parameters: Readonly<Record<string, Scalar>>; sweeps: readonly RecordedSweep[] },
  methods: Methods,
): Analysed {
  const results: Computed[] = []
  const sources = { parameters: given.parameters, results, sweeps: given.sweeps }
  for (const request of computeSteps(given.template.steps)) results.push(computeResult(request, sources, methods))
  const criteria = evaluateCriteria(given.template, sources)
  return { results, criteria, ...decide(criteria) }
}
