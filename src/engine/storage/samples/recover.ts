import type Database from 'better-sqlite3'
import { assert } from '../../../base/assert.ts'
import type { Epochs } from './epochs.ts'
import type { JournalCodec, PackedStretch } from './journal.ts'
import { commitTail, createTail, extendTail, nextSeqOf, type Tail } from './tail.ts'

interface Left {
  bytes: Uint8Array
}

/** Builds the tails that a process left in parts and in the journal. They don't go on: what comes next is another epoch. */
export function recoverSamples(db: Database.Database, given: { journal: JournalCodec; epochs: Epochs }): Tail[] {
  const tails = new Map<number, Tail>()
  const runOf = db.prepare('SELECT run_id FROM channels WHERE id = ?').pluck()
  const lastTime = db
    .prepare('SELECT max(t1) FROM summaries WHERE channel_id = ? AND level = 1 AND epoch_id = ?')
    .pluck()

  const tailFor = ({ channelId, firstSeq }: PackedStretch): Tail => {
    const found = tails.get(channelId)
    if (found) return found
    const runId = runOf.get(channelId) as string
    const epochId = given.epochs.lastOf(runId)
    assert(epochId !== undefined, 'samples belong to an epoch')
    const made = createTail({ channelId, runId, epochId, firstSeq, isRecovered: true })
    made.lastMs = lastTime.get(channelId, epochId) as number | null
    made.latestMs = made.lastMs ?? -Infinity
    tails.set(channelId, made)
    return made
  }

  const take = ({ bytes }: Left, isPart: boolean): void => {
    for (const packed of given.journal.unpack(bytes)) {
      const tail = tailFor(packed)
      assert(nextSeqOf(tail) === packed.firstSeq, 'the journal goes on where the parts end')
      extendTail(tail, given.journal.decode(packed))
      commitTail(tail)
      if (isPart) tail.parted = tail.count
    }
  }

  // One after the other: a database that was left by an ingest at full speed needn't fit into memory twice.
  for (const row of db.prepare('SELECT bytes FROM parts ORDER BY channel_id, first_seq').iterate())
    take(row as Left, true)
  for (const row of db.prepare('SELECT bytes FROM journal ORDER BY upto').iterate()) take(row as Left, false)
  return [...tails.values()]
}
