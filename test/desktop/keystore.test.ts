import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { SafeStorage } from 'electron'
import { describe, expect, it } from 'vitest'
import { loadWrappedKey } from '../../src/main/keystore.ts'
import { temporaryFolder } from '../support/cli.ts'

const flipped = (bytes: Buffer): Buffer => Buffer.from(bytes.map((byte) => byte ^ 0x5a))

/** A keystore that wraps by flipping bits; the real one is the operating system's. */
const createOs = (platform: NodeJS.Platform, backend = 'gnome_libsecret', isUnlocked = true) => ({
  platform,
  safeStorage: {
    getSelectedStorageBackend: () => backend,
    isAsyncEncryptionAvailable: () => Promise.resolve(isUnlocked),
    encryptStringAsync: (text: string) => Promise.resolve(flipped(Buffer.from(text))),
    decryptStringAsync: async (wrapped: Buffer) => {
      const result = flipped(wrapped).toString()
      if (!/^[0-9a-f]*$/.test(result)) throw new Error('not wrapped by this keystore')
      return { shouldReEncrypt: false, result }
    },
  } as unknown as SafeStorage,
})

const setUp = () => {
  const home = temporaryFolder()
  return { home, keyFile: join(home, 'station.key.safe'), database: join(home, 'station.db') }
}

describe('the key in the keystore', () => {
  it('is made once, wrapped, for its owner only', async () => {
    const { home, keyFile } = setUp()
    const first = await loadWrappedKey(home, createOs('linux'))
    expect(first).toEqual({ keyHex: expect.stringMatching(/^[0-9a-f]{64}$/) as string, keyHolder: keyFile })
    expect(await loadWrappedKey(home, createOs('linux'))).toEqual(first)
    expect(readFileSync(keyFile).includes(first.keyHex)).toBe(false)
    if (process.platform !== 'win32') expect(statSync(keyFile).mode & 0o777).toBe(0o600)
  })

  it('is another one for another folder', async () => {
    const keys = [setUp(), setUp()].map(({ home }) => loadWrappedKey(home, createOs('win32')))
    const [first, second] = await Promise.all(keys)
    expect(first?.keyHex).not.toBe(second?.keyHex)
  })

  it.each(['basic_text', 'unknown'])('is not trusted to the backend %s', async (backend) => {
    const { home, keyFile } = setUp()
    await expect(loadWrappedKey(home, createOs('linux', backend))).rejects.toMatchObject({ code: 'storage.noKeystore' })
    expect(existsSync(keyFile)).toBe(false)
  })

  it('is not asked of a locked keystore', async () => {
    const { home } = setUp()
    await expect(loadWrappedKey(home, createOs('win32', '', false))).rejects.toMatchObject({
      code: 'storage.noKeystore',
    })
  })

  it('is never made anew for a database that has lost its own', async () => {
    const { home, keyFile, database } = setUp()
    writeFileSync(database, 'x')
    await expect(loadWrappedKey(home, createOs('linux'))).rejects.toMatchObject({ code: 'storage.keyMissing' })
    expect(existsSync(keyFile)).toBe(false)
  })

  it.each([
    ['another keystore wrapped', 'something else'],
    ['was cut short', flipped(Buffer.from('abc123'))],
  ])('that %s is a wrong one, and stays as it is', async (_what, content) => {
    const { home, keyFile } = setUp()
    writeFileSync(keyFile, content)
    await expect(loadWrappedKey(home, createOs('linux'))).rejects.toMatchObject({ code: 'storage.wrongKey' })
    expect(readFileSync(keyFile)).toEqual(Buffer.from(content))
  })
})
