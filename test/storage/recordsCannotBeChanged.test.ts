import { beforeAll, describe, expect, it } from 'vitest'
import type Database from 'better-sqlite3'
import { join } from 'node:path'
import { readFileSync, writeFileSync } from 'node:fs'
import { jsonOf, temporaryFolder } from '../support/cli.ts'
import { smoothCurve } from '../support/curves.ts'
import { runHere } from '../support/inProcess.ts'
import { dataFolderAt, openStore, storeRun } from '../support/store.ts'
import type { Store } from '../../src/engine/storage/store.ts'

interface Verified {
  ok: boolean
  checks: { name: string; ok: boolean; detail: string }[]
}

describe('the database itself refuses', () => {
  let db: Database.Database
  let store: Store
  let channel: number
  beforeAll(async () => {
    const opened = openStore(dataFolderAt(temporaryFolder()))
    db = opened.db
    store = opened.store
    channel = (await storeRun(store, { id: 'run-1', count: 10 })).channel
    await store.addFiles('run-1', [{ name: 'a.txt', title: 'A', sha256: '00', bytes: Uint8Array.of(1) }], {
      actor: 'Test operator',
      action: 'report.issue',
      subject: 'run-1',
      detail: {},
    })
  })

  const contents = () =>
    ['samples', 'audit', 'events', 'files'].map((table) => db.prepare(`SELECT * FROM ${table}`).all())

  it.each([
    ['UPDATE samples SET value = 1 WHERE seq = 3', /immutable/],
    ['DELETE FROM samples WHERE seq = 3', /never deleted/],
    ['UPDATE events SET text = ?', /immutable/],
    ['DELETE FROM events', /never deleted/],
    ['UPDATE audit SET actor = ?', /append-only/],
    ['DELETE FROM audit', /append-only/],
    ['UPDATE files SET title = ?', /immutable/],
    ['DELETE FROM files', /never deleted/],
    ['REPLACE INTO samples SELECT channel_id, seq, utc_ms, monotonic_ms, 1, NULL FROM samples', /never deleted/],
    ['REPLACE INTO audit SELECT * FROM audit', /append-only/],
    [`REPLACE INTO events SELECT seq, run_id, utc_ms, level, kind, 'x' FROM events`, /never deleted/],
  ])('%s', (sql, message) => {
    const before = contents()
    const statement = db.prepare(sql)
    expect(() => (sql.includes('?') ? statement.run('x') : statement.run())).toThrow(message)
    expect(contents()).toEqual(before)
  })

  it('a sample that leaves a gap, or takes the place of another', async () => {
    const block = (firstSeq: number) => ({ channelId: channel, firstSeq, utcMs: [1], monotonicMs: [1], value: [1] })
    for (const seq of [1, 10, 12]) await expect(store.appendSamples([block(seq)])).rejects.toThrow(/11 is next/)
    await store.appendSamples([block(11)])
    expect([...store.sampleRows(channel)]).toHaveLength(11)
  })

  it('a value that isn’t a number, and a gap without a reason', () => {
    const insert = db.prepare(
      'INSERT INTO samples (channel_id, seq, utc_ms, monotonic_ms, value, missing) VALUES (?, 99, 0, 0, ?, ?)',
    )
    expect(() => insert.run(channel, 'text', null)).toThrow(/REAL/)
    expect(() => insert.run(channel, null, null)).toThrow(/CHECK/)
    // SQLite stores NaN as NULL: also that has no reason.
    expect(() => insert.run(channel, NaN, null)).toThrow(/CHECK/)
  })
})

