import { TspError } from './tspLexer.ts'

/** The names of an instrument's part, as its metatable has them. */
export interface TspListing {
  /** Values that can be read; those among them that can be written, too. */
  getters: readonly string[]
  setters: readonly string[]
  /** Parts, functions and constants. */
  objects: readonly string[]
  kind: string
}

/** Something with fields: a Lua table, or a part of the instrument. */
export interface TspObject {
  get: (key: string) => TspValue
  set: (key: string, value: TspValue) => void
  /** What `next` walks through; parts of the instrument have none. */
  keys?: () => readonly string[]
  /** Of a part of the instrument: client libraries look there for what there is. */
  listing?: () => TspListing
}
export type TspFunction = ((args: TspValue[]) => TspValue[] | Promise<TspValue[]>) & Partial<TspObject>
export type TspValue = number | string | boolean | null | TspFunction | TspObject

export const runtimeError = (detail: string): TspError => new TspError(-286, `TSP Runtime error at line 1: ${detail}`)

export const isFunction = (value: TspValue): value is TspFunction => typeof value === 'function'
export const isObject = (value: TspValue): value is TspObject =>
  (typeof value === 'object' && value !== null) || (typeof value === 'function' && 'get' in value)

export const typeOf = (value: TspValue): string => {
  if (value === null) return 'nil'
  return isFunction(value) ? 'function' : isObject(value) ? 'table' : typeof value
}

export const keyOf = (value: TspValue): string => {
  if (typeof value === 'number' || typeof value === 'string') return String(value)
  throw runtimeError(`attempt to index with a ${typeOf(value)} value`)
}

export function toNumber(value: TspValue): number {
  if (typeof value === 'number') return value
  const text = typeof value === 'string' ? Number(value) : NaN
  if (typeof value === 'string' && value.trim() !== '' && !Number.isNaN(text)) return text
  throw runtimeError(`attempt to perform arithmetic on a ${typeOf(value)} value`)
}

/** Everything but false and nil is true. */
export const isTrue = (value: TspValue): boolean => value !== null && value !== false

/** A table with whatever is put into it. */
export function newTable(entries: readonly (readonly [string, TspValue])[] = []): TspObject & { length: () => number } {
  const fields = new Map<string, TspValue>(entries)
  return {
    get: (key) => fields.get(key) ?? null,
    set: (key, value) => {
      if (value === null) fields.delete(key)
      else fields.set(key, value)
    },
    keys: () => [...fields.keys()],
    length: () => {
      let count = 0
      while (fields.has(String(count + 1))) count++
      return count
    },
  }
}

/** `1.00000e+00`: how the instrument prints numbers, with so many digits. */
export function formatNumber(value: number, precision: number): string {
  if (Number.isNaN(value)) return 'nan'
  const text = value.toExponential(Math.max(0, precision - 1))
  return text.replace(/e([+-])(\d)$/, 'e$10$2')
}

export function textOf(value: TspValue, precision: number): string {
  if (typeof value === 'number') return formatNumber(value, precision)
  if (value === null) return 'nil'
  if (typeof value === 'string' || typeof value === 'boolean') return String(value)
  return `${typeOf(value)}: 0x0001`
}
