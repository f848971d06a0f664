import type Database from 'better-sqlite3'

/**
 * An epoch is the time in which one process records a run: its samples share the origin of the monotonic time.
 * `origin + monotonic` is the run's station time: it starts at UTC, never goes back whatever happens to the PC's
 * clock, and goes on behind a power cut where the monotonic time begins anew.
 */
export function createEpochs(db: Database.Database) {
  const insert = db.prepare('INSERT INTO epochs (run_id, ordinal, origin_ms) VALUES (?, ?, ?)')
  const last = db.prepare(
    'SELECT id, ordinal, origin_ms AS originMs FROM epochs WHERE run_id = ? ORDER BY ordinal DESC LIMIT 1',
  )
  const latestTime = db
    .prepare(
      `SELECT max(t1) FROM summaries
       WHERE level = 1 AND epoch_id = @epochId AND channel_id IN (SELECT id FROM channels WHERE run_id = @runId)`,
    )
    .pluck()
  const open = new Map<string, number>()
  const made = new Set<string>()

  const endOf = (runId: string, before: { id: number; originMs: number }): number => {
    const latest = latestTime.get({ runId, epochId: before.id }) as number | null
    return latest === null ? -Infinity : before.originMs + latest
  }

  /** The epoch of samples that are appended now; `first` is the time of the first of them. */
  const of = (runId: string, first: { utcMs: number; monotonicMs: number }): number => {
    const found = open.get(runId)
    if (found !== undefined) return found
    const before = last.get(runId) as { id: number; ordinal: number; originMs: number } | undefined
    const startMs = Math.max(first.utcMs, before ? endOf(runId, before) : -Infinity)
    const info = insert.run(runId, (before?.ordinal ?? 0) + 1, startMs - first.monotonicMs)
    const id = Number(info.lastInsertRowid)
    open.set(runId, id)
    made.add(runId)
    return id
  }

  return {
    of,
    /** The epoch in which a run was recorded last. */
    lastOf: (runId: string): number | undefined => (last.get(runId) as { id: number } | undefined)?.id,
    /** What this run records from now on is another epoch. */
    end: (runId: string): void => void open.delete(runId),
    isNew: (runId: string): boolean => made.has(runId),
    committed: (): void => made.clear(),
    rolledBack: (): void => {
      for (const runId of made) open.delete(runId)
      made.clear()
    },
  }
}
export type Epochs = ReturnType<typeof createEpochs>
