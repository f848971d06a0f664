import { existsSync } from 'node:fs'
import Database from 'better-sqlite3'
import { messageOf, StationError } from '../../contract/errors.ts'
import { migrate, readSchemaVersion, schemaVersion } from './migrate.ts'

export interface OpenOptions {
  path: string
  /** 64 hexadecimal digits: AES-256. */
  keyHex: string
  /** For messages. */
  keyFile: string
  readonly?: boolean
  /** false: an older schema is left as it is. */
  renew?: boolean
  /** Pages that are kept decrypted (MiB): a chart that is moved looks at its neighbourhood again and again. */
  cacheMiB?: number
  /** Nothing of it is kept, as of a dry run: only then may it not wait for the disk. */
  throwAway?: boolean
}

const leastSqlite = [3, 51, 3] as const

const isOldSqlite = (version: string): boolean => {
  const parts = version.split('.').map(Number)
  const at = leastSqlite.findIndex((least, i) => (parts[i] ?? 0) !== least)
  return at >= 0 && (parts[at] ?? 0) < leastSqlite[at]!
}

/** Up to 3.51.2 two connections that write and checkpoint at once can corrupt a WAL database. */
function refuseOldSqlite(): void {
  const memory = new Database(':memory:')
  const version = memory.prepare('SELECT sqlite_version()').pluck().get() as string
  memory.close()
  if (isOldSqlite(version)) throw new StationError('storage.badLibrary', { version, least: leastSqlite.join('.') })
}

function unlock(db: Database.Database, options: OpenOptions): void {
  // The library's default cipher is ChaCha20; the lab was promised AES-256 with a MAC on each page.
  db.pragma(`cipher='sqlcipher'`)
  db.pragma('legacy=4')
  db.pragma(`key="x'${options.keyHex}'"`)
  // The cipher's library has freed pages overwritten, as much again as a fold writes: here they are cipher text as it is.
  db.pragma('secure_delete=OFF')
  // A sort on disk would write plain text into temporary files.
  db.pragma('temp_store=MEMORY')
  db.pragma('foreign_keys=ON')
  // Without it REPLACE takes rows away past the triggers that keep them.
  db.pragma('recursive_triggers=ON')
  db.pragma('busy_timeout=2000')
  try {
    db.prepare('SELECT count(*) FROM sqlite_master').get()
  } catch (error) {
    if ((error as { code?: string }).code !== 'SQLITE_NOTADB') throw error
    throw new StationError('storage.wrongKey', { path: options.path, keyFile: options.keyFile }, error)
  }
}

/** Opens (or makes) the station's encrypted database, with every acknowledged commit on the disk. */
export function openDatabase(options: OpenOptions): Database.Database {
  refuseOldSqlite()
  const readonly = options.readonly ?? false
  if (readonly && !existsSync(options.path))
    throw new StationError('storage.open', { path: options.path, detail: 'there is no such file' })
  let db: Database.Database | undefined
  try {
    db = new Database(options.path, { readonly })
    unlock(db, options)
    if (options.cacheMiB !== undefined) db.pragma(`cache_size=${-1024 * options.cacheMiB}`)
    if (readonly) {
      const found = readSchemaVersion(db)
      if (found < schemaVersion) throw new Error(`its schema is ${found}; start the station once to renew it`)
    } else {
      db.pragma('journal_mode=WAL')
      // Half as often as by default: a fold writes most of a thousand pages at once, and each would be copied at once, too.
      db.pragma('wal_autocheckpoint=2000')
      db.pragma(options.throwAway === true ? 'synchronous=OFF' : 'synchronous=FULL')
      if (options.renew ?? true) migrate(db)
    }
    return db
  } catch (error) {
    db?.close()
    if (error instanceof StationError) throw error
    throw new StationError('storage.open', { path: options.path, detail: messageOf(error) }, error)
  }
}
