import type Database from 'better-sqlite3'
import type { BlockCodec } from '../codec/block.ts'
import type { JournalCodec } from './journal.ts'
import { chunkSamples, createSealer, type Sealer, type SharedTimes } from './seal.ts'
import { sliceTail, type Tail } from './tail.ts'

/** What a fold did to one tail, and how the tail was before. */
interface Folded {
  tail: Tail
  /** So many of its samples are in chunks now. */
  sealed: number
  before: Pick<Tail, 'lastMs' | 'latestMs' | 'pending' | 'pendingSeq'>
}

const progressOf = (tail: Tail): Folded['before'] => ({
  lastMs: tail.lastMs,
  latestMs: tail.latestMs,
  pending: tail.pending.map((each) => [...each]),
  pendingSeq: [...tail.pendingSeq],
})

export interface FoldDeps {
  db: Database.Database
  block: BlockCodec
  journal: JournalCodec
}

/**
 * Moves complete runs of samples into chunks, what is left over into parts, and empties the journal. To be called
 * inside a transaction; memory follows with the transaction's end.
 */
export function createFolder(deps: FoldDeps) {
  const { db, journal } = deps
  const sealer: Sealer = createSealer(db, deps.block)
  const insertPart = db.prepare('INSERT INTO parts (channel_id, first_seq, samples, bytes) VALUES (?, ?, ?, ?)')
  const dropParts = db.prepare('DELETE FROM parts WHERE channel_id = ? AND first_seq < ?')
  const emptyJournal = db.prepare('DELETE FROM journal WHERE upto <= ?')

  const storePart = (tail: Tail, from: number): void => {
    const firstSeq = tail.firstSeq + from
    const stretch = { channelId: tail.channelId, firstSeq, samples: sliceTail(tail, from, tail.count) }
    insertPart.run(tail.channelId, firstSeq, tail.count - from, journal.pack([stretch]))
  }

  const foldTail = (folded: Folded, shared: SharedTimes, sealsAll: boolean): void => {
    const { tail } = folded
    const sealTo = (to: number): void => {
      sealer.seal({ tail, from: folded.sealed, samples: sliceTail(tail, folded.sealed, to) }, shared)
      folded.sealed = to
    }
    while (tail.count - folded.sealed >= chunkSamples) sealTo(folded.sealed + chunkSamples)
    if (sealsAll && tail.count > folded.sealed) sealTo(tail.count)
    if (folded.sealed > 0) dropParts.run(tail.channelId, tail.firstSeq + folded.sealed)
    const parted = Math.max(folded.sealed, tail.parted)
    if (tail.count > parted) storePart(tail, parted)
  }

  /**
   * @param upto the journal's number up to which everything is in these tails
   * @param sealsAll whether a tail's last, incomplete run of samples becomes a chunk, too
   * @param done is filled on the way: where a fold fails half-way, it says what has to be undone
   */
  const fold = (
    tails: Iterable<Tail>,
    given: { upto: number; sealsAll: (tail: Tail) => boolean; done: Folded[] },
  ): void => {
    const shared = sealer.createShared()
    for (const tail of tails) {
      const folded = { tail, sealed: 0, before: progressOf(tail) }
      given.done.push(folded)
      foldTail(folded, shared, given.sealsAll(tail))
    }
    emptyJournal.run(given.upto)
  }
  return { fold }
}
export type { Folded }
