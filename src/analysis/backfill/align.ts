import type { BackFillEdge, BackFillGap } from '../../contract/backFill.ts'
import { median } from '../numeric/statistics.ts'

/** One channel over time (ms), rising; what was missing is left out. */
export interface Line {
  timeMs: readonly number[]
  value: readonly number[]
}

/** The station has a gap where it has no value for longer than this many of its usual intervals, and than a minute. */
const usualIntervals = 5
const leastGapMs = 60_000
/** So much beside each edge of a gap is compared. */
const edgeMs = 3_600_000

const intervalsOf = (timeMs: readonly number[]): number[] => timeMs.slice(1).map((time, i) => time - timeMs[i]!)

/** Number of the last time at or before this one; -1: none. */
function indexBefore(timeMs: readonly number[], atMs: number): number {
  let [low, high] = [0, timeMs.length]
  while (low < high) {
    const middle = (low + high) >> 1
    if (timeMs[middle]! <= atMs) low = middle + 1
    else high = middle
  }
  return low - 1
}

/** Between two values that are not too far apart, on the straight line; null elsewhere. */
function valueAt(line: Line, atMs: number, longestMs: number): number | null {
  const i = indexBefore(line.timeMs, atMs)
  const [from, to] = [line.timeMs[i], line.timeMs[i + 1]]
  if (from === undefined) return null
  if (from === atMs) return line.value[i]!
  if (to === undefined || to - from > longestMs) return null
  return line.value[i]! + ((line.value[i + 1]! - line.value[i]!) * (atMs - from)) / (to - from)
}

export interface Gap {
  fromMs: number
  toMs: number | null
}

/**
 * Where the station has no values of a channel.
 * @param isOpen the run may go on: after the last value begins a gap, too
 */
export function gapsOf(station: Line, isOpen: boolean): { gaps: Gap[]; longestMs: number } {
  const intervals = intervalsOf(station.timeMs)
  const longestMs = Math.max(leastGapMs, usualIntervals * (median(intervals) ?? 0))
  const gaps: Gap[] = intervals.flatMap((interval, i) =>
    interval > longestMs ? [{ fromMs: station.timeMs[i]!, toMs: station.timeMs[i + 1]! }] : [],
  )
  const last = station.timeMs.at(-1)
  return { gaps: isOpen && last !== undefined ? [...gaps, { fromMs: last, toMs: null }] : gaps, longestMs }
}

/** Log minus station at the rows of the log from `fromMs` to `toMs`. */
function deviations(station: Line, log: Line, at: { fromMs: number; toMs: number; longestMs: number }): number[] {
  const found: number[] = []
  for (let i = indexBefore(log.timeMs, at.fromMs - 1) + 1; i < log.timeMs.length && log.timeMs[i]! <= at.toMs; i++) {
    const measured = valueAt(station, log.timeMs[i]!, at.longestMs)
    if (measured !== null) found.push(log.value[i]! - measured)
  }
  return found
}

function edgeOf(found: readonly number[]): BackFillEdge {
  if (found.length === 0) return { compared: 0, mostDeviation: null, meanDeviation: null }
  return {
    compared: found.length,
    mostDeviation: found.reduce((most, each) => (Math.abs(each) > Math.abs(most) ? each : most), 0),
    meanDeviation: found.reduce((sum, each) => sum + each, 0) / found.length,
  }
}

/**
 * The rows of a log that fall into one gap, and how far log and station differ in the hour before and after it.
 * @returns null where the log has no row in the gap
 */
export function fillGap(
  station: Line,
  log: Line,
  { gap, longestMs }: { gap: Gap; longestMs: number },
): BackFillGap | null {
  const toMs = gap.toMs ?? Infinity
  const rows = log.timeMs.flatMap((time, i) => (time > gap.fromMs && time < toMs ? [i] : []))
  if (rows.length === 0) return null
  const utcMs = rows.map((i) => log.timeMs[i]!)
  const edges = [gap.fromMs, ...utcMs, ...(gap.toMs === null ? [] : [gap.toMs])]
  const before = { fromMs: gap.fromMs - edgeMs, toMs: gap.fromMs, longestMs }
  const after = { fromMs: toMs, toMs: toMs + edgeMs, longestMs }
  return {
    ...{ fromUtcMs: gap.fromMs, toUtcMs: gap.toMs, utcMs },
    value: rows.map((i) => log.value[i]!),
    longestHoleMs: Math.max(...intervalsOf(edges)),
    before: edgeOf(deviations(station, log, before)),
    after: edgeOf(gap.toMs === null ? [] : deviations(station, log, after)),
  }
}

const searchS = 900
const searchStepS = 5
const leastRows = 10

const rmsOf = (values: readonly number[]): number =>
  Math.sqrt(values.reduce((sum, each) => sum + each * each, 0) / values.length)

/**
 * By how much the log's clock is ahead (s) where log and station agree best beside the gaps, within a quarter of an hour.
 * null: on a steady dwell any clock fits, and nothing can be told.
 */
export function bestClockAheadS(
  pairs: readonly { station: Line; log: Line }[],
  at: { gaps: readonly Gap[]; longestMs: number },
): number | null {
  const found = pairs.flatMap(({ station, log }) => {
    const rmsAt = (aheadS: number): number | null => {
      const moved = { ...log, timeMs: log.timeMs.map((time) => time - aheadS * 1000) }
      const all = at.gaps.flatMap(({ fromMs, toMs }) => [
        ...deviations(station, moved, { fromMs: fromMs - edgeMs, toMs: fromMs, longestMs: at.longestMs }),
        ...(toMs === null
          ? []
          : deviations(station, moved, { fromMs: toMs, toMs: toMs + edgeMs, longestMs: at.longestMs })),
      ])
      return all.length < leastRows ? null : rmsOf(all)
    }
    const tried: { aheadS: number; rms: number }[] = []
    for (let aheadS = -searchS; aheadS <= searchS; aheadS += searchStepS) {
      const rms = rmsAt(aheadS)
      if (rms !== null) tried.push({ aheadS, rms })
    }
    const best = tried.toSorted((a, b) => a.rms - b.rms || Math.abs(a.aheadS) - Math.abs(b.aheadS))[0]
    // What a minute more or less doesn't make clearly worse says nothing about the clock.
    const near = tried.filter(({ aheadS }) => best !== undefined && Math.abs(Math.abs(aheadS - best.aheadS) - 60) < 1)
    return best !== undefined && near.length > 0 && near.every(({ rms }) => rms > 2 * best.rms) ? [best] : []
  })
  return found.toSorted((a, b) => a.rms - b.rms)[0]?.aheadS ?? null
}
