import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import { messageOf, StationError } from '../../contract/errors.ts'

const ownerOf = (path: string): string => {
  try {
    return readFileSync(path, 'utf8').trim()
  } catch {
    return 'unknown'
  }
}

/**
 * Keeps the data folder for one station. The lock is the operating system's, on a small SQLite file: it goes with the
 * process, so a killed station leaves none behind.
 * @param waitMs how long to wait for another station to end
 * @returns the release
 */
export function lockDataFolder(folder: string, waitMs = 0): () => void {
  const ownerFile = join(folder, 'station.pid')
  const lock = new Database(join(folder, 'station.lock'))
  try {
    // First of all: the library's own default would wait five seconds for whoever holds the folder.
    lock.pragma(`busy_timeout=${waitMs}`)
    lock.pragma('journal_mode=DELETE')
    lock.exec('BEGIN EXCLUSIVE')
  } catch (error) {
    lock.close()
    if ((error as { code?: string }).code === 'SQLITE_BUSY')
      throw new StationError('storage.locked', { path: folder, owner: ownerOf(ownerFile) }, error)
    throw new StationError('storage.open', { path: folder, detail: messageOf(error) }, error)
  }
  writeFileSync(ownerFile, `${process.pid}\n`)
  return () => lock.close()
}
