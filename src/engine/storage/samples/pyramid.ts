import type Database from 'better-sqlite3'
import type { ColumnCodec } from '../codec/column.ts'
import { copyEntries, createEntries, createEntryCodec, type Entries, type Entry } from './entries.ts'

/** A stretch of one channel within one epoch, by monotonic time. */
export interface Span {
  channelId: number
  epochId: number
  fromMs: number
  toMs: number
}

/** A summary with where it lies: level 0 is a bin within a chunk, 1 a chunk, 2 and above sixteen of the level below. */
export interface Placed extends Entry {
  level: number
  firstSeq: number
}

interface SummaryRow {
  first_seq: number
  t0: number
  t1: number
  samples: number
  valid: number
  minimum: number | null
  maximum: number | null
  total: number | null
  first: number | null
  last: number | null
}

const toPlaced = (row: SummaryRow, level: number): Placed => ({
  level,
  firstSeq: row.first_seq,
  t0: row.t0,
  t1: row.t1,
  samples: row.samples,
  valid: row.valid,
  minimum: row.minimum ?? NaN,
  maximum: row.maximum ?? NaN,
  total: row.total ?? NaN,
  first: row.first ?? NaN,
  last: row.last ?? NaN,
})

/** The entries that a row of a higher level was made of, or the bins of a chunk. */
function* placedIn(table: Entries, at: { level: number; firstSeq: number }): Generator<Placed> {
  let { firstSeq } = at
  for (let i = 0; i < table.count; i++) {
    const samples = table.samples[i]!
    yield {
      level: at.level,
      firstSeq,
      samples,
      t0: table.t0[i]!,
      t1: table.t1[i]!,
      valid: table.valid[i]!,
      minimum: table.minimum[i]!,
      maximum: table.maximum[i]!,
      total: table.total[i]!,
      first: table.first[i]!,
      last: table.last[i]!,
    }
    firstSeq += samples
  }
}

const widest = (entries: readonly Placed[]): { t0: number; t1: number } | null =>
  entries.length === 0
    ? null
    : {
        t0: entries.reduce((least, each) => Math.min(least, each.t0), Infinity),
        t1: entries.reduce((most, each) => Math.max(most, each.t1), -Infinity),
      }

const key = 'channel_id = @channelId AND level = @level AND epoch_id = @epochId'

function prepare(db: Database.Database) {
  return {
    first: db.prepare(`SELECT t0 FROM summaries WHERE ${key} ORDER BY t0 LIMIT 1`).pluck(),
    /** Begin of the last row that begins before a moment: the first that can reach into what comes after it. */
    start: db.prepare(`SELECT t0 FROM summaries WHERE ${key} AND t0 < @fromMs ORDER BY t0 DESC LIMIT 1`).pluck(),
    last: db.prepare(
      `SELECT first_seq + samples AS seq, t1 FROM summaries WHERE ${key} ORDER BY t0 DESC, first_seq DESC LIMIT 1`,
    ),
    begin: db.prepare(`SELECT first_seq AS begin, 0 AS end FROM summaries WHERE ${key} ORDER BY t0 LIMIT 1`),
    edge: db.prepare(
      `SELECT first_seq AS begin, first_seq + samples AS end FROM summaries
       WHERE ${key} AND t0 <= @untilMs ORDER BY t0 DESC, first_seq DESC LIMIT 1`,
    ),
    rows: db.prepare(
      `SELECT first_seq, t0, t1, samples, valid, minimum, maximum, total, first, last FROM summaries
       WHERE ${key} AND t0 BETWEEN @startMs AND @toMs AND t1 >= @fromMs AND first_seq >= @seq ORDER BY t0, first_seq`,
    ),
    bins: db.prepare(
      `SELECT bins.first_seq, bins.bytes FROM summaries AS s
       JOIN bins ON bins.channel_id = s.channel_id AND bins.level = s.level AND bins.first_seq = s.first_seq
       WHERE s.channel_id = @channelId AND s.level = @level AND s.epoch_id = @epochId
         AND s.t0 BETWEEN @startMs AND @toMs AND s.t1 >= @fromMs ORDER BY s.t0, s.first_seq`,
    ),
    oneOf: db.prepare('SELECT bytes FROM bins WHERE channel_id = ? AND level = ? AND first_seq = ?').pluck(),
    disorder: db
      .prepare('SELECT 1 FROM disorders WHERE channel_id = @channelId AND epoch_id = @epochId LIMIT 1')
      .pluck(),
  }
}

/** Rows of the pyramid that are kept as they were read, some 2 KB each: a chart that is moved or redrawn asks for them again. */
const mostKnown = 8192

