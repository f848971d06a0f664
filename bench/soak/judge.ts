import type { Sample } from './engine.ts'

export interface SoakEnd {
  ended: string
  problem: unknown
  acknowledged: number
  stored: number
  gaps: number
}

export interface SoakReport extends SoakEnd {
  minutes: number
  samplesPerSecond: number
  /** Growth over the measured time, by regression after the warm-up, of the mean. */
  rssDriftPercent: number
  heapDriftPercent: number
  rssMib: { first: number; last: number }
  handles: { first: number; last: number }
  resources: { first: number; last: number }
  loopP99Ms: { median: number; worst: number }
  faults: string[]
}

/** The first part of a run is not counted: code is compiled, caches fill. */
const warmUpShare = 0.3
const mostDriftPercent = 5
/** A connection that is being made again, or a file just being written, is no leak. */
const handleSlack = 2
/** Timers and requests come and go with each reading. */
const resourceSlack = 6

const median = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0

/** Slope by least squares times the span, in percent of the mean. */
export function driftPercent(points: readonly { x: number; y: number }[]): number {
  if (points.length < 2) return 0
  const mean = (pick: (point: { x: number; y: number }) => number): number =>
    points.reduce((sum, point) => sum + pick(point), 0) / points.length
  const [x, y] = [mean((point) => point.x), mean((point) => point.y)]
  const slope =
    points.reduce((sum, point) => sum + (point.x - x) * (point.y - y), 0) /
    points.reduce((sum, point) => sum + (point.x - x) ** 2, 0)
  const span = points.at(-1)!.x - points[0]!.x
  return ((slope * span) / y) * 100
}

/** Medians of the first and the last third after the warm-up. */
function ends(values: readonly number[]): { first: number; last: number } {
  const third = Math.max(1, Math.floor(values.length / 3))
  return { first: median(values.slice(0, third)), last: median(values.slice(-third)) }
}

const round = (value: number): number => Math.round(value * 100) / 100

/** @param checksMemory false for a soak that is too short for a trend of memory */
export function judgeSoak(samples: readonly Sample[], end: SoakEnd, checksMemory: boolean): SoakReport {
  const warm = samples.slice(Math.floor(samples.length * warmUpShare))
  const swept = warm.filter(({ isSwept }) => isSwept)
  const drift = (pick: (sample: Sample) => number): number =>
    round(driftPercent(swept.map((sample) => ({ x: sample.atS, y: pick(sample) }))))
  const handles = ends(warm.map((sample) => sample.handles ?? 0))
  const resources = ends(warm.map((sample) => sample.resources))
  const rss = ends(swept.map((sample) => sample.rssBytes / 2 ** 20))
  const seconds = samples.at(-1)?.atS ?? 0
  const [rssDriftPercent, heapDriftPercent] = [drift(({ rssBytes }) => rssBytes), drift(({ heapBytes }) => heapBytes)]
  const delays = warm.map((sample) => sample.loopP99Ms)
  const faults = [
    ...(end.ended === 'completed' ? [] : [`the run ended as ${end.ended}: ${JSON.stringify(end.problem)}`]),
    ...(end.stored >= end.acknowledged ? [] : [`${end.acknowledged} values were told, ${end.stored} are stored`]),
    ...(end.gaps === 0 ? [] : [`${end.gaps} gaps in the numbers of the samples`]),
    ...(end.acknowledged > 0 ? [] : ['nothing was measured']),
    ...(handles.last <= handles.first + handleSlack ? [] : [`handles grew from ${handles.first} to ${handles.last}`]),
    ...(resources.last <= resources.first + resourceSlack
      ? []
      : [`resources of the event loop grew from ${resources.first} to ${resources.last}`]),
    ...(checksMemory && rssDriftPercent >= mostDriftPercent ? [`memory grew by ${rssDriftPercent} %`] : []),
  ]
  return {
    ...{ minutes: round(seconds / 60), samplesPerSecond: round(end.stored / Math.max(1, seconds)), ...end },
    ...{ rssDriftPercent, heapDriftPercent, handles, resources, faults },
    rssMib: { first: round(rss.first), last: round(rss.last) },
    loopP99Ms: { median: round(median(delays)), worst: round(Math.max(0, ...delays)) },
  }
}
