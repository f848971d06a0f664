import { randomBytes } from 'node:crypto'
import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { messageOf, StationError } from '../../contract/errors.ts'

/**
 * The database key of a station without an OS keystore: a file of mode 0600 beside the database.
 * Makes one only for a new data folder; an existing database whose key is gone is never given a new one.
 */
export function loadKeyFile(keyFile: string, databasePath: string): string {
  if (!existsSync(keyFile)) {
    if (existsSync(databasePath)) throw new StationError('storage.keyMissing', { keyFile })
    writeFileSync(keyFile, `${randomBytes(32).toString('hex')}\n`, { mode: 0o600, flag: 'wx' })
  }
  const mode = statSync(keyFile).mode & 0o777
  // Windows has no such modes: the folder's access list protects the file there.
  if (process.platform !== 'win32' && (mode & 0o077) !== 0)
    throw new StationError('storage.keyExposed', { keyFile, mode: mode.toString(8) })
  try {
    const key = readFileSync(keyFile, 'utf8').trim()
    if (/^[0-9a-f]{64}$/.test(key)) return key
  } catch (error) {
    throw new StationError('storage.open', { path: keyFile, detail: messageOf(error) }, error)
  }
  throw new StationError('storage.wrongKey', { path: databasePath, keyFile })
}
