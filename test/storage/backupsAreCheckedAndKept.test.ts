import { copyFileSync, existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { expect, it } from 'vitest'
import { createCanceller } from '../../src/base/clock.ts'
import { createVirtualClock } from '../../src/base/virtualClock.ts'
import { backUp, checkCopy } from '../../src/engine/storage/backup.ts'
import { backupsIn, backUpNow, runBackups, type BackupScheduleDeps } from '../../src/engine/storage/backupSchedule.ts'
import { loadKeyFile } from '../../src/engine/storage/keyFile.ts'
import { createStore } from '../../src/engine/storage/store.ts'
import { backUpInThread, openThreads } from '../../src/engine/storage/thread.ts'
import { root, temporaryFolder } from '../support/cli.ts'
import { runHere } from '../support/inProcess.ts'
import { dataFolderAt, openStore, storeRun, type DataFolder } from '../support/store.ts'

const workerUrl = pathToFileURL(join(root, 'src', 'engine', 'storage', 'worker.ts'))
const optionsFor = (at: DataFolder) => ({
  path: at.path,
  keyHex: loadKeyFile(at.keyFile, at.path),
  keyFile: at.keyFile,
})

it('a backup made while the station records holds everything of one moment, and a restored one goes on', async () => {
  const at = dataFolderAt(temporaryFolder())
  openStore(at).db.close()
  const options = optionsFor(at)
  const port = await openThreads({ workerUrl, options, paceMs: 0, onError: (error) => expect.fail(String(error)) })
  const store = createStore({ port, utcMs: () => 0 })
  const { channel } = await storeRun(store, { id: 'run-1', count: 5000 })
  let seq = 5001
  let recording = true
  const recorder = (async () => {
    for (; recording; seq += 50) {
      const times = Array.from({ length: 50 }, (_each, i) => seq + i)
      await store.appendSamples([{ channelId: channel, firstSeq: seq, utcMs: times, monotonicMs: times, value: times }])
      if (seq % 500 === 1) await store.audit({ actor: 'x', action: 'y', subject: 'run-1', detail: seq })
    }
  })()
  const target = join(at.folder, 'backups', 'one.db')
  const report = await backUpInThread({ workerUrl, options }, target)
  recording = false
  await recorder
  await store.close()
  expect(report.samples).toBeGreaterThanOrEqual(5000)
  expect(report.samples).toBeLessThan(seq)

  // Restored: the copy and the key in a folder of their own are a station's data folder.
  const restored = dataFolderAt(temporaryFolder())
  copyFileSync(target, restored.path)
  writeFileSync(restored.keyFile, readFileSync(at.keyFile), { mode: 0o600 })
  const verified = await runHere('verify', '--data', restored.folder, '--json')
  expect(verified.code, verified.stdout).toBe(0)
  const { db, store: again } = openStore(restored)
  let last = 0
  for await (const row of again.sampleRows(channel)) expect(row.seq).toBe(++last)
  expect(last).toBe(report.samples)
  await again.appendSamples([{ channelId: channel, firstSeq: last + 1, utcMs: [1], monotonicMs: [1], value: [1] }])
  db.close()
})

it('a copy that isn’t what it should be takes nobody’s place', async () => {
  const at = dataFolderAt(temporaryFolder())
  const { db, store } = openStore(at)
  await storeRun(store, { id: 'run-1', count: 5000 })
  const path = join(at.folder, 'backups', 'station.db')
  const target = { ...optionsFor(at), path }
  backUp(db, target)
  const good = readFileSync(path)
  expect(good.subarray(0, 16).toString('latin1')).not.toContain('SQLite')

  // The trail was changed behind the station's back: such a database must not replace a good backup.
  db.exec('DROP TRIGGER audit_stays')
  db.exec(`UPDATE audit SET actor = 'somebody else' WHERE seq = 2`)
  expect(() => backUp(db, target)).toThrow(/audit trail is not whole/)
  expect(readFileSync(path).equals(good)).toBe(true)
  // Nor one of another key, which nobody could open.
  expect(() => backUp(db, { ...target, keyHex: 'f'.repeat(64) })).toThrow()
  expect(readFileSync(path).equals(good)).toBe(true)
  expect(readdirSync(join(at.folder, 'backups'))).toEqual(['station.db'])

  const damaged = join(at.folder, 'damaged.db')
  good[Math.floor(good.length / 2)]! ^= 1
  writeFileSync(damaged, good)
  expect(() => checkCopy({ ...target, path: damaged })).toThrow()
  db.close()
})

it('backups follow their schedule, the newest are kept, and every deletion is told', async () => {
  const at = dataFolderAt(temporaryFolder())
  const { db, store } = openStore(at)
  await storeRun(store, { id: 'run-1', count: 100 })
  const clock = createVirtualClock(Date.UTC(2026, 5, 1), () => new Promise<void>((turn) => setImmediate(turn)))
  const told: string[] = []
  const fails = { next: false }
  const deps: BackupScheduleDeps = {
    clock,
    plan: { folder: join(at.folder, 'backups'), everyMs: 3_600_000, keep: 3 },
    backUp: async (path) => {
      if (fails.next) throw new Error('the disk is full')
      return backUp(db, { ...optionsFor(at), path })
    },
    tell: async (level, text) => void told.push(`${level}: ${text}`),
  }
  const end = createCanceller()
  const running = runBackups(deps, end.signal)
  await clock.run(clock.sleep(5.5 * 3_600_000))
  // At once, since there was none, and then every hour: the three newest of six.
  expect(backupsIn(deps.plan.folder)).toEqual([
    'station-2026-06-01T03-00-00.000Z.db',
    'station-2026-06-01T04-00-00.000Z.db',
    'station-2026-06-01T05-00-00.000Z.db',
  ])
  expect(told.filter((each) => each.includes('was deleted')).length).toBe(3)
  expect(told.filter((each) => each.includes('was made and checked')).length).toBe(6)

  fails.next = true
  const before = backupsIn(deps.plan.folder)
  expect(await backUpNow(deps)).toBeNull()
  expect(backupsIn(deps.plan.folder)).toEqual(before)
  expect(told.at(-1)).toMatch(/^error: The backup failed; earlier ones are kept: the disk is full/)
  end.cancel(new Error('the end'))
  await clock.run(running)
  expect(existsSync(at.path)).toBe(true)
  db.close()
})
