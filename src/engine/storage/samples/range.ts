import type Database from 'better-sqlite3'
import type { SamplePage, SampleRequest } from '../../../contract/sample.ts'
import type { BlockCodec } from '../codec/block.ts'
import { createChunkReader, createTailReader, type ChunkReader, type Piece, type TailReader } from './chunks.ts'
import type { JournalCodec } from './journal.ts'

const pageSamples = 8192

export interface Epoch {
  id: number
  originMs: number
}

/** Samples `from` to `to` of a piece, by index. */
function slicePiece(piece: Piece, from: number, to: number): Piece {
  if (from === 0 && to === piece.value.length) return piece
  const missing = new Map<number, string>()
  for (const [at, reason] of piece.missing) if (at >= from && at < to) missing.set(at - from, reason)
  return {
    firstSeq: piece.firstSeq + from,
    epochId: piece.epochId,
    utcMs: piece.utcMs.subarray(from, to),
    monotonicMs: piece.monotonicMs.subarray(from, to),
    value: piece.value.subarray(from, to),
    missing,
  }
}

/** All pieces in one transaction, so that a fold in between takes nothing away and shows nothing twice. */
export function createRangeReader(db: Database.Database, deps: { block: BlockCodec; journal: JournalCodec }) {
  const chunks = createChunkReader(db, deps.block)
  const readTail = createTailReader(db, deps.journal)
  const epochsOf = db.prepare(
    `SELECT epochs.id, origin_ms AS originMs FROM epochs JOIN channels ON channels.run_id = epochs.run_id
     WHERE channels.id = ? ORDER BY ordinal`,
  )
  const epochs = (channelId: number): Epoch[] => epochsOf.all(channelId) as Epoch[]
  const disorder = db.prepare('SELECT 1 FROM disorders WHERE channel_id = ? LIMIT 1').pluck()
  /** Whether the times of its chunks rise with their numbers. */
  const isOrdered = (channelId: number): boolean => disorder.get(channelId) === undefined
  const startOf = createStartFinder(db, { isOrdered, epochs })

  /** Pieces that hold samples `fromSeq` to `toSeq` (this one not), cut to them. */
  const slice = (channelId: number, fromSeq: number, toSeq: number): Piece[] => {
    const pieces = piecesFrom(chunks, readTail, { channelId, fromSeq, count: toSeq - fromSeq })
    return pieces
      .map((piece) =>
        slicePiece(
          piece,
          Math.max(0, fromSeq - piece.firstSeq),
          Math.min(piece.value.length, Math.max(0, toSeq - piece.firstSeq)),
        ),
      )
      .filter((piece) => piece.value.length > 0)
  }

  const range = (request: SampleRequest): SamplePage => {
    const { channelId, fromMs = -Infinity, toMs = Infinity, limit = pageSamples } = request
    const origins = new Map(epochs(channelId).map((each) => [each.id, each.originMs]))
    const from = Math.max(request.fromSeq ?? 1, fromMs === -Infinity ? 1 : startOf(channelId, fromMs))
    const pieces = slice(channelId, from, from + limit)
    const read = pieces.reduce((sum, piece) => sum + piece.value.length, 0)
    const page = createPage(channelId, read)
    for (const piece of pieces) page.add(piece, { originMs: origins.get(piece.epochId) ?? 0, fromMs, toMs })
    const last = pieces.at(-1)
    const isPast = last !== undefined && isOrdered(channelId) && lastTime(last, origins) > toMs
    return page.end(read < limit || isPast ? null : from + read)
  }
  /** Where a channel goes on: for a station that takes up a run again. */
  const nextSeq = (channelId: number): number => {
    const last = readTail(channelId).at(-1)
    return last ? last.firstSeq + last.value.length : chunks.end(channelId)
  }
  return { slice, range, nextSeq, epochs, startOf, isOrdered, chunks, readTail }
}
export type RangeReader = ReturnType<typeof createRangeReader>

const lastTime = (piece: Piece, origins: ReadonlyMap<number, number>): number =>
  piece.monotonicMs.at(-1)! + (origins.get(piece.epochId) ?? 0)

/** The number from which on the samples of a time can be: that of the first sample of the chunk before it. */
function createStartFinder(
  db: Database.Database,
  given: { isOrdered: (channelId: number) => boolean; epochs: (channelId: number) => Epoch[] },
) {
  const before = db
    .prepare(
      `SELECT first_seq FROM summaries WHERE channel_id = @channelId AND level = 1 AND epoch_id = @epochId AND t0 < @t
       ORDER BY t0 DESC, first_seq DESC LIMIT 1`,
    )
    .pluck()
  return (channelId: number, fromMs: number): number => {
    // Where the times of a channel aren't in order, its samples of a time can be anywhere.
    if (!given.isOrdered(channelId)) return 1
    for (const { id, originMs } of given.epochs(channelId).reverse()) {
      const found = before.get({ channelId, epochId: id, t: fromMs - originMs }) as number | undefined
      if (found !== undefined) return found
    }
    return 1
  }
}

function piecesFrom(
  chunks: ChunkReader,
  readTail: TailReader,
  wanted: { channelId: number; fromSeq: number; count: number },
): Piece[] {
  const pieces: Piece[] = []
  let seq = wanted.fromSeq
  const end = wanted.fromSeq + wanted.count
  while (seq < end) {
    const rows = chunks.rowsFrom(wanted.channelId, seq, 64).filter((row) => row.first_seq + row.samples > seq)
    if (rows.length === 0) break
    for (const row of rows) {
      if (row.first_seq >= end) return pieces
      pieces.push(chunks.load(row))
      seq = row.first_seq + row.samples
    }
  }
  if (seq >= end) return pieces
  return [...pieces, ...readTail(wanted.channelId, { fromSeq: seq, toSeq: end })]
}

interface Window {
  originMs: number
  fromMs: number
  toMs: number
}

/** Columns that are filled piece by piece with the samples that lie in the window. */
function createPage(channelId: number, capacity: number) {
  const names = ['seq', 'timeMs', 'utcMs', 'monotonicMs', 'value'] as const
  const columns = Object.fromEntries(names.map((name) => [name, new Float64Array(capacity)])) as Record<
    (typeof names)[number],
    Float64Array
  >
  const missing: SamplePage['missing'] = []
  let count = 0
  const add = (piece: Piece, { originMs, fromMs, toMs }: Window): void => {
    for (let i = 0; i < piece.value.length; i++) {
      const time = piece.monotonicMs[i]! + originMs
      if (time < fromMs || time > toMs) continue
      columns.seq[count] = piece.firstSeq + i
      columns.timeMs[count] = time
      columns.utcMs[count] = piece.utcMs[i]!
      columns.monotonicMs[count] = piece.monotonicMs[i]!
      const reason = piece.missing.size === 0 ? undefined : piece.missing.get(i)
      if (reason !== undefined) missing.push({ at: count, reason })
      columns.value[count] = reason === undefined ? piece.value[i]! : 0
      count++
    }
  }
  const end = (nextSeq: number | null): SamplePage => {
    const cut = Object.fromEntries(
      names.map((name) => [name, count === capacity ? columns[name] : columns[name].slice(0, count)]),
    ) as typeof columns
    return { channelId, ...cut, missing, nextSeq }
  }
  return { add, end }
}
