import type Database from 'better-sqlite3'

/** What a database takes on the disk, and what its samples took lately. */
export interface StoreSize {
  bytes: number
  /** Of the newest chunks, with their times; null where there are too few to tell. */
  bytesPerSample: number | null
}

/** So many of the newest chunks are looked at, and so many samples make an average. */
const lookedAt = 512
const leastSamples = 20_000

export function createSizeReader(db: Database.Database): () => StoreSize {
  // The length of a blob stands in its row: its pages aren't read.
  const newest = db.prepare(`
    SELECT coalesce(sum(samples), 0) AS samples, coalesce(sum(length(bytes)), 0) AS bytes, min(times_id) AS firstTimes
    FROM (SELECT samples, bytes, times_id FROM chunks ORDER BY id DESC LIMIT ${lookedAt})`)
  const times = db.prepare('SELECT coalesce(sum(length(bytes)), 0) FROM chunk_times WHERE id >= ?').pluck()
  return () => {
    const pages = db.pragma('page_count', { simple: true }) as number
    const found = newest.get() as { samples: number; bytes: number; firstTimes: number | null }
    const bytes = found.bytes + (times.get(found.firstTimes ?? Infinity) as number)
    return {
      bytes: pages * (db.pragma('page_size', { simple: true }) as number),
      bytesPerSample: found.samples < leastSamples ? null : bytes / found.samples,
    }
  }
}
