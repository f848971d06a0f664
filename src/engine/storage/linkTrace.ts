import type Database from 'better-sqlite3'
import {
  createByteReader,
  createWriter,
  putBlock,
  putDouble,
  putVarint,
  takeBlock,
  takeDouble,
  takeVarint,
  written,
} from './codec/bytes.ts'

/** Bytes as they went over an instrument's wire. Not recorded unless somebody asks for it: to find out what a unit does. */
export interface LinkFrame {
  utcMs: number
  direction: 'sent' | 'received'
  bytes: Uint8Array
}

export interface LinkTracePage {
  frames: LinkFrame[]
  /** Where the next page begins; null at the end. */
  next: number | null
}

const pageRows = 64

function pack(frames: readonly LinkFrame[]): Uint8Array {
  const writer = createWriter()
  for (const { utcMs, direction, bytes } of frames) {
    putDouble(writer, utcMs)
    putVarint(writer, direction === 'sent' ? 1 : 0)
    putBlock(writer, bytes)
  }
  return written(writer)
}

function unpack(bytes: Uint8Array, count: number): LinkFrame[] {
  const reader = createByteReader(bytes)
  return Array.from({ length: count }, () => ({
    utcMs: takeDouble(reader),
    direction: takeVarint(reader) === 1 ? 'sent' : 'received',
    // A copy of its own: the row's bytes are gone when the next one is read.
    bytes: new Uint8Array(takeBlock(reader)),
  }))
}

export function createLinkTrace(db: Database.Database) {
  const appendTrace = (at: { runId: string | null; instrumentId: string }, frames: readonly LinkFrame[]): void => {
    if (frames.length === 0) return
    db.prepare(
      `INSERT INTO link_trace (run_id, instrument_id, first_utc_ms, last_utc_ms, frames, bytes) VALUES (?, ?, ?, ?, ?, ?)`,
    ).run(at.runId, at.instrumentId, frames[0]!.utcMs, frames.at(-1)!.utcMs, frames.length, pack(frames))
  }

  const trace = (wanted: {
    instrumentId: string
    fromUtcMs?: number
    toUtcMs?: number
    after?: number
  }): LinkTracePage => {
    const { instrumentId, fromUtcMs = -Infinity, toUtcMs = Infinity, after = 0 } = wanted
    const rows = db
      .prepare(
        `SELECT id, frames, bytes FROM link_trace
         WHERE instrument_id = ? AND last_utc_ms >= ? AND first_utc_ms <= ? AND id > ? ORDER BY id LIMIT ?`,
      )
      .all(instrumentId, fromUtcMs, toUtcMs, after, pageRows) as { id: number; frames: number; bytes: Uint8Array }[]
    const frames = rows
      .flatMap((row) => unpack(row.bytes, row.frames))
      .filter((frame) => frame.utcMs >= fromUtcMs && frame.utcMs <= toUtcMs)
    return { frames, next: rows.length === pageRows ? rows.at(-1)!.id : null }
  }

  /** Deletes raw bytes older than this, which nothing else does. The audit row of the same transaction says so. */
  const releaseTrace = (beforeUtcMs: number, auditSeq: number): number => {
    db.prepare('INSERT INTO link_trace_releases (before_utc_ms, audit_seq) VALUES (?, ?)').run(beforeUtcMs, auditSeq)
    return db.prepare('DELETE FROM link_trace WHERE last_utc_ms < ?').run(beforeUtcMs).changes
  }
  return { appendTrace, trace, releaseTrace }
}
