import type { Scope } from './tspExpressions.ts'
import { fixed, type TspField } from './tspFields.ts'
import { isObject, keyOf, newTable, runtimeError, type TspObject, type TspValue } from './tspValues.ts'

const asKey = (key: string): TspValue => (/^\d+$/.test(key) ? Number(key) : key)

const expectTable = (value: TspValue | undefined): TspObject => {
  if (value === undefined || !isObject(value)) throw runtimeError('a table is expected')
  return value
}

/** The key and the value behind a key; nil behind the last one. */
function next([table, before = null]: TspValue[]): TspValue[] {
  const object = expectTable(table)
  const keys = object.keys?.() ?? []
  const at = before === null ? 0 : keys.indexOf(keyOf(before)) + 1
  const key = at > 0 || before === null ? keys[at] : undefined
  return key === undefined ? [null] : [asKey(key), object.get(key)]
}

/** What can be read, written, or is fixed, by name; nil for a table of a script's own. */
function metatable([table]: TspValue[]): TspValue[] {
  const object = expectTable(table)
  const listing = object.listing?.()
  if (!listing) return [null]
  const call: TspValue = () => []
  const all = (names: readonly string[], of: (name: string) => TspValue): TspObject =>
    newTable(names.map((name): [string, TspValue] => [name, of(name)]))
  return [
    newTable([
      ['Getters', all(listing.getters, () => call)],
      ['Setters', all(listing.setters, () => call)],
      ['Objects', all(listing.objects, object.get)],
      ['luatype', listing.kind],
    ]),
  ]
}

/**
 * How scripts and client libraries find out what the instrument has: `next`, `getmetatable` and the table of all global
 * names (keithley2600 for Python builds everything upon these).
 */
export function reflection(
  globals: Pick<Scope, 'lookUp' | 'assign'>,
  names: () => readonly string[],
): Record<string, TspField> {
  const all: TspObject = { get: globals.lookUp, set: globals.assign, keys: names }
  return { _G: fixed(all), next: fixed(next), getmetatable: fixed(metatable) }
}
