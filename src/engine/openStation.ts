import { randomBytes } from 'node:crypto'
import { existsSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { createCanceller, type Clock } from '../base/clock.ts'
import { messageOf, StationError } from '../contract/errors.ts'
import { createUuidV7 } from '../contract/uuid.ts'
import type { SleepBlocker } from './awake.ts'
import type { Parts } from './discover.ts'
import type { CreateReports } from './reporting.ts'
import type { Simulate } from './simulatedLab.ts'
import { createStation, type Station, type StationDeps } from './station.ts'
import { runBackups, type BackupPlan } from './storage/backupSchedule.ts'
import { loadKeyFile } from './storage/keyFile.ts'
import { lockDataFolder } from './storage/lock.ts'
import { openDatabase, type OpenOptions } from './storage/open.ts'
import { createLocalPort, type StoragePort } from './storage/port.ts'
import { createStopMarks } from './stopMarks.ts'
import { createReader, createStore, type Reader, type Store } from './storage/store.ts'
import { backUpInThread, openThreads } from './storage/thread.ts'
import { createWatchdog } from './watchdog/watchdog.ts'
import { takeInWatchdogLog } from './watchdog/watchdogLog.ts'

export interface OpenStationOptions {
  dataFolder: string
  clock: Clock
  parts: Parts
  createReports: CreateReports
  /** Where the database's thread begins: src/engine/storage/worker.ts, or what it was built to. */
  storageWorker: URL
  /** Where the watchdog process begins: src/engine/watchdog/watchdogProcess.ts, or what it was built to. */
  watchdogScript?: URL
  softwareVersion: string
  simulate: Simulate | null
  virtualTime: boolean
  pace?: NonNullable<StationDeps['pace']>
  /** Of a dry run nothing is kept: it doesn't wait for the disk. */
  throwAway?: boolean
  goesOn?: boolean
  automaticAnswer: StationDeps['automaticAnswer']
  startsQueued?: boolean
  /** The database key where an OS keystore holds it; otherwise the key file of the data folder is used. */
  keyHex?: string
  /** What holds that key, for messages. */
  keyHolder?: string
  /** Where and how often to back up; a station in virtual time doesn't. */
  backups?: BackupPlan
  /** Keeps the PC awake while a run goes on. */
  sleep?: SleepBlocker
  /** How long to wait for another station that uses the folder. */
  lockWaitMs?: number
  onError: (error: unknown) => void
}

export const databaseFile = (dataFolder: string): string => join(dataFolder, 'station.db')
export const keyFileOf = (dataFolder: string): string => join(dataFolder, 'station.key')

function makeFolder(folder: string): void {
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 })
  } catch (error) {
    throw new StationError('storage.open', { path: folder, detail: messageOf(error) }, error)
  }
}

/** Samples that come sooner after a commit wait until then: ten flushes of the disk a second are enough for any chart. */
const commitPaceMs = 100

/**
 * In real time the database has threads of its own, so that neither the engine nor a window waits for a disk. In
 * virtual time nobody waits, and a thread would only cost time for each of some hundred thousand appends.
 */
const openPort = (
  options: Pick<OpenStationOptions, 'virtualTime' | 'storageWorker' | 'onError'>,
  database: OpenOptions,
): Promise<StoragePort> => {
  const { onError } = options
  if (!options.virtualTime)
    return openThreads({ workerUrl: options.storageWorker, options: database, paceMs: commitPaceMs, onError })
  return Promise.resolve(createLocalPort({ db: openDatabase(database), path: database.path, onError }))
}

const hourMs = 3_600_000
/** A station has other things to do in its first minute, and one that is started for a moment needs no backup. */
const firstBackupMs = 60_000

export const usualBackupPace = { everyMs: 6 * hourMs, keep: 8 }

const usualBackups = (dataFolder: string): BackupPlan => ({
  folder: join(dataFolder, 'backups'),
  ...usualBackupPace,
})