describe('what is changed behind the station’s back is named by verify, which ends with 1', () => {
  const folder = temporaryFolder()
  const at = dataFolderAt(join(folder, 'data'))
  const untrigger = (db: Database.Database): void => {
    const names = db.prepare(`SELECT name FROM sqlite_master WHERE type = 'trigger'`).pluck().all() as string[]
    for (const name of names) db.exec(`DROP TRIGGER ${name}`)
  }
  /** Changes the database, looks, and puts it back as it was. */
  const verifyAfter = async (change: (db: Database.Database) => void): Promise<Verified & { code: number | null }> => {
    const whole = readFileSync(at.path)
    const { db } = openStore(at)
    untrigger(db)
    change(db)
    db.close()
    const ended = await runHere('verify', '--data', at.folder, '--json')
    writeFileSync(at.path, whole)
    return { ...jsonOf<Verified>(ended), code: ended.code }
  }
  const faults = (verified: Verified) =>
    verified.checks.filter((check) => !check.ok).map((check) => `${check.name}: ${check.detail}`)

  let runId = ''
  beforeAll(async () => {
    const file = join(folder, 'curve.json')
    const curve = { id: 'a', irradianceWPerM2: 1000, temperatureC: 25, ...smoothCurve() }
    writeFileSync(file, JSON.stringify({ cellsInSeries: 36, curves: [curve] }))
    const args = ['--protocol', 'PVTP-001', '--sample', 'M-1', '--out', join(folder, 'out'), '--data', at.folder]
    runId = jsonOf<{ run: { id: string } }>(await runHere('import', file, ...args, '--json')).run.id
  })

  it('nothing changed: everything agrees', async () => {
    const verified = await verifyAfter(() => undefined)
    expect(faults(verified)).toEqual([])
    expect(verified).toMatchObject({ ok: true, code: 0 })
  })

  it('an edited audit row', async () => {
    const verified = await verifyAfter((db) => db.exec(`UPDATE audit SET actor = 'somebody else' WHERE seq = 3`))
    expect(verified.code).toBe(1)
    expect(faults(verified)).toEqual([expect.stringMatching(/^audit trail: row 3 \(.*\) was changed$/)])
  })

  it('an edited audit row with a hash that fits it', async () => {
    const verified = await verifyAfter((db) =>
      db.exec(`UPDATE audit SET previous_hash = '${'1'.repeat(64)}' WHERE seq = 3`),
    )
    expect(verified.code).toBe(1)
    expect(faults(verified).join()).toMatch(/row 3 doesn't follow the row before it/)
  })

  it('a removed audit row, and only that one', async () => {
    const verified = await verifyAfter((db) => db.exec('DELETE FROM audit WHERE seq = 3'))
    expect(verified.code).toBe(1)
    const [fault] = faults(verified)
    expect(fault).toMatch(/row 3 is missing/)
    expect(fault).not.toMatch(/row [^3]\d* is missing/)
  })

  it('an edited sample', async () => {
    const verified = await verifyAfter((db) => db.exec('UPDATE samples SET value = value * 1.01 WHERE seq = 7'))
    expect(verified.code).toBe(1)
    expect(faults(verified)).toEqual([expect.stringContaining(`run ${runId}: `)])
  })

  it('an edited result', async () => {
    const verified = await verifyAfter((db) =>
      db.exec(`UPDATE results SET value = replace(value, '"pmaxW":', '"pmaxW":1')`),
    )
    expect(verified.code).toBe(1)
    expect(faults(verified).join()).toMatch(/pmaxW/)
  })

  it('an edited verdict, module or operator', async () => {
    for (const change of [`'$.verdict', 'pass'`, `'$.module.id', 'M-2'`, `'$.operator', 'somebody else'`]) {
      const verified = await verifyAfter((db) => db.exec(`UPDATE runs SET record = json_set(record, ${change})`))
      expect(verified.code, change).toBe(1)
      expect(faults(verified), change).toEqual([expect.stringContaining(`run ${runId}: `)])
    }
  })

  it('an edited paper', async () => {
    const verified = await verifyAfter((db) =>
      db.exec(`UPDATE files SET bytes = zeroblob(length(bytes)) WHERE name = 'report.pdf'`),
    )
    expect(verified.code).toBe(1)
    expect(faults(verified).join()).toMatch(/report\.pdf/)
  })
})
