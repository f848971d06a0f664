import type { Samples } from '../codec/block.ts'
import type { Entry } from './entries.ts'

/** Samples of one channel that aren't in a chunk yet, as the writer keeps them in memory beside the journal. */
export interface Tail {
  readonly channelId: number
  readonly runId: string
  readonly epochId: number
  /** Left by a dead process: its chunks are not grouped, since the summaries that waited for a group went with it. */
  readonly isRecovered: boolean
  /** Made in the transaction that is open. */
  isNew: boolean
  /** Number of the sample at index 0. */
  firstSeq: number
  count: number
  /** How many of them are durable; the others go with the transaction that is open. */
  committed: number
  /** How many of them lie in parts. */
  parted: number
  utcMs: Float64Array
  monotonicMs: Float64Array
  value: Float64Array
  missing: Map<number, string>
  /** Time of the last sample that went into a chunk, and the latest of all of them. */
  lastMs: number | null
  latestMs: number
  /** By level: summaries that wait until there are enough for one of the next level. */
  pending: Entry[][]
  /** First sample of the entries that wait, by level. */
  pendingSeq: number[]
}

const firstCapacity = 256

export const createTail = (given: {
  channelId: number
  runId: string
  epochId: number
  firstSeq: number
  isRecovered?: boolean
}): Tail => ({
  isRecovered: false,
  isNew: true,
  ...given,
  count: 0,
  committed: 0,
  parted: 0,
  utcMs: new Float64Array(firstCapacity),
  monotonicMs: new Float64Array(firstCapacity),
  value: new Float64Array(firstCapacity),
  missing: new Map(),
  lastMs: null,
  latestMs: -Infinity,
  pending: [],
  pendingSeq: [],
})

export const nextSeqOf = (tail: Tail): number => tail.firstSeq + tail.count

function grow(tail: Tail, needed: number): void {
  if (needed <= tail.value.length) return
  const capacity = Math.max(needed, tail.value.length * 2)
  for (const name of ['utcMs', 'monotonicMs', 'value'] as const) {
    const grown = new Float64Array(capacity)
    grown.set(tail[name].subarray(0, tail.count))
    tail[name] = grown
  }
}

export function extendTail(tail: Tail, samples: Samples): void {
  const from = tail.count
  grow(tail, from + samples.value.length)
  tail.utcMs.set(samples.utcMs, from)
  tail.monotonicMs.set(samples.monotonicMs, from)
  tail.value.set(samples.value, from)
  for (const [at, reason] of samples.missing) tail.missing.set(from + at, reason)
  tail.count = from + samples.value.length
}

export function commitTail(tail: Tail): void {
  tail.committed = tail.count
  tail.isNew = false
}

/** Forgets what the transaction that failed had added. */
export function rollBackTail(tail: Tail): void {
  for (const at of tail.missing.keys()) if (at >= tail.committed) tail.missing.delete(at)
  tail.count = tail.committed
}

/** Samples `from` to `to` of the tail. The columns are views: they change when the tail does. */
export function sliceTail(tail: Tail, from: number, to: number): Samples {
  const missing = new Map<number, string>()
  for (const [at, reason] of tail.missing) if (at >= from && at < to) missing.set(at - from, reason)
  return {
    utcMs: tail.utcMs.subarray(from, to),
    monotonicMs: tail.monotonicMs.subarray(from, to),
    value: tail.value.subarray(from, to),
    missing,
  }
}

/** Lets go of the first `sealed` samples: they are in chunks now. */
export function dropSealed(tail: Tail, sealed: number): void {
  for (const name of ['utcMs', 'monotonicMs', 'value'] as const) tail[name].copyWithin(0, sealed, tail.count)
  tail.missing = new Map(
    [...tail.missing].filter(([at]) => at >= sealed).map(([at, reason]): [number, string] => [at - sealed, reason]),
  )
  tail.firstSeq += sealed
  tail.count -= sealed
  tail.committed = tail.count
}
