import type Database from 'better-sqlite3'
import type { Samples } from '../codec/block.ts'
import { createSampleWriter, type SampleWriter } from './write.ts'

interface OldRow {
  seq: number
  utc_ms: number
  monotonic_ms: number
  value: number | null
  missing: string | null
}

const batchSamples = 16_384

function toSamples(rows: readonly OldRow[]): Samples {
  const missing = new Map<number, string>()
  rows.forEach((row, i) => row.missing !== null && missing.set(i, row.missing))
  return {
    utcMs: Float64Array.from(rows, (row) => row.utc_ms),
    monotonicMs: Float64Array.from(rows, (row) => row.monotonic_ms),
    value: Float64Array.from(rows, (row) => row.value ?? NaN),
    missing,
  }
}

function convertChannel(db: Database.Database, writer: SampleWriter, channelId: number): void {
  const page = db.prepare(
    'SELECT seq, utc_ms, monotonic_ms, value, missing FROM samples WHERE channel_id = ? AND seq > ? ORDER BY seq LIMIT ?',
  )
  for (let seq = 0; ;) {
    const rows = page.all(channelId, seq, batchSamples) as OldRow[]
    const last = rows.at(-1)
    if (!last) return
    const hole = rows.findIndex((row, i) => row.seq !== seq + i + 1)
    if (hole >= 0)
      throw new RangeError(`channel ${channelId}: sample ${seq + hole + 1} is next, not ${rows[hole]!.seq}`)
    writer.append({ channelId, firstSeq: rows[0]!.seq, samples: toSamples(rows) })
    // Inside the migration's own transaction: a failure undoes all of it, and nothing goes on with this memory.
    writer.beforeCommit()
    writer.committed()
    seq = last.seq
  }
}

/** Moves the rows of version 10, one a sample, into chunks. Refuses a channel of which a row is gone. */
export function convertSamples(db: Database.Database): void {
  const writer = createSampleWriter(db)
  for (const runId of db.prepare('SELECT id FROM runs ORDER BY started_utc_ms, id').pluck().all() as string[]) {
    const channels = db.prepare('SELECT id FROM channels WHERE run_id = ? ORDER BY id').pluck().all(runId) as number[]
    for (const channelId of channels) convertChannel(db, writer, channelId)
    writer.sealRun(runId)
    writer.beforeCommit()
    writer.committed()
  }
  db.exec('DROP TABLE samples')
}
