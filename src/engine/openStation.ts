import { randomBytes } from 'node:crypto'
import { existsSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import type { Clock } from '../base/clock.ts'
import { messageOf, StationError } from '../contract/errors.ts'
import { createUuidV7 } from '../contract/uuid.ts'
import type { Parts } from './discover.ts'
import type { CreateReports } from './reporting.ts'
import { createStation, type Station, type StationDeps } from './station.ts'
import { loadKeyFile } from './storage/keyFile.ts'
import { lockDataFolder } from './storage/lock.ts'
import { openDatabase } from './storage/open.ts'
import { createReader, createStore, type Reader } from './storage/store.ts'

export interface OpenStationOptions {
  dataFolder: string
  clock: Clock
  parts: Parts
  createReports: CreateReports
  softwareVersion: string
  simulate: { seed: number } | null
  virtualTime: boolean
  automaticAnswer: StationDeps['automaticAnswer']
  /** The database key where an OS keystore holds it; otherwise the key file of the data folder is used. */
  keyHex?: string
  /** What holds that key, for messages. */
  keyHolder?: string
  /** How long to wait for another station that uses the folder. */
  lockWaitMs?: number
  onError: (error: unknown) => void
}

export const databaseFile = (dataFolder: string): string => join(dataFolder, 'station.db')
const keyFileOf = (dataFolder: string): string => join(dataFolder, 'station.key')

function makeFolder(folder: string): void {
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 })
  } catch (error) {
    throw new StationError('storage.open', { path: folder, detail: messageOf(error) }, error)
  }
}

/** Opens a data folder (making it where there is none) and the station on it; only one station can have it. */
export async function openStation(
  options: OpenStationOptions,
): Promise<{ station: Station; close: () => Promise<void> }> {
  const { dataFolder, clock } = options
  makeFolder(dataFolder)
  const unlock = lockDataFolder(dataFolder, options.lockWaitMs)
  let close = unlock
  try {
    const path = databaseFile(dataFolder)
    const keyFile = options.keyHolder ?? keyFileOf(dataFolder)
    const db = openDatabase({ path, keyHex: options.keyHex ?? loadKeyFile(keyFile, path), keyFile })
    close = () => {
      db.close()
      unlock()
    }
    const station = await createStation({
      ...options,
      store: createStore({ db, path, utcMs: () => clock.utcMs() }),
      newId: () => createUuidV7(clock.utcMs(), randomBytes(10)),
    })
    return { station, close: () => station.shutDown().finally(close) }
  } catch (error) {
    close()
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
    return await work(createReader({ db, path, utcMs: () => 0 }))
  } finally {
    db.close()
  }
}
