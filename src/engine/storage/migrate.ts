import type Database from 'better-sqlite3'
import { StationError } from '../../contract/errors.ts'
import { sql as foundation } from './migrations/0010-foundation.ts'
import { sql as sampleStore } from './migrations/0020-sample-store.ts'
import { sql as durableSteps } from './migrations/0030-durable-steps.ts'
import { sql as lanes } from './migrations/0040-lanes.ts'
import { sql as queueAndApprovals } from './migrations/0050-queue-and-approvals.ts'
import { convertSamples } from './samples/convert.ts'

export interface Migration {
  version: number
  sql: string
  /** What SQL alone can't do; in the same transaction, after the statements. */
  convert?: (db: Database.Database) => void
}

export const migrations: readonly Migration[] = [
  { version: 10, sql: foundation },
  { version: 20, sql: sampleStore, convert: convertSamples },
  { version: 30, sql: durableSteps },
  { version: 40, sql: lanes },
  { version: 50, sql: queueAndApprovals },
]

export const schemaVersion = migrations.at(-1)!.version

/** @throws StationError storage.tooOld for a schema that only a newer version knows */
export function readSchemaVersion(db: Database.Database): number {
  const found = db.pragma('user_version', { simple: true }) as number
  if (found > schemaVersion) throw new StationError('storage.tooOld', { found, known: schemaVersion })
  return found
}

/** Brings a database to this version's schema, one transaction a migration: it is never left in between. */
export function migrate(db: Database.Database): void {
  const found = readSchemaVersion(db)
  for (const { version, sql, convert } of migrations.filter((each) => each.version > found)) {
    db.transaction(() => {
      db.exec(sql)
      convert?.(db)
      db.pragma(`user_version = ${version}`)
    })()
  }
}
