import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, expect, it } from 'vitest'
import type { QueueEntry } from '../../src/contract/queue.ts'
import type { Run } from '../../src/contract/run.ts'
import { openDatabase } from '../../src/engine/storage/open.ts'
import { root, temporaryFolder } from '../support/cli.ts'
import { runHere } from '../support/inProcess.ts'
import { dataFolderAt, openStore, storeRun } from '../support/store.ts'
import { openSetUp } from '../support/stationProcess.ts'
import { warmRequest } from '../support/queueStation.ts'
import { soakTemplate } from '../support/soakTemplate.ts'

const folder = temporaryFolder()
const data = join(folder, 'data')
const backup = join(folder, 'other-disk', 'one.db')
const parse = <T>(text: string): T => JSON.parse(text) as T
const runsOf = async (of: string) => parse<{ runs: Run[] }>((await runHere('runs', '--data', of, '--json')).stdout).runs

/** Somebody had allowed that it begins with nobody there, at the station that was backed up. */
const queued: QueueEntry = {
  ...{ id: 'queued', position: 1, state: 'waiting', request: warmRequest('M-1'), runId: null, endedBy: null },
  ...{ protocolTitle: 'Warm', protocolVersion: '1.0.0', templateSha256: '', queuedBy: 'O', queuedUtcMs: 1 },
  ...{ unattended: { who: 'O', utcMs: 1, warnings: [] }, reasons: [], sinceUtcMs: 1 },
}

beforeAll(async () => {
  const out = join(folder, 'out')
  const made = await runHere('run', 'PVTP-001', '--simulate', '--data', data, '--out', out, '--json')
  expect(made.code, made.stderr).toBe(0)
  // A run that is going on when the backup is made, in a store that another connection has open.
  const { db, store } = openStore(dataFolderAt(data))
  await storeRun(store, { id: '01900000-0000-7000-8000-000000000001', count: 5000 })
  await store.saveQueue([queued], null)
  const report = await runHere('backup', '--data', data, '--to', backup, '--json')
  expect(report.code, report.stderr).toBe(0)
  expect(parse<{ samples: number; keyFile: string }>(report.stdout)).toMatchObject({
    keyFile: join(data, 'station.key'),
  })
  db.close()
})

it('restores to a folder with the same runs, on which every check passes and a station goes on', async () => {
  const into = join(folder, 'restored')
  const restored = await runHere('restore', backup, '--into', into, '--key', join(data, 'station.key'), '--json')
  expect(restored.code, restored.stderr).toBe(0)
  expect(parse(restored.stdout)).toMatchObject({ runs: 2, unfinished: ['01900000-0000-7000-8000-000000000001'] })
  expect(readdirSync(into).toSorted()).toEqual(['station.db', 'station.key'])
  const [before, after] = [await runsOf(data), await runsOf(into)]
  expect(after.map(({ id }) => id)).toEqual(before.map(({ id }) => id))
  expect(after.find(({ status }) => status === 'completed')).toEqual(
    before.find(({ status }) => status === 'completed'),
  )
  const verified = await runHere('verify', '--data', into, '--json')
  expect(verified.code, verified.stdout).toBe(0)

  const { station, close } = await openSetUp({
    dataFolder: into,
    template: soakTemplate(),
    ...{ instruments: [], roles: {} },
  })
  const listed = (await station.snapshot()).runs
  expect(listed.map(({ id }) => id)).toEqual(before.map(({ id }) => id))
  // What was going on may have gone on elsewhere: here it waits, and says why.
  expect(listed.find(({ id }) => id.endsWith('0001'))).toMatchObject({
    ...({ status: 'interrupted', leftAs: 'paused', verdict: null } satisfies Partial<Run>),
    problem: { code: 'run.restored' },
  })
  expect((await station.snapshot()).live).toEqual([])
  // Nothing begins by itself here: whoever gave that word meant the chamber of then.
  expect((await station.snapshot()).queue).toMatchObject([{ id: 'queued', unattended: null }])
  await close()
})

it('finds the key beside the backup, or beside the folder of backups', async () => {
  const copy = join(folder, 'moved')
  mkdirSync(join(copy, 'backups'), { recursive: true })
  cpSync(backup, join(copy, 'backups', 'one.db'))
  cpSync(join(data, 'station.key'), join(copy, 'station.key'))
  const found = await runHere('restore', join(copy, 'backups', 'one.db'), '--into', join(folder, 'found'), '--json')
  expect(found.code, found.stderr).toBe(0)
  expect(readFileSync(join(folder, 'found', 'station.key'))).toEqual(readFileSync(join(data, 'station.key')))
})

