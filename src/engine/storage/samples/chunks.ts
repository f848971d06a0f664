import type Database from 'better-sqlite3'
import { checksum, type BlockCodec, type Samples } from '../codec/block.ts'
import type { JournalCodec, PackedStretch } from './journal.ts'

/** Samples of one channel that lie together: a chunk, or a stretch of the live tail. */
export interface Piece extends Samples {
  firstSeq: number
  epochId: number
}

export interface ChunkRow {
  id: number
  first_seq: number
  samples: number
  times_id: number
  epoch_id: number
}

/** Decoded chunks that are kept for whoever asks next: neighbours of a sweep, pages of an export. */
const mostDecoded = 64

/** Reads chunks; they never change, so what was decoded stays true. */
export function createChunkReader(db: Database.Database, block: BlockCodec) {
  const columns = 'id, first_seq, samples, times_id, epoch_id'
  const from = db.prepare(
    `SELECT ${columns} FROM chunks WHERE channel_id = @channelId
     AND first_seq >= coalesce(
       (SELECT max(first_seq) FROM chunks WHERE channel_id = @channelId AND first_seq <= @seq), 0)
     ORDER BY first_seq LIMIT @limit`,
  )
  const bytesOf = db.prepare('SELECT crc, bytes FROM chunks WHERE id = ?')
  const timesOf = db.prepare('SELECT crc, bytes FROM chunk_times WHERE id = ?')
  const end = db
    .prepare('SELECT first_seq + samples FROM chunks WHERE channel_id = ? ORDER BY first_seq DESC LIMIT 1')
    .pluck()
  const bytesAt = db
    .prepare(
      `SELECT chunks.bytes, chunk_times.bytes FROM chunks JOIN chunk_times ON chunk_times.id = chunks.times_id
       WHERE channel_id = ? AND first_seq = ?`,
    )
    .raw()
  const decoded = new Map<number, Piece>()

  const decode = (row: ChunkRow): Piece => {
    const values = bytesOf.get(row.id) as { crc: number; bytes: Uint8Array }
    const times = timesOf.get(row.times_id) as { crc: number; bytes: Uint8Array }
    const piece = {
      firstSeq: row.first_seq,
      epochId: row.epoch_id,
      ...block.decodeTimes(times.bytes),
      ...block.decodeValues(values.bytes),
    }
    if (checksum(piece.value) !== values.crc || checksum(piece.utcMs, piece.monotonicMs) !== times.crc)
      throw new RangeError(`samples ${row.first_seq} to ${row.first_seq + row.samples - 1} don’t match their checksum`)
    return piece
  }

  return {
    /** Rows of the chunks from the one that holds this number on. */
    rowsFrom: (channelId: number, seq: number, limit = -1): ChunkRow[] =>
      from.all({ channelId, seq, limit }) as ChunkRow[],
    load: (row: ChunkRow): Piece => {
      const piece = decoded.get(row.id) ?? decode(row)
      // Put at the end again: the first in the map is the one that nobody asked for the longest.
      decoded.delete(row.id)
      decoded.set(row.id, piece)
      if (decoded.size > mostDecoded) decoded.delete(decoded.keys().next().value!)
      return piece
    },
    /** The number behind the last chunk. */
    end: (channelId: number): number => (end.get(channelId) as number | undefined) ?? 1,
    /** The bytes of the chunk that begins with this number: one look-up for whoever needs but a part of it. */
    bytesAt: (channelId: number, firstSeq: number): { values: Uint8Array; times: Uint8Array } => {
      const found = bytesAt.get(channelId, firstSeq) as [Uint8Array, Uint8Array] | undefined
      if (!found) throw new RangeError(`channel ${channelId} has no chunk that begins with ${firstSeq}`)
      return { values: found[0], times: found[1] }
    },
  }
}
export type ChunkReader = ReturnType<typeof createChunkReader>

/** Reads what isn't in chunks yet. A row of the journal is unpacked once and found again by its number. */
export function createTailReader(db: Database.Database, journal: JournalCodec) {
  const parts = db.prepare('SELECT bytes FROM parts WHERE channel_id = ? ORDER BY first_seq')
  const bounds = db.prepare('SELECT min(upto) AS first, max(upto) AS last FROM journal')
  const newer = db.prepare('SELECT upto, bytes FROM journal WHERE upto > ? ORDER BY upto')
  const epoch = db
    .prepare(
      `SELECT epochs.id FROM epochs JOIN channels ON channels.run_id = epochs.run_id
       WHERE channels.id = ? ORDER BY ordinal DESC LIMIT 1`,
    )
    .pluck()
  let known: { upto: number; stretches: Map<number, PackedStretch[]> }[] = []

  const byChannel = (stretches: readonly PackedStretch[]): Map<number, PackedStretch[]> => {
    const found = new Map<number, PackedStretch[]>()
    for (const each of stretches) found.set(each.channelId, [...(found.get(each.channelId) ?? []), each])
    return found
  }

  const refresh = (): void => {
    const { first, last } = bounds.get() as { first: number | null; last: number | null }
    // Numbers are never used again: rows that are gone are those before the first one that is there.
    known = first === null ? [] : known.filter((each) => each.upto >= first)
    const seen = known.at(-1)?.upto ?? 0
    if (last === null || last <= seen) return
    for (const row of newer.iterate(seen) as Iterable<{ upto: number; bytes: Uint8Array }>)
      known.push({ upto: row.upto, stretches: byChannel(journal.unpack(row.bytes)) })
  }

  /**
   * In the order of their numbers; to be called in the transaction in which the chunks are read. Stretches that hold
   * none of the numbers asked for (`toSeq` not among them) are left packed, and out.
   */
  return (channelId: number, { fromSeq, toSeq } = { fromSeq: 0, toSeq: Infinity }): Piece[] => {
    refresh()
    const packed = [
      ...(parts.all(channelId) as { bytes: Uint8Array }[]).flatMap(({ bytes }) => journal.unpack(bytes)),
      ...known.flatMap((each) => each.stretches.get(channelId) ?? []),
    ].filter((each) => each.firstSeq + each.count > fromSeq && each.firstSeq < toSeq)
    if (packed.length === 0) return []
    const epochId = epoch.get(channelId) as number
    return packed.map((each) => ({ firstSeq: each.firstSeq, epochId, ...journal.decode(each) }))
  }
}
export type TailReader = ReturnType<typeof createTailReader>
