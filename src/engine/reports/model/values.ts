import type { Dossier } from '../../../contract/dossier.ts'
import type { Computed, Lane } from '../../../contract/run.ts'
import type { ValueRef } from '../../../contract/template.ts'

export interface NumberOrReason {
  value: number | null
  /** Why there is none; empty when there is. */
  reason: string
}

const found = (value: number): NumberOrReason => ({ value, reason: '' })
const missing = (reason: string): NumberOrReason => ({ value: null, reason })

/** A lane's parameters and results go before the run's. */
export type LaneOfValues = Pick<Lane, 'id' | 'parameters' | 'state'>

const hasLeft = ({ state }: LaneOfValues): boolean => state === 'removed' || state === 'stopped'

/**
 * Of a lane its own result, or the run's. Of one that left only its own: what the run was credited later isn't its. Without
 * a lane the first of that name, as papers without layout had it.
 */
export const resultOf = (dossier: Dossier, name: string, lane: LaneOfValues | null): Computed | undefined => {
  const named = dossier.results.filter((result) => result.name === name)
  if (lane === null) return named[0]
  const own = named.find((result) => result.lane === lane.id)
  return own ?? (hasLeft(lane) ? undefined : named.find((result) => result.lane === undefined))
}

/** The value of a result by its name, or undefined when the run didn't compute it. */
export const resultValue = (dossier: Dossier, name: string, lane: LaneOfValues | null = null): unknown =>
  resultOf(dossier, name, lane)?.value

const asRecord = (value: unknown): Record<string, unknown> | null =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : null

const reasonIn = (holder: Record<string, unknown>, key: string): string | null => {
  const own = holder[`${key}Reason`] ?? asRecord(holder.reasons)?.[key] ?? holder.reason
  return typeof own === 'string' && own !== '' ? own : null
}

const readResult = (dossier: Dossier, path: string, lane: LaneOfValues | null): NumberOrReason => {
  const [name = '', ...keys] = path.split('.')
  const computed = resultOf(dossier, name, lane)
  if (!computed) return missing(`“${name}” was not computed`)
  let holder: Record<string, unknown> | null = null
  let value: unknown = computed.value
  for (const key of keys) {
    holder = asRecord(value)
    if (!holder || !(key in holder)) return missing(`${computed.method} gives no ${key}`)
    value = holder[key]
  }
  if (typeof value === 'number' && Number.isFinite(value)) return found(value)
  return missing((holder && reasonIn(holder, keys.at(-1) ?? '')) ?? `not determined by ${computed.method}`)
}

/** What a template's value reference stands for in this run, as a number; else the reason why there is none. */
export const readNumber = (dossier: Dossier, ref: ValueRef, lane: LaneOfValues | null = null): NumberOrReason => {
  if (typeof ref === 'number') return found(ref)
  if (typeof ref !== 'object' || ref === null) return missing('the template gives no number')
  if ('result' in ref) return readResult(dossier, ref.result, lane)
  if ('record' in ref) return missing('a record is not a number')
  if ('expr' in ref) return missing('an expression of measured values is not printed')
  const value = { ...dossier.run.parameters, ...lane?.parameters }[ref.param]
  return typeof value === 'number' ? found(value) : missing(`parameter ${ref.param} was not given`)
}
