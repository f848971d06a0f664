import { binSamples, summarise, type Entries, type Entry } from './entries.ts'

/** Samples that can be looked at one by one. */
export interface Points {
  monotonicMs: Float64Array
  /** NaN where the value is missing. */
  value: Float64Array
}

const createColumns = (pixels: number) => ({
  minimum: new Float64Array(pixels),
  maximum: new Float64Array(pixels),
  first: new Float64Array(pixels),
  last: new Float64Array(pixels),
  count: new Float64Array(pixels),
})

/** Summaries into a pixel: one on its own, or one of a table. */
function createMerges(columns: ReturnType<typeof createColumns>) {
  const merge = (index: number, entry: Pick<Entry, 'minimum' | 'maximum' | 'first' | 'last' | 'valid'>): void => {
    if (entry.valid === 0) return
    if (columns.count[index] === 0) {
      columns.first[index] = entry.first
      columns.minimum[index] = entry.minimum
      columns.maximum[index] = entry.maximum
    } else {
      if (entry.minimum < columns.minimum[index]!) columns.minimum[index] = entry.minimum
      if (entry.maximum > columns.maximum[index]!) columns.maximum[index] = entry.maximum
    }
    columns.last[index] = entry.last
    columns.count[index]! += entry.valid
  }

  /** One entry of a table, as merge() does. */
  const mergeOf = (index: number, entries: Entries, i: number): void => {
    const valid = entries.valid[i]!
    if (valid === 0) return
    const [minimum, maximum] = [entries.minimum[i]!, entries.maximum[i]!]
    if (columns.count[index] === 0) {
      columns.first[index] = entries.first[i]!
      columns.minimum[index] = minimum
      columns.maximum[index] = maximum
    } else {
      if (minimum < columns.minimum[index]!) columns.minimum[index] = minimum
      if (maximum > columns.maximum[index]!) columns.maximum[index] = maximum
    }
    columns.last[index] = entries.last[i]!
    columns.count[index]! += valid
  }
  return { merge, mergeOf }
}

/** The pixels of a view of one channel, filled in the order of the samples' numbers. */
export function createBuckets(window: { fromMs: number; toMs: number; pixels: number }) {
  const { fromMs, toMs, pixels } = window
  const perMs = pixels / (toMs - fromMs || 1)
  const columns = createColumns(pixels)

  /** The pixel of a moment in station time; the last one holds its end, too. */
  const indexOf = (timeMs: number): number => Math.min(pixels - 1, Math.floor((timeMs - fromMs) * perMs))
  const isInside = (timeMs: number): boolean => timeMs >= fromMs && timeMs <= toMs

  const { merge, mergeOf } = createMerges(columns)

  /** Each sample in its own pixel; those outside the window are left out. */
  const addPoints = ({ monotonicMs, value }: Points, originMs: number): void => {
    const { minimum, maximum, first, last, count } = columns
    for (let i = 0; i < value.length; i++) {
      const each = value[i]!
      const time = monotonicMs[i]! + originMs
      if (Number.isNaN(each) || !isInside(time)) continue
      const at = indexOf(time)
      if (count[at] === 0) {
        first[at] = each
        minimum[at] = each
        maximum[at] = each
      } else {
        if (each < minimum[at]!) minimum[at] = each
        if (each > maximum[at]!) maximum[at] = each
      }
      last[at] = each
      count[at]! += 1
    }
  }

  /** The one pixel that the whole of an entry lies in; null where an edge goes through it. */
  const onlyPixel = (t0: number, t1: number, originMs: number): number | null => {
    const [from, to] = [t0 + originMs, t1 + originMs]
    if (!isInside(from) || !isInside(to)) return null
    const index = indexOf(from)
    return index === indexOf(to) ? index : null
  }

  /** In the pixel in which it begins; what begins before the window, in the first one. */
  const addSnapped = (entry: Entry, originMs: number): void => {
    const [from, to] = [entry.t0 + originMs, entry.t1 + originMs]
    if (to >= fromMs && from <= toMs) merge(Math.max(0, indexOf(from)), entry)
  }

  return { columns, merge, mergeOf, addPoints, addSnapped, onlyPixel }
}
export type Buckets = ReturnType<typeof createBuckets>

/** Points that have no stored summary are summarised here, bin by bin. */
export function* binsOf(points: Points): Generator<Entry> {
  for (let from = 0; from < points.value.length; from += binSamples)
    yield summarise(points, from, Math.min(points.value.length, from + binSamples))
}
