import type Database from 'better-sqlite3'
import { StationError } from '../../contract/errors.ts'
import { sql as foundation } from './migrations/0010-foundation.ts'

export const migrations: readonly { version: number; sql: string }[] = [{ version: 10, sql: foundation }]

export const schemaVersion = migrations.at(-1)!.version

/** Brings a database to this version's schema, one transaction a migration: it is never left in between. */
export function migrate(db: Database.Database): void {
  const found = db.pragma('user_version', { simple: true }) as number
  if (found > schemaVersion) throw new StationError('storage.tooOld', { found, known: schemaVersion })
  for (const { version, sql } of migrations.filter((each) => each.version > found)) {
    db.transaction(() => {
      db.exec(sql)
      db.pragma(`user_version = ${version}`)
    })()
  }
}
