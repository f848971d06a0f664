import { StationError } from '../../contract/errors.ts'
import type { Computed } from '../../contract/run.ts'
import type { RecordedSweep } from '../../contract/sample.ts'
import type { Scalar, ValueRef } from '../../contract/template.ts'

export interface ValueSources {
  parameters: Readonly<Record<string, Scalar>>
  results: readonly Computed[]
  sweeps: readonly RecordedSweep[]
}

/** Follows `output.a.b` through the results; null where a part isn't there. */
function resultAt(results: readonly Computed[], path: string): unknown {
  const [name, ...rest] = path.split('.')
  let value: unknown = results.find((each) => each.name === name)?.value ?? null
  for (const key of rest) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key)) return null
    value = (value as Record<string, unknown>)[key]
  }
  return value
}

/** The value behind a reference of a template, from one run's parameters, results and records. */
export function resolveValue(ref: ValueRef, sources: ValueSources): unknown {
  if (typeof ref !== 'object' || ref === null) return ref
  if ('param' in ref) return sources.parameters[ref.param] ?? null
  if ('result' in ref) return resultAt(sources.results, ref.result)
  return sources.sweeps
}

export function resolveNumber(ref: ValueRef, sources: ValueSources, what: string): number {
  const value = resolveValue(ref, sources)
  if (typeof value === 'number' && Number.isFinite(value)) return value
  const name = typeof ref === 'object' && ref !== null && 'param' in ref ? ref.param : what
  throw new StationError('protocol.badParameter', { name, detail: 'a number is needed here' })
}
