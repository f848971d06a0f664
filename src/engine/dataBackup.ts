import { copyFileSync, existsSync, mkdirSync, readdirSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { describeError, messageOf, StationError } from '../contract/errors.ts'
import { isQueueActionLegal } from '../contract/queue.ts'
import type { Run } from '../contract/run.ts'
import { databaseFile, keyFileOf } from './openStation.ts'
import { createQueueBook } from './queueBook.ts'
import { backUp, checkCopy, flush, type BackupReport } from './storage/backup.ts'
import { backupName } from './storage/backupSchedule.ts'
import { loadKeyFile } from './storage/keyFile.ts'
import { openDatabase, type OpenOptions } from './storage/open.ts'
import { createLocalPort } from './storage/port.ts'
import { createStore } from './storage/store.ts'

/** The key of a data folder or backup; never a new one. */
function keyOf(keyFile: string, databasePath: string): string {
  const wrapped = `${keyFile}.safe`
  if (!existsSync(keyFile) && existsSync(wrapped))
    throw new StationError('storage.keyInKeystore', { path: databasePath, keyFile: wrapped })
  if (!existsSync(keyFile)) throw new StationError('storage.keyMissing', { keyFile })
  return loadKeyFile(keyFile, databasePath)
}

/**
 * Backs up a data folder, also while a station is running on it.
 * @param to a file that isn't there yet, or a folder, in which it gets the name of its time
 * @throws StationError file.unwritable, storage.open, storage.keyMissing, storage.keyInKeystore, storage.wrongKey
 */
export function backUpFolder(dataFolder: string, to: string, utcMs: number): BackupReport & { keyFile: string } {
  const source = databaseFile(dataFolder)
  if (!existsSync(source)) throw new StationError('storage.open', { path: source, detail: 'there is no such file' })
  const isFolder = statSync(to, { throwIfNoEntry: false })?.isDirectory() ?? false
  const path = isFolder ? join(to, backupName(utcMs)) : to
  if (existsSync(path)) throw new StationError('file.unwritable', { path, detail: 'there is such a file already' })
  const keyFile = keyFileOf(dataFolder)
  const key = { keyHex: keyOf(keyFile, source), keyFile }
  const db = openDatabase({ ...key, path: source, readonly: true })
  try {
    return { ...backUp(db, { ...key, path }), keyFile }
  } finally {
    db.close()
  }
}

export interface Restored {
  dataFolder: string
  keyFile: string
  runs: number
  samples: number
  audit: { rows: number; head: string }
  /** When the last thing in it was recorded: what came later isn't in it. */
  lastUtcMs: number | null
  /** Runs that were going on in it: they wait for a person. */
  unfinished: readonly string[]
}

/** The key beside a backup, or beside the folder of backups that a station makes. */
const likelyKeys = (backup: string): string[] => [keyFileOf(dirname(backup)), keyFileOf(dirname(dirname(backup)))]

function findKey(backup: string, given: string | undefined): { keyFile: string; keyHex: string } {
  const keyFile = given ?? likelyKeys(backup).find((file) => existsSync(file) || existsSync(`${file}.safe`))
  const wanted = keyFile ?? likelyKeys(backup)[0]!
  return { keyFile: wanted, keyHex: keyOf(wanted, backup) }
}

/** Whatever was going on when the backup was made may have gone on elsewhere since: nothing of it begins by itself here. */
async function settle(options: { path: string; keyHex: string; keyFile: string }, backup: string, utcMs: number) {
  const db = openDatabase(options)
  try {
    const store = createStore({ port: createLocalPort({ db, path: options.path }), utcMs: () => utcMs })
    const unfinished = await store.runsWithStatus(['running', 'paused', 'stopping', 'interrupted'])
    for (const run of unfinished) {
      const waits: Run = { ...run, status: 'interrupted', leftAs: 'paused', problem: describeError('run.restored', {}) }
      const entry = { actor: 'station', action: 'run.restored', subject: run.id, detail: { backup, was: run.status } }
      await store.saveRun(waits, entry)
    }
    const book = await createQueueBook({ store, utcMs: () => utcMs, publish: () => undefined })
    for (const { id, state, unattended } of book.open())
      if (unattended && isQueueActionLegal(state, 'withdraw'))
        await book.apply(id, 'withdraw', { who: 'station', why: 'restored from a backup', unattended: null })
    await store.audit({ actor: 'station', action: 'backup.restore', subject: 'station', detail: { backup } })
    return { unfinished: unfinished.map(({ id }) => id), runs: (await store.listRuns(1_000_000)).length }
  } finally {
    db.close()
  }
}

const newestUtcMs = (options: { path: string; keyHex: string; keyFile: string }): number | null => {
  const db = openDatabase({ ...options, readonly: true })
  try {
    const last = (table: string) => db.prepare(`SELECT max(utc_ms) FROM ${table}`).pluck().get() as number | null
    const times = [last('audit'), last('events')].filter((each) => each !== null)
    return times.length > 0 ? Math.max(...times) : null
  } finally {
    db.close()
  }
}

function requireNew(folder: string): void {
  if (existsSync(folder) && (!statSync(folder).isDirectory() || readdirSync(folder).length > 0))
    throw new StationError('file.unwritable', { path: folder, detail: 'it is there already, and not empty' })
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 })
  } catch (error) {
    throw new StationError('file.unwritable', { path: folder, detail: messageOf(error) }, error)
  }
}