/** What is backed up where; null for a station in virtual time, of which nothing has to be kept. */
const plannedBackups = ({ virtualTime, backups, dataFolder }: OpenStationOptions): BackupPlan | null =>
  virtualTime ? null : (backups ?? usualBackups(dataFolder))

/** Backs up on a schedule, and says it in the station's log; returns what ends it. */
function startBackups(
  options: OpenStationOptions,
  { database, station }: { database: OpenOptions; station: Station },
): () => void {
  const { clock, onError } = options
  const plan = plannedBackups(options)
  const end = createCanceller()
  const run = async (): Promise<void> => {
    if (plan === null) return
    await clock.sleep(firstBackupMs, end.signal)
    await runBackups(
      {
        clock,
        plan,
        backUp: (target) => backUpInThread({ workerUrl: options.storageWorker, options: database }, target),
        tell: (level, text) => station.recordEvent({ level, kind: 'backup', text }),
      },
      end.signal,
    )
  }
  run().catch((error: unknown) => end.signal.aborted || onError(error))
  return () => end.cancel(new Error('the station ends'))
}

/** What the watchdog process of an earlier life did is told first; then this one gets its own. None in virtual time. */
async function prepareWatchdog(
  { clock, dataFolder, watchdogScript, virtualTime, onError }: OpenStationOptions,
  store: Store,
): Promise<Pick<StationDeps, 'createWatchdog'>> {
  if (virtualTime || !watchdogScript) return {}
  const logFile = join(dataFolder, 'watchdog.log')
  await takeInWatchdogLog(logFile, { clock, addEvent: (event) => store.addEvent(event) })
  return {
    createWatchdog: ({ tell }) => createWatchdog({ ...{ clock, logFile, tell, onError }, script: watchdogScript }),
  }
}

/** Opens a data folder (making it where there is none) and the station on it; only one station can have it. */
export async function openStation(
  options: OpenStationOptions,
): Promise<{ station: Station; close: () => Promise<void> }> {
  const { dataFolder, clock } = options
  makeFolder(dataFolder)
  const unlock = lockDataFolder(dataFolder, options.lockWaitMs)
  let close: () => void | Promise<void> = unlock
  try {
    const path = databaseFile(dataFolder)
    const keyFile = options.keyHolder ?? keyFileOf(dataFolder)
    const throwAway = options.throwAway === true
    const database = { path, keyHex: options.keyHex ?? loadKeyFile(keyFile, path), keyFile, throwAway }
    const port = await openPort(options, database)
    close = () => port.close().finally(unlock)
    const store = createStore({ port, utcMs: () => clock.utcMs(), outside: (work) => clock.outside(work) })
    const station = await createStation({
      ...{ ...options, store, backups: plannedBackups(options) },
      ...(throwAway ? {} : { stopMarks: createStopMarks(dataFolder, options.onError) }),
      ...(await prepareWatchdog(options, store)),
      newId: () => createUuidV7(clock.utcMs(), randomBytes(10)),
    })
    const stopBackups = startBackups(options, { database, station })
    return { station, close: () => station.shutDown().finally(stopBackups).finally(close) }
  } catch (error) {
    await close()
    throw error
  }
}

/** Reads a data folder, also while a station is running on it. */
export async function withReader<T>(dataFolder: string, work: (reader: Reader) => Promise<T>): Promise<T> {
  const path = databaseFile(dataFolder)
  const keyFile = keyFileOf(dataFolder)
  // Before the key: who only reads makes no key for a database that isn't there.
  if (!existsSync(path)) throw new StationError('storage.open', { path, detail: 'there is no such file' })
  const db = openDatabase({ path, keyHex: loadKeyFile(keyFile, path), keyFile, readonly: true })
  try {
    return await work(createReader({ port: createLocalPort({ db, path, readonly: true }), utcMs: () => 0 }))
  } finally {
    db.close()
  }
}
