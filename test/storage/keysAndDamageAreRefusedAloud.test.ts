import { chmodSync, existsSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeEach, describe, expect, it } from 'vitest'
import { createRandom } from '../../src/base/random.ts'
import { temporaryFolder } from '../support/cli.ts'
import { errorOf, runHere } from '../support/inProcess.ts'
import { dataFolderAt, openStore, storeRun, type DataFolder } from '../support/store.ts'

const random = createRandom(20261126)
let at: DataFolder
beforeEach(async () => {
  at = dataFolderAt(temporaryFolder())
  const { db, store } = openStore(at)
  const { channel } = await storeRun(store, { id: 'run-1', count: 5000 })
  // Numbers that can't be compressed: most pages of the file hold samples.
  const value = Array.from({ length: 60_000 }, () => random.uniform())
  const times = value.map((_each, i) => i)
  await store.appendSamples([{ channelId: channel, firstSeq: 5001, utcMs: times, monotonicMs: times, value }])
  db.close()
})

const read = async () => {
  const ended = await runHere('runs', '--data', at.folder, '--json')
  return { code: ended.code, error: ended.code === 0 ? null : errorOf(ended) }
}

describe.runIf(process.platform !== 'win32')('the key (skipped on Windows: it has no file modes)', () => {
  it('is made with mode 0600, and opens what it locked', async () => {
    expect(statSync(at.keyFile).mode & 0o777).toBe(0o600)
    expect(await read()).toEqual({ code: 0, error: null })
  })

  it.each([
    ['that is another', 'f'.repeat(64)],
    ['that is no key', 'open sesame'],
    ['that is empty', ''],
  ])('%s is refused, and nothing is changed', async (_what, text) => {
    writeFileSync(at.keyFile, `${text}\n`)
    const before = readFileSync(at.path)
    expect(await read()).toMatchObject({ code: 1, error: { code: 'storage.wrongKey' } })
    expect(() => openStore(at)).toThrow(/key is wrong/)
    expect(readFileSync(at.path).equals(before)).toBe(true)
  })

  it('that is gone is not made anew beside a database', async () => {
    rmSync(at.keyFile)
    expect(await read()).toMatchObject({ code: 1, error: { code: 'storage.keyMissing' } })
    expect(() => openStore(at)).toThrow(/missing/)
    expect(existsSync(at.keyFile)).toBe(false)
  })

  it.each([0o644, 0o640, 0o604])('of mode %i is refused', async (mode) => {
    chmodSync(at.keyFile, mode)
    const { code, error } = await read()
    expect(code).toBe(1)
    expect(error).toMatchObject({ code: 'storage.keyExposed', check: expect.stringContaining('chmod 600') as unknown })
    expect(error?.happened).toContain(mode.toString(8))
    expect(() => openStore(at)).toThrow(/read by others/)
  })
})

describe('a database file that was damaged', () => {
  const pageBytes = 4096
  const flip = (position: number): void => {
    const bytes = readFileSync(at.path)
    bytes[position] = bytes[position]! ^ 0x10
    writeFileSync(at.path, bytes)
  }

  it('by one bit in any page is never read as if it were whole', async () => {
    const whole = readFileSync(at.path)
    const pages = whole.length / pageBytes
    expect(pages).toBeGreaterThan(40)
    const silent: number[] = []
    for (let page = 0; page < pages; page += 5) {
      flip(page * pageBytes + 1000 + page)
      const ended = await runHere('verify', '--data', at.folder, '--json')
      if (ended.code !== 1) silent.push(page)
      writeFileSync(at.path, whole)
    }
    expect(silent).toEqual([])
    expect((await runHere('verify', '--data', at.folder, '--json')).code).toBe(0)
  })

  it('in the middle is an error in three parts for whoever reads the samples', async () => {
    flip(Math.floor(statSync(at.path).size / 2))
    const samples = await runHere('samples', 'run-1', '--data', at.folder)
    expect(samples.code).toBe(1)
    // No fault of the program: the operator has to be told that the file is damaged.
    expect(samples.stderr).not.toContain('An error inside the program')
    expect(samples.stderr).toMatch(/To check:/)
    expect(samples.stdout.trimEnd().split('\n').length).toBeLessThan(65_001)
  })

  it('at its head opens for nobody', async () => {
    flip(100)
    expect(await read()).toMatchObject({ code: 1, error: { code: 'storage.wrongKey' } })
    expect(() => openStore(at)).toThrow(/damaged/)
  })

  it('by a cut is an error', async () => {
    const whole = readFileSync(at.path)
    writeFileSync(at.path, whole.subarray(0, Math.floor(whole.length / 2)))
    expect((await runHere('verify', '--data', at.folder, '--json')).code).toBe(1)
  })

  it('that holds something else altogether is an error', async () => {
    writeFileSync(at.path, 'this is not a database\n'.repeat(1000))
    expect(await read()).toMatchObject({ code: 1, error: { code: 'storage.wrongKey' } })
  })
})

describe('the schema', () => {
  it('of a newer version is refused, for writers and readers, and left as it is', async () => {
    const { db } = openStore(at)
    db.pragma('user_version = 9990')
    db.close()
    expect(() => openStore(at)).toThrow(/newer version/)
    expect(await read()).toMatchObject({ code: 1, error: { code: 'storage.tooOld' } })
  })

  it('of a database without tables is refused for readers', async () => {
    rmSync(at.path)
    for (const end of ['-wal', '-shm']) rmSync(join(at.folder, `station.db${end}`), { force: true })
    writeFileSync(at.path, '')
    const { code, error } = await read()
    expect(code).toBe(1)
    expect(error?.code).toBe('storage.open')
  })
})
