import type Database from 'better-sqlite3'
import type { QueueEntry } from '../../contract/queue.ts'

/** Runs that wait for an instrument, in the order in which they come; what left the queue stays. */
export function createQueueTable(db: Database.Database) {
  const save = (entries: readonly QueueEntry[]): void => {
    const put = db.prepare(
      `INSERT INTO queue (id, position, state, record) VALUES (@id, @position, @state, @json)
       ON CONFLICT (id) DO UPDATE SET position = excluded.position, state = excluded.state, record = excluded.record`,
    )
    for (const entry of entries)
      put.run({ id: entry.id, position: entry.position, state: entry.state, json: JSON.stringify(entry) })
  }

  const read = (where: string): QueueEntry[] =>
    (db.prepare(`SELECT record FROM queue WHERE ${where}`).pluck().all() as string[]).map(
      (record) => JSON.parse(record) as QueueEntry,
    )
  const open = (): QueueEntry[] => read(`state NOT IN ('started', 'removed') ORDER BY position, id`)
  /** The last that left it, newest first; ids begin with the time at which they were made. */
  const left = (limit: number): QueueEntry[] =>
    read(`state IN ('started', 'removed') ORDER BY id DESC LIMIT ${Math.trunc(limit)}`)
  return { save, open, left }
}