/**
 * Makes a new data folder of a backup and its key: copied, renewed where it is of an older version, and checked, pages,
 * counts and audit chain, before it gets its name. The backup stays as it is.
 * @throws StationError file.unreadable, file.unwritable, storage.keyMissing, storage.keyInKeystore, storage.wrongKey
 */
export async function restoreBackup(given: {
  backup: string
  into: string
  keyFile: string | undefined
  utcMs: number
}): Promise<Restored> {
  const { backup, into } = given
  if (!existsSync(backup)) throw new StationError('file.unreadable', { path: backup, detail: 'there is no such file' })
  const { keyFile, keyHex } = findKey(backup, given.keyFile)
  requireNew(into)
  const path = databaseFile(into)
  const partial = { path: `${path}.partial`, keyHex, keyFile }
  try {
    copyFileSync(backup, partial.path)
    requireStation(partial)
    // Renewed first, if need be: a check knows only the tables of this version.
    openDatabase(partial).close()
    const lastUtcMs = newestUtcMs(partial)
    const { samples, audit } = checkCopy(partial)
    const { runs, unfinished } = await settle(partial, backup, given.utcMs)
    flush(partial.path)
    renameSync(partial.path, path)
    // The key last: a database without its key is refused, a key without its database would begin an empty one.
    const ownKey = keyFileOf(into)
    writeFileSync(ownKey, `${keyHex}\n`, { mode: 0o600, flag: 'wx', flush: true })
    flush(into)
    return { dataFolder: into, keyFile: ownKey, runs, samples, audit, lastUtcMs, unfinished }
  } catch (error) {
    for (const end of ['', '-wal', '-shm']) rmSync(partial.path + end, { force: true })
    throw ofBackup(error, { backup, keyFile })
  }
}

/** An empty file opens like a new database, and would be made one. */
function requireStation(options: OpenOptions): void {
  const db = openDatabase({ ...options, renew: false })
  try {
    if (db.pragma('user_version', { simple: true }) === 0) throw new Error('it is no backup of a station')
  } finally {
    db.close()
  }
}

/** Told of the backup: the copy is gone again. */
function ofBackup(error: unknown, { backup, keyFile }: { backup: string; keyFile: string }): StationError {
  const code = error instanceof StationError ? error.code : null
  if (code === 'storage.wrongKey') return new StationError('storage.wrongKey', { path: backup, keyFile }, error)
  if (error instanceof StationError && code !== 'storage.open') return error
  const cause = error instanceof StationError && error.cause !== undefined ? error.cause : error
  return new StationError('file.unreadable', { path: backup, detail: messageOf(cause) }, error)
}
