import { createByteReader, createWriter, putVarint, takeVarint, written } from '../codec/bytes.ts'
import type { ColumnCodec } from '../codec/column.ts'

/** What a stretch of samples of one channel comes to. Times are monotonic; the values are NaN where `valid` is 0. */
export interface Entry {
  t0: number
  t1: number
  samples: number
  /** Samples that have a value. */
  valid: number
  minimum: number
  maximum: number
  total: number
  first: number
  last: number
}

/** A bin is the smallest stretch that is summarised: small enough to zoom in on, large enough to cost next to nothing. */
export const binSamples = 128
/** How many stretches of one level make one of the next. */
export const groupEntries = 16

const columns = ['t0', 't1', 'samples', 'valid', 'minimum', 'maximum', 'total', 'first', 'last'] as const

export type Entries = { count: number } & Record<(typeof columns)[number], Float64Array>

/** Summarises samples `from` to `to` of the columns. */
export function summarise(
  { monotonicMs, value }: { monotonicMs: Float64Array; value: Float64Array },
  from: number,
  to: number,
): Entry {
  const entry: Entry = {
    t0: Infinity,
    t1: -Infinity,
    samples: to - from,
    valid: 0,
    minimum: NaN,
    maximum: NaN,
    total: 0,
    first: NaN,
    last: NaN,
  }
  let minimum = Infinity
  let maximum = -Infinity
  for (let i = from; i < to; i++) {
    const time = monotonicMs[i]!
    if (time < entry.t0) entry.t0 = time
    if (time > entry.t1) entry.t1 = time
    const each = value[i]!
    if (Number.isNaN(each)) continue
    if (entry.valid++ === 0) entry.first = each
    entry.last = each
    entry.total += each
    if (each < minimum) minimum = each
    if (each > maximum) maximum = each
  }
  if (entry.valid > 0) {
    entry.minimum = minimum
    entry.maximum = maximum
  }
  return entry
}

/** What several stretches, in their order, come to together. */
export function mergeEntries(all: readonly Entry[]): Entry {
  const withValues = all.filter((each) => each.valid > 0)
  const sum = (part: (entry: Entry) => number): number => all.reduce((total, each) => total + part(each), 0)
  return {
    t0: Math.min(...all.map((each) => each.t0)),
    t1: Math.max(...all.map((each) => each.t1)),
    samples: sum((each) => each.samples),
    valid: sum((each) => each.valid),
    minimum: withValues.length > 0 ? Math.min(...withValues.map((each) => each.minimum)) : NaN,
    maximum: withValues.length > 0 ? Math.max(...withValues.map((each) => each.maximum)) : NaN,
    total: sum((each) => each.total),
    first: withValues[0]?.first ?? NaN,
    last: withValues.at(-1)?.last ?? NaN,
  }
}

export const toColumns = (entries: readonly Entry[]): Entries => ({
  count: entries.length,
  ...(Object.fromEntries(columns.map((name) => [name, Float64Array.from(entries, (each) => each[name])])) as Record<
    (typeof columns)[number],
    Float64Array
  >),
})

/** Entries as bytes, and back. */
export function createEntryCodec(column: ColumnCodec) {
  const writer = createWriter(1 << 14)
  const pack = (entries: readonly Entry[]): Uint8Array => {
    const table = toColumns(entries)
    writer.at = 0
    putVarint(writer, table.count)
    for (const name of columns) column.put(writer, table[name])
    return written(writer)
  }
  const unpack = (bytes: Uint8Array): Entries => {
    const reader = createByteReader(bytes)
    const count = takeVarint(reader)
    const table = columns.map((name) => {
      const values = new Float64Array(count)
      column.take(reader, values)
      return [name, values] as const
    })
    return { count, ...(Object.fromEntries(table) as Record<(typeof columns)[number], Float64Array>) }
  }
  return { pack, unpack }
}
