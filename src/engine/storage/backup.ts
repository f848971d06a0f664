import { closeSync, fsyncSync, mkdirSync, openSync, renameSync, rmSync, statSync } from 'node:fs'
import { dirname } from 'node:path'
import type Database from 'better-sqlite3'
import { messageOf, StationError } from '../../contract/errors.ts'
import { checkAudit, type AuditRow } from './audit.ts'
import { openDatabase, type OpenOptions } from './open.ts'

/** What a copy is compared by. */
export interface Contents {
  /** Rows of the tables that only grow, by name. */
  rows: Record<string, number>
  samples: number
  audit: { rows: number; head: string }
}

export interface BackupReport extends Contents {
  path: string
  bytes: number
}

/** Rows of these come and go: a fold empties the journal, an instrument is removed. */
const shrinking: ReadonlySet<string> = new Set(['journal', 'parts', 'instruments', 'link_trace'])

/** To be called in one transaction, so that all of it is of one moment. */
export function contentsOf(db: Database.Database): Contents {
  const tables = db
    .prepare(`SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name`)
    .pluck()
    .all() as string[]
  const count = (table: string): number => db.prepare(`SELECT count(*) FROM "${table}"`).pluck().get() as number
  const sum = (table: string): number =>
    db.prepare(`SELECT coalesce(sum(samples), 0) FROM ${table}`).pluck().get() as number
  const { rows, head, faults } = checkAudit(
    db.prepare('SELECT * FROM audit ORDER BY seq').iterate() as Iterable<AuditRow>,
  )
  if (faults.length > 0) throw new Error(`the audit trail is not whole: ${faults[0]}`)
  return {
    rows: Object.fromEntries(tables.filter((table) => !shrinking.has(table)).map((table) => [table, count(table)])),
    samples: sum('chunks') + sum('parts') + sum('journal'),
    audit: { rows, head },
  }
}

/** Whatever the system still has of it only in memory goes onto the disk. */
export function flush(path: string): void {
  const file = openSync(path, 'r')
  try {
    fsyncSync(file)
  } finally {
    closeSync(file)
  }
}

/**
 * Opens a copy with its key as a station would, and checks all of it: its pages, its counts, its audit chain.
 * @throws Error that says what is wrong
 */
export function checkCopy(options: OpenOptions): Contents {
  const db = openDatabase({ ...options, readonly: true })
  try {
    const integrity = db.pragma('integrity_check', { simple: true }) as string
    if (integrity !== 'ok') throw new Error(`its pages are damaged: ${integrity.split('\n').slice(0, 3).join('; ')}`)
    return db.transaction(() => contentsOf(db))()
  } finally {
    db.close()
  }
}

/** A station may go on writing while it is copied: the copy holds at least what there was before, at most what there is after. */
function compare(copy: Contents, { before, after }: { before: Contents; after: Contents }): void {
  const between = (what: string, part: (contents: Contents) => number): void => {
    const [least, found, most] = [part(before), part(copy), part(after)]
    if (found < least || found > most) throw new Error(`it has ${found} ${what}, not ${least} to ${most}`)
  }
  between('samples', (contents) => contents.samples)
  for (const table of Object.keys(before.rows)) between(`rows in ${table}`, (contents) => contents.rows[table] ?? 0)
}

const headAt = (db: Database.Database, row: number): string | undefined =>
  db.prepare('SELECT hash FROM audit WHERE seq = ?').pluck().get(row) as string | undefined

/**
 * Copies the database while it is in use. The copy is made under another name, opened with its key and checked, and
 * only then takes its place: a backup that is good is never lost to one that isn't.
 * @throws StationError file.unwritable that says what was wrong with the copy
 */
export function backUp(db: Database.Database, target: OpenOptions): BackupReport {
  const partial = `${target.path}.partial`
  const now = () => db.transaction(() => contentsOf(db))()
  try {
    mkdirSync(dirname(target.path), { recursive: true, mode: 0o700 })
    rmSync(partial, { force: true })
    const before = now()
    // The copy has the same key: its pages go over as they are read, encrypted again.
    db.prepare('VACUUM INTO ?').run(partial)
    const after = now()
    const copy = checkCopy({ ...target, path: partial })
    compare(copy, { before, after })
    if (copy.audit.rows > 0 && headAt(db, copy.audit.rows) !== copy.audit.head)
      throw new Error('its audit trail isn’t the database’s')
    flush(partial)
    renameSync(partial, target.path)
    flush(dirname(target.path))
    return { ...copy, path: target.path, bytes: statSync(target.path).size }
  } catch (error) {
    rmSync(partial, { force: true })
    throw new StationError('file.unwritable', { path: target.path, detail: messageOf(error) }, error)
  }
}
