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

/** Entries in one row: the bins of a chunk, or the parts of a group. */
const mostEntries = 256

const columns = ['t0', 't1', 'samples', 'valid', 'minimum', 'maximum', 'total', 'first', 'last'] as const

/** Of the columns only the first `count` hold anything. */
export type Entries = { count: number } & Record<(typeof columns)[number], Float64Array>

export const createEntries = (): Entries => ({
  count: 0,
  ...(Object.fromEntries(columns.map((name) => [name, new Float64Array(mostEntries)])) as Record<
    (typeof columns)[number],
    Float64Array
  >),
})

/** With no more room than it needs, and all of that in one piece: memory is asked for once. */
export function copyEntries(entries: Entries): Entries {
  const { count } = entries
  const all = new Float64Array(columns.length * count)
  const copied = { count } as Entries
  for (let i = 0; i < columns.length; i++) {
    const name = columns[i]!
    const own = all.subarray(i * count, (i + 1) * count)
    const from = entries[name]
    for (let k = 0; k < count; k++) own[k] = from[k]!
    copied[name] = own
  }
  return copied
}

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
  const merged: Entry = {
    t0: Infinity,
    t1: -Infinity,
    samples: 0,
    valid: 0,
    minimum: NaN,
    maximum: NaN,
    total: 0,
    first: NaN,
    last: NaN,
  }
  for (const each of all) {
    merged.t0 = Math.min(merged.t0, each.t0)
    merged.t1 = Math.max(merged.t1, each.t1)
    merged.samples += each.samples
    if (each.valid === 0) continue
    const isFirst = merged.valid === 0
    if (isFirst) merged.first = each.first
    if (isFirst || each.minimum < merged.minimum) merged.minimum = each.minimum
    if (isFirst || each.maximum > merged.maximum) merged.maximum = each.maximum
    merged.valid += each.valid
    merged.total += each.total
    merged.last = each.last
  }
  return merged
}

/** Entries as bytes, and back. */
export function createEntryCodec(column: ColumnCodec) {
  const writer = createWriter(1 << 14)
  const scratch = new Float64Array(mostEntries)
  const pack = (entries: readonly Entry[]): Uint8Array => {
    writer.at = 0
    putVarint(writer, entries.length)
    if (entries.length > scratch.length) throw new RangeError('too many entries for one row')
    const values = scratch.subarray(0, entries.length)
    for (const name of columns) {
      for (let i = 0; i < entries.length; i++) values[i] = entries[i]![name]
      column.put(writer, values)
    }
    return written(writer)
  }
  /** Into a table that is used again and again: an exact view looks at thousands of rows. */
  const unpack = (bytes: Uint8Array, into: Entries): void => {
    const reader = createByteReader(bytes)
    const count = takeVarint(reader)
    if (count > mostEntries) throw new RangeError('too many entries in one row')
    into.count = count
    for (const name of columns) column.take(reader, into[name].subarray(0, count))
  }
  return { pack, unpack }
}
