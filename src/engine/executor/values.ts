import { StationError } from '../../contract/errors.ts'
import type { Computed, ExposureEntry } from '../../contract/run.ts'
import type { RecordedSweep } from '../../contract/sample.ts'
import type { Scalar, ValueRef } from '../../contract/template.ts'
import { expressionOf, type ExpressionScope } from './expression.ts'
import { isWithin, laneOf } from './path.ts'

export interface ValueSources {
  parameters: Readonly<Record<string, Scalar>>
  results: readonly Computed[]
  sweeps: readonly RecordedSweep[]
  exposure?: readonly ExposureEntry[]
  /** The lane whose values are meant; its own go before the run's. */
  lane?: string | null
  laneParameters?: Readonly<Record<string, Scalar>>
  /** Measured values, where a run is going on. */
  role?: () => ExpressionScope['role']
}

const parametersOf = ({ parameters, laneParameters }: ValueSources): Readonly<Record<string, Scalar>> =>
  laneParameters ? { ...parameters, ...laneParameters } : parameters

/** Of a lane its own result, or the run's; of the run only its own. */
function resultOf(sources: ValueSources, name: string): unknown {
  const named = sources.results.filter((each) => each.name === name)
  const own = sources.lane ? named.find((each) => each.lane === sources.lane) : undefined
  return (own ?? named.find((each) => each.lane === undefined))?.value ?? null
}

/** Follows `output.a.b` through the results; null where a part isn't there. */
function resultAt(sources: ValueSources, path: string): unknown {
  const [name = '', ...rest] = path.split('.')
  let value = resultOf(sources, name)
  for (const key of rest) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key)) return null
    value = (value as Record<string, unknown>)[key]
  }
  return value
}

/** Sweeps that went through; one that a power cut broke off was done again. */
function sweepsOf(sources: ValueSources, within: string | undefined): RecordedSweep[] {
  const { lane = null } = sources
  return sources.sweeps.filter(
    ({ stepId, complete }) =>
      complete &&
      (within === undefined || isWithin(stepId, within)) &&
      (lane === null || laneOf(stepId) === null || laneOf(stepId) === lane),
  )
}

/** Made only as far as an expression looks: most look at parameters alone, and are asked for at each sample. */
const scopeOf = (sources: ValueSources): ExpressionScope => ({
  get param() {
    return parametersOf(sources)
  },
  get result() {
    return Object.fromEntries(sources.results.map(({ name }) => [name, resultOf(sources, name)]))
  },
  get role() {
    return sources.role?.() ?? {}
  },
})

/** The value behind a reference of a template, from one run's parameters, results and records. */
export function resolveValue(ref: ValueRef, sources: ValueSources): unknown {
  if (typeof ref !== 'object' || ref === null) return ref
  if ('param' in ref) return parametersOf(sources)[ref.param] ?? null
  if ('result' in ref) return resultAt(sources, ref.result)
  if ('expr' in ref) return expressionOf(ref.expr)(scopeOf(sources))
  if (ref.record === 'sweeps') return sweepsOf(sources, ref.within)
  return (sources.exposure ?? []).filter(
    (entry) =>
      entry.exposure === ref.exposure &&
      (ref.during === undefined || (entry.step !== null && ref.during.includes(entry.step))) &&
      (entry.lane === null || !sources.lane || entry.lane === sources.lane),
  )
}

export function resolveNumber(ref: ValueRef, sources: ValueSources, what: string): number {
  const value = resolveValue(ref, sources)
  if (typeof value === 'number' && Number.isFinite(value)) return value
  const name = typeof ref === 'object' && ref !== null && 'param' in ref ? ref.param : what
  throw new StationError('protocol.badParameter', { name, detail: 'a number is needed here' })
}
