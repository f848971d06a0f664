import { TspError } from './tspLexer.ts'
import { runtimeError, toNumber, type TspObject, type TspValue } from './tspValues.ts'

/** A field of the instrument: read, and written where it can be. */
export interface TspField {
  get: () => TspValue
  set?: (value: TspValue) => void
  isFixed?: boolean
}

/** A field that is always the same: a constant, a function, a part. */
export const fixed = (value: TspValue): TspField => ({ get: () => value, isFixed: true })

/** An object with just these fields. Others read nil and can't be written. */
export function objectOf(fields: Readonly<Record<string, TspField>>): TspObject {
  const find = (key: string): TspField | undefined => (Object.hasOwn(fields, key) ? fields[key] : undefined)
  const named = (are: (field: TspField) => boolean): string[] =>
    Object.entries(fields).flatMap(([name, field]) => (are(field) ? [name] : []))
  return {
    listing: () => ({
      getters: named((field) => !field.isFixed),
      setters: named((field) => field.set !== undefined),
      objects: named((field) => field.isFixed === true),
      kind: 'tsp_object',
    }),
    get: (key) => find(key)?.get() ?? null,
    set: (key, value) => {
      const field = find(key)
      if (!field) throw runtimeError(`attempt to set the unknown attribute ${key}`)
      if (!field.set) throw runtimeError(`${key} can only be read`)
      field.set(value)
    },
  }
}

export const constants = (values: Readonly<Record<string, number>>): Record<string, TspField> =>
  Object.fromEntries(Object.entries(values).map(([name, value]) => [name, fixed(value)]))

export interface NumberBounds {
  min: number | (() => number)
  max: number | (() => number)
  /** Called with what was taken; returns what is stored. Throws TspError. */
  accept?: (value: number) => number
}

export interface NumberField extends TspField {
  value: number
}

const bound = (limit: number | (() => number)): number => (typeof limit === 'number' ? limit : limit())

/** A number within bounds; errors 1101 and 1102 are the instrument's. */
export function numberField(initial: number, bounds: NumberBounds): NumberField {
  const field: NumberField = {
    value: initial,
    get: () => field.value,
    set: (given) => {
      const value = toNumber(given)
      if (value > bound(bounds.max)) throw new TspError(1102, 'Parameter too big')
      if (value < bound(bounds.min)) throw new TspError(1101, 'Parameter too small')
      field.value = bounds.accept ? bounds.accept(value) : value
    },
  }
  return field
}

/** One of some whole numbers, such as 0 and 1. */
export const choiceField = (initial: number, choices: readonly number[], accept?: (value: number) => void) =>
  numberField(initial, {
    min: Math.min(...choices),
    max: Math.max(...choices),
    accept: (value) => {
      const found = choices.find((each) => each === Math.round(value))
      if (found === undefined) throw new TspError(1108, 'Parameter value not allowed')
      accept?.(found)
      return found
    },
  })

/** Whatever is asked of it or told to it, it is there: parts of the instrument that change nothing here. */
export function permissive(): TspObject {
  const kept = new Map<string, TspValue>()
  return {
    get: (key) => {
      const found = kept.get(key) ?? Object.assign((): TspValue[] => [], permissive())
      kept.set(key, found)
      return found
    },
    set: (key, value) => void kept.set(key, value),
  }
}