/** A row never changes once it is there, so what was read of it stays true. */
function createKnownRows() {
  const rows = new Map<number, Map<number, Entries>>()
  const scratch = createEntries()
  let count = 0
  const of = (
    channelId: number,
    { level, firstSeq }: { level: number; firstSeq: number },
    read: (into: Entries) => void,
  ): Entries => {
    // A number in place of a text: this is asked thousands of times for one chart. There are fewer than 16 levels.
    const key = firstSeq * 16 + level
    const found = rows.get(channelId)?.get(key)
    if (found) return found
    read(scratch)
    const made = copyEntries(scratch)
    if (++count > mostKnown) {
      rows.clear()
      count = 1
    }
    const own = rows.get(channelId) ?? new Map<number, Entries>()
    rows.set(channelId, own.set(key, made))
    return made
  }
  return { of }
}

/** Reads the stored summaries, coarse ones where they are enough. */
export function createPyramidReader(db: Database.Database, column: ColumnCodec) {
  const statements = prepare(db)
  const { unpack } = createEntryCodec(column)
  const row = createEntries()
  const known = createKnownRows()

  const isOrdered = ({ channelId, epochId }: Span): boolean =>
    statements.disorder.get({ channelId, epochId }) === undefined

  const startOf = (span: Span, level: number): number =>
    isOrdered(span) ? ((statements.start.get({ ...span, level }) as number | undefined) ?? -Infinity) : -Infinity

  /** Rows of one level from a sample's number on. */
  const rowsOf = (span: Span, given: { level: number; seq: number; startMs: number }): Placed[] =>
    (statements.rows.all({ ...span, ...given }) as SummaryRow[]).map((row) => toPlaced(row, given.level))

  /** What the rows of one level are made of. */
  function* partsOf(span: Span, level: number): Generator<Placed> {
    const rows = statements.bins.all({ ...span, level, startMs: startOf(span, level) }) as {
      first_seq: number
      bytes: Uint8Array
    }[]
    for (const { bytes, first_seq: firstSeq } of rows) {
      unpack(bytes, row)
      yield* placedIn(row, { level: level - 1, firstSeq })
    }
  }

  const coveredBy = (span: Span, level: number): { seq: number; t1: number } =>
    (statements.last.get({ ...span, level }) as { seq: number; t1: number } | undefined) ?? { seq: 0, t1: -Infinity }

  /**
   * Everything of a span that is in chunks, as entries of this level, and of lower ones where there aren't enough yet
   * for one of this. Groups of a higher level always cover the beginning of an epoch without a hole.
   */
  function* entriesAt(span: Span, level: number): Generator<Placed> {
    if (level === 0) {
      yield* partsOf(span, 1)
      return
    }
    // Times out of order: a group's place in time says nothing of its neighbours, so each chunk is looked at.
    if (!isOrdered(span)) {
      yield* rowsOf(span, { level: 1, seq: 0, startMs: -Infinity })
      return
    }
    yield* partsOf(span, level + 1)
    for (let each = level; each > 0; each--) {
      const covered = coveredBy(span, each + 1)
      yield* rowsOf(span, { level: each, seq: covered.seq, startMs: Math.max(covered.t1, startOf(span, each)) })
    }
  }

  /** The rows of the chunks of a span. */
  const chunksOf = (span: Span): Placed[] => rowsOf(span, { level: 1, seq: 0, startMs: startOf(span, 1) })

  /** What one entry is made of, in its order. */
  const childrenOf = (channelId: number, at: { level: number; firstSeq: number }): Entries =>
    known.of(channelId, at, (into) => {
      unpack(statements.oneOf.get(channelId, at.level, at.firstSeq) as Uint8Array, into)
    })
  /** About how many samples of a span are in chunks. */
  const count = (span: Span): number => {
    if (!isOrdered(span)) return chunksOf(span).reduce((sum, each) => sum + each.samples, 0)
    const edge = (untilMs: number) =>
      statements.edge.get({ ...span, level: 1, untilMs }) as { begin: number; end: number } | undefined
    const last = edge(span.toMs)
    if (!last) return 0
    const first = edge(span.fromMs) ?? (statements.begin.get({ ...span, level: 1 }) as { begin: number })
    return last.end - first.begin
  }
  /** From when to when an epoch of a channel has chunks; null where it has none. */
  const extent = (channelId: number, epochId: number): { t0: number; t1: number } | null => {
    const all: Span = { channelId, epochId, fromMs: -Infinity, toMs: Infinity }
    if (!isOrdered(all)) return widest(chunksOf(all))
    const first = statements.first.get({ channelId, epochId, level: 1 }) as number | undefined
    return first === undefined ? null : { t0: first, t1: coveredBy(all, 1).t1 }
  }
  return { entriesAt, chunksOf, childrenOf, count, extent }
}
export type PyramidReader = ReturnType<typeof createPyramidReader>
