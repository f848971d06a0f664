import type Database from 'better-sqlite3'
import { assert } from '../../../base/assert.ts'
import { checksum, type BlockCodec, type Samples } from '../codec/block.ts'
import { createColumnCodec } from '../codec/column.ts'
import type { Times } from '../codec/times.ts'
import { binSamples, createEntryCodec, groupEntries, mergeEntries, summarise, type Entry } from './entries.ts'
import { findGaps } from './gaps.ts'
import { haveSameTimes } from './journal.ts'
import type { Tail } from './tail.ts'

export const chunkSamples = 4096

const orNull = (value: number): number | null => (Number.isNaN(value) ? null : value)

/** Times that several chunks of one transaction share, by their first and last and their number. */
export type SharedTimes = Map<string, { id: number; times: Times }[]>

/** What a chunk is sealed from; `from` is the index in the tail of its first sample. */
export interface Sealing {
  tail: Tail
  from: number
  samples: Samples
}

/** Writes chunks with their summaries. To be called inside the transaction that releases what they are made from. */
export function createSealer(db: Database.Database, block: BlockCodec) {
  const insertTimes = db.prepare('INSERT INTO chunk_times (samples, crc, bytes) VALUES (?, ?, ?)')
  const insertChunk = db.prepare(
    'INSERT INTO chunks (channel_id, first_seq, samples, times_id, epoch_id, crc, bytes) VALUES (?, ?, ?, ?, ?, ?, ?)',
  )
  const insertDisorder = db.prepare('INSERT INTO disorders (channel_id, first_seq, epoch_id) VALUES (?, ?, ?)')
  const insertGap = db.prepare(
    'INSERT INTO gaps (channel_id, epoch_id, t0, t1, first_seq, missing, reason) VALUES (?, ?, ?, ?, ?, ?, ?)',
  )
  const pyramid = createPyramid(db)

  const storeTimes = (times: Times, shared: SharedTimes): number => {
    const count = times.utcMs.length
    const key = `${count} ${times.monotonicMs[0]} ${times.monotonicMs[count - 1]}`
    const alike = shared.get(key) ?? []
    const found = alike.find((each) => haveSameTimes(each.times, times))
    if (found) return found.id
    const bytes = block.encodeTimes(times)
    const crc = checksum(times.utcMs, times.monotonicMs)
    const back = block.decodeTimes(bytes)
    assert(checksum(back.utcMs, back.monotonicMs) === crc, 'the times come back as they were')
    const id = Number(insertTimes.run(count, crc, bytes).lastInsertRowid)
    shared.set(key, [...alike, { id, times }])
    return id
  }

  /** The samples are read back before the journal lets go of them: a fault of the codec must not cost a measurement. */
  const storeChunk = ({ tail, from, samples }: Sealing, shared: SharedTimes): void => {
    const timesId = storeTimes(samples, shared)
    const crc = checksum(samples.value)
    const bytes = block.encodeValues(samples)
    const back = block.decodeValues(bytes)
    assert(checksum(back.value) === crc, 'the values come back as they were')
    assert(back.missing.size === samples.missing.size, 'the reasons come back as they were')
    const firstSeq = tail.firstSeq + from
    insertChunk.run(tail.channelId, firstSeq, samples.value.length, timesId, tail.epochId, crc, bytes)
  }

  const isDisordered = ({ tail, samples }: Sealing): boolean => {
    const { monotonicMs } = samples
    let latest = tail.latestMs
    for (let i = 0; i < monotonicMs.length; i++) {
      const time = monotonicMs[i]!
      if (time < latest) return true
      latest = time
    }
    return false
  }

  /** Everything about one chunk. Of the tail it changes only what a failed transaction puts back. */
  const seal = (sealing: Sealing, shared: SharedTimes): void => {
    const { tail, from, samples } = sealing
    const firstSeq = tail.firstSeq + from
    storeChunk(sealing, shared)
    if (isDisordered(sealing)) insertDisorder.run(tail.channelId, firstSeq, tail.epochId)
    for (const gap of findGaps(samples, firstSeq, tail.lastMs))
      insertGap.run(tail.channelId, tail.epochId, gap.t0, gap.t1, gap.firstSeq, gap.missing, gap.reason)
    const entry = pyramid.add(tail, samples, firstSeq)
    tail.lastMs = samples.monotonicMs.at(-1)!
    tail.latestMs = Math.max(tail.latestMs, entry.t1)
  }
  return { seal, createShared: (): SharedTimes => new Map() }
}
export type Sealer = ReturnType<typeof createSealer>

/** Level 0: bins within a chunk; 1: chunks; from 2 on: sixteen of the level below. Each row holds what it is made of. */
function createPyramid(db: Database.Database) {
  const entryCodec = createEntryCodec(createColumnCodec())
  const insertSummary = db.prepare(
    `INSERT INTO summaries (channel_id, level, epoch_id, t0, first_seq, t1, samples, valid, minimum, maximum, total, first, last)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  )
  const insertBins = db.prepare('INSERT INTO bins (channel_id, level, first_seq, bytes) VALUES (?, ?, ?, ?)')

  const store = (
    tail: Tail,
    at: { level: number; firstSeq: number },
    made: { entry: Entry; parts: readonly Entry[] },
  ): void => {
    const { entry, parts } = made
    insertBins.run(tail.channelId, at.level, at.firstSeq, entryCodec.pack(parts))
    insertSummary.run(
      tail.channelId,
      at.level,
      tail.epochId,
      entry.t0,
      at.firstSeq,
      entry.t1,
      entry.samples,
      entry.valid,
      orNull(entry.minimum),
      orNull(entry.maximum),
      orNull(entry.total),
      orNull(entry.first),
      orNull(entry.last),
    )
    if (tail.isRecovered) return
    const waiting = (tail.pending[at.level] ??= [])
    if (waiting.length === 0) tail.pendingSeq[at.level] = at.firstSeq
    waiting.push(entry)
    if (waiting.length < groupEntries) return
    tail.pending[at.level] = []
    const next = { level: at.level + 1, firstSeq: tail.pendingSeq[at.level]! }
    store(tail, next, { entry: mergeEntries(waiting), parts: waiting })
  }

  const add = (tail: Tail, samples: Samples, firstSeq: number): Entry => {
    const count = samples.value.length
    const bins = Array.from({ length: Math.ceil(count / binSamples) }, (_each, i) =>
      summarise(samples, i * binSamples, Math.min(count, (i + 1) * binSamples)),
    )
    const entry = mergeEntries(bins)
    store(tail, { level: 1, firstSeq }, { entry, parts: bins })
    return entry
  }
  return { add }
}