it('renews what an older version backed up, and leaves the backup as it was', async () => {
  const old = join(root, 'test', 'storage', 'old', 'version10')
  const { keyHex, audit } = parse<{ keyHex: string; audit: { rows: number } }>(readFileSync(`${old}.json`, 'utf8'))
  const key = join(folder, 'old.key')
  writeFileSync(key, `${keyHex}\n`, { mode: 0o600 })
  const before = readFileSync(`${old}.db`)
  const renewed = await runHere('restore', `${old}.db`, '--into', join(folder, 'renewed'), '--key', key, '--json')
  expect(renewed.code, renewed.stderr).toBe(0)
  expect(parse<{ audit: { rows: number } }>(renewed.stdout).audit.rows).toBeGreaterThanOrEqual(audit.rows)
  expect((await runsOf(join(folder, 'renewed'))).length).toBeGreaterThan(0)
  expect(readFileSync(`${old}.db`)).toEqual(before)
})

it('says which key is missing, and makes none', async () => {
  const into = join(folder, 'without')
  const refused = await runHere('restore', backup, '--into', into)
  expect(refused.code).toBe(1)
  expect(refused.stderr).toContain(join(folder, 'other-disk', 'station.key'))
  expect(existsSync(into)).toBe(false)
  const keystore = join(folder, 'keystore')
  mkdirSync(keystore)
  cpSync(backup, join(keystore, 'station.db'))
  writeFileSync(join(keystore, 'station.key.safe'), 'wrapped')
  const wrapped = await runHere('backup', '--data', keystore, '--to', join(folder, 'never.db'))
  expect(wrapped.code).toBe(1)
  expect(wrapped.stderr).toContain('only the desktop app can open it')
})

it('refuses what is no backup, a part of one, and one of a newer version, and names the backup', async () => {
  const key = join(data, 'station.key')
  const whole = readFileSync(backup)
  const newer = join(folder, 'newer.db')
  writeFileSync(newer, whole)
  const db = openDatabase({ path: newer, keyHex: readFileSync(key, 'utf8').trim(), keyFile: key })
  db.pragma('user_version=990')
  db.close()
  writeFileSync(join(folder, 'empty.db'), '')
  writeFileSync(join(folder, 'part.db'), whole.subarray(0, whole.length - 4096))
  const into = join(folder, 'no-restore')
  for (const [name, reason] of [
    ['empty.db', /empty\.db could not be read: it is no backup of a station/],
    ['part.db', /part\.db could not be read: .*malformed/],
    ['newer.db', /made by a newer version \(schema 990/],
  ] as const) {
    const refused = await runHere('restore', join(folder, name), '--into', into, '--key', key)
    expect([refused.code, refused.stderr]).toEqual([1, expect.stringMatching(reason)])
    expect(refused.stderr).not.toContain('.partial')
    expect(readdirSync(into)).toEqual([])
  }
})

it('refuses a wrong key, a damaged backup and a folder that is in use, and leaves nothing behind', async () => {
  const wrong = join(folder, 'wrong.key')
  writeFileSync(wrong, `${'0'.repeat(64)}\n`, { mode: 0o600 })
  const into = join(folder, 'refused')
  expect((await runHere('restore', backup, '--into', into, '--key', wrong)).code).toBe(1)
  expect(readdirSync(into)).toEqual([])
  const damaged = join(folder, 'damaged.db')
  const bytes = readFileSync(backup)
  bytes[Math.floor(bytes.length / 2)]! ^= 1
  writeFileSync(damaged, bytes)
  const key = join(data, 'station.key')
  expect((await runHere('restore', damaged, '--into', into, '--key', key)).code).toBe(1)
  expect(readdirSync(into)).toEqual([])

  const over = await runHere('restore', backup, '--into', data, '--key', key)
  expect(over.stderr).toContain('it is there already')
  expect((await runsOf(data)).length).toBe(2)
  const again = await runHere('backup', '--data', data, '--to', backup)
  expect(again.stderr).toContain('there is such a file already')
})
