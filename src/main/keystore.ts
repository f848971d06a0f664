import { randomBytes } from 'node:crypto'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { SafeStorage } from 'electron'
import { StationError } from '../contract/errors.ts'
import { databaseFile } from '../engine/openStation.ts'

/** On Linux Chromium falls back to a password that everybody knows: that protects nothing. */
async function refuseWeakKeystore(safeStorage: SafeStorage, platform: NodeJS.Platform): Promise<void> {
  const backend = platform === 'linux' ? safeStorage.getSelectedStorageBackend() : null
  if (backend === 'basic_text' || backend === 'unknown')
    throw new StationError('storage.noKeystore', { detail: `its backend is “${backend}”.` })
  if (!(await safeStorage.isAsyncEncryptionAvailable()))
    throw new StationError('storage.noKeystore', { detail: 'it is locked or missing.' })
}

/**
 * The database key of a data folder, kept there wrapped by the operating system's keystore. Made only for a new folder.
 * @returns the key as 64 hexadecimal digits, and the file that holds it
 * @throws StationError storage.noKeystore, storage.keyMissing, storage.wrongKey
 */
export async function loadWrappedKey(
  dataFolder: string,
  os: { safeStorage: SafeStorage; platform: NodeJS.Platform },
): Promise<{ keyHex: string; keyHolder: string }> {
  const [keyFile, path] = [join(dataFolder, 'station.key.safe'), databaseFile(dataFolder)]
  await refuseWeakKeystore(os.safeStorage, os.platform)
  if (!existsSync(keyFile)) {
    if (existsSync(path)) throw new StationError('storage.keyMissing', { keyFile })
    const wrapped = await os.safeStorage.encryptStringAsync(randomBytes(32).toString('hex'))
    // On the disk before the first database page is: a power cut must not leave data without its key.
    writeFileSync(keyFile, wrapped, { mode: 0o600, flag: 'wx', flush: true })
  }
  try {
    const { result } = await os.safeStorage.decryptStringAsync(readFileSync(keyFile))
    if (/^[0-9a-f]{64}$/.test(result)) return { keyHex: result, keyHolder: keyFile }
  } catch (error) {
    throw new StationError('storage.wrongKey', { path, keyFile }, error)
  }
  throw new StationError('storage.wrongKey', { path, keyFile })
}
