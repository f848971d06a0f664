import { assert } from '../../../base/assert.ts'
import type { SampleBatch, SampleBlock } from '../../../contract/sample.ts'
import type { Stretch } from './journal.ts'

/** Blocks as the columns in which samples cross between threads. */
export function toBatch(blocks: readonly SampleBlock[]): SampleBatch {
  const total = blocks.reduce((sum, block) => sum + block.value.length, 0)
  const columns = {
    utcMs: new Float64Array(total),
    monotonicMs: new Float64Array(total),
    value: new Float64Array(total),
  }
  const missing: { at: number; reason: string }[] = []
  let at = 0
  for (const block of blocks) {
    columns.utcMs.set(block.utcMs, at)
    columns.monotonicMs.set(block.monotonicMs, at)
    block.value.forEach((value, i) => {
      if (value === null) missing.push({ at: at + i, reason: block.missing?.[i] ?? 'no reason given' })
      else columns.value[at + i] = value
    })
    at += block.value.length
  }
  const stretches = blocks.map(({ channelId, firstSeq, value }) => ({ channelId, firstSeq, count: value.length }))
  return { stretches, ...columns, missing }
}

const isFinite = (column: Float64Array): boolean => {
  // Zero times a finite number is zero, times any other NaN.
  let sum = 0
  for (let i = 0; i < column.length; i++) sum += column[i]! * 0
  return sum === 0
}

function refuseBadNumbers(batch: SampleBatch): void {
  for (const name of ['utcMs', 'monotonicMs', 'value'] as const)
    if (!isFinite(batch[name]))
      throw new RangeError(`a sample’s ${name} is not a finite number: what is missing is null with a reason`)
}

/** The stretches of a batch, a missing value NaN as everywhere inside the storage. */
export function toStretches(batch: SampleBatch): Stretch[] {
  refuseBadNumbers(batch)
  const total = batch.stretches.reduce((sum, each) => sum + each.count, 0)
  assert(
    total === batch.value.length && total === batch.utcMs.length && total === batch.monotonicMs.length,
    'the columns of a batch have the length of its stretches',
  )
  const value = batch.missing.length > 0 ? batch.value.slice() : batch.value
  for (const { at } of batch.missing) value[at] = NaN
  let from = 0
  let nextMissing = 0
  return batch.stretches.map(({ channelId, firstSeq, count }) => {
    const to = from + count
    const missing = new Map<number, string>()
    for (; nextMissing < batch.missing.length && batch.missing[nextMissing]!.at < to; nextMissing++) {
      const { at, reason } = batch.missing[nextMissing]!
      assert(at >= from, 'the missing values of a batch are in ascending order')
      missing.set(at - from, reason)
    }
    const samples = {
      utcMs: batch.utcMs.subarray(from, to),
      monotonicMs: batch.monotonicMs.subarray(from, to),
      value: value.subarray(from, to),
      missing,
    }
    from = to
    return { channelId, firstSeq, samples }
  })
}
