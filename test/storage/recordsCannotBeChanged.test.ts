import { beforeAll, describe, expect, it } from 'vitest'
import type Database from 'better-sqlite3'
import { join } from 'node:path'
import { readFileSync, writeFileSync } from 'node:fs'
import { jsonOf, temporaryFolder } from '../support/cli.ts'
import { smoothCurve } from '../support/curves.ts'
import { checksum, createBlockCodec } from '../../src/engine/storage/codec/block.ts'
import { runHere } from '../support/inProcess.ts'
import { dataFolderAt, openStore, storeRun } from '../support/store.ts'
import type { SampleBlock } from '../../src/contract/sample.ts'
import type { Store } from '../../src/engine/storage/store.ts'

interface ChunkRow {
  id: number
  bytes: Buffer
}

interface Verified {
  ok: boolean
  checks: { name: string; ok: boolean; detail: string }[]
}

const last = 5200
const ten = (channelId: number, firstSeq: number): SampleBlock => {
  const times = Array.from({ length: 10 }, (_each, i) => firstSeq + i)
  return { channelId, firstSeq, utcMs: times, monotonicMs: times, value: times }
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
    // As many commits as fill the journal: then some samples lie in chunks, some in parts, and the last in the journal.
    for (let firstSeq = 11; firstSeq <= last; firstSeq += 10) await store.appendSamples([ten(channel, firstSeq)])
    db.exec(`INSERT INTO queue VALUES ('q-1', 1, 'removed', '{}')`)
    db.exec(`INSERT INTO protocol_records VALUES (1, 'PVTP-001', '1.0.0', '00', 'approve', '{}', '', '{}')`)
    await store.addFiles('run-1', [{ name: 'a.txt', title: 'A', sha256: '00', bytes: Uint8Array.of(1) }], {
      actor: 'Test operator',
      action: 'report.issue',
      subject: 'run-1',
      detail: {},
    })
  })

  const tables = [
    'chunks',
    'chunk_times',
    'parts',
    'journal',
    'summaries',
    'bins',
    'epochs',
    'audit',
    'events',
    'files',
    'queue',
    'protocol_records',
  ]
  const contents = () => tables.map((table) => db.prepare(`SELECT * FROM ${table}`).all())

  it('has something in each of the tables that follow', () => {
    expect(contents().map((rows) => rows.length > 0)).toEqual(tables.map(() => true))
  })

  it.each([
    ['UPDATE chunks SET bytes = ?', /immutable/],
    ['DELETE FROM chunks', /never deleted/],
    ['UPDATE chunk_times SET bytes = ?', /immutable/],
    ['DELETE FROM chunk_times', /never deleted/],
    ['UPDATE parts SET bytes = ?', /immutable/],
    ['DELETE FROM parts', /never deleted/],
    ['UPDATE journal SET bytes = ?', /immutable/],
    ['DELETE FROM journal', /never deleted/],
    ['UPDATE summaries SET maximum = 1', /immutable/],
    ['DELETE FROM summaries', /never deleted/],
    ['UPDATE bins SET bytes = ?', /immutable/],
    ['DELETE FROM bins', /never deleted/],
    ['UPDATE epochs SET origin_ms = 1', /immutable/],
    ['DELETE FROM epochs', /never deleted/],
    ['DELETE FROM kept', /never deleted/],
    ['UPDATE events SET text = ?', /immutable/],
    ['DELETE FROM events', /never deleted/],
    ['UPDATE audit SET actor = ?', /append-only/],
    ['DELETE FROM audit', /append-only/],
    ['UPDATE files SET title = ?', /immutable/],
    ['DELETE FROM files', /never deleted/],
    [`UPDATE queue SET state = 'waiting'`, /stays as it was/],
    ['DELETE FROM queue', /stays on record/],
    ['REPLACE INTO queue SELECT * FROM queue', /stays on record/],
    ['UPDATE protocol_records SET record = ?', /append-only/],
    ['DELETE FROM protocol_records', /append-only/],
    ['REPLACE INTO protocol_records SELECT * FROM protocol_records', /append-only/],
    ['REPLACE INTO chunks SELECT * FROM chunks', /never deleted|without a gap/],
    ['REPLACE INTO journal SELECT * FROM journal', /never deleted|goes on where/],
    ['REPLACE INTO parts SELECT * FROM parts', /never deleted|without a gap/],
    ['REPLACE INTO audit SELECT * FROM audit', /append-only/],
    [`REPLACE INTO events SELECT seq, run_id, utc_ms, level, kind, 'x' FROM events`, /never deleted/],
    // A second sample of a number that is taken, wherever it would lie.
    [
      'INSERT INTO chunks SELECT NULL, channel_id, 1, samples, times_id, epoch_id, crc, bytes FROM chunks',
      /without a gap/,
    ],
    ['INSERT INTO parts SELECT channel_id, 1, samples, bytes FROM parts', /without a gap/],
    ['INSERT INTO journal SELECT upto + 1000, samples, bytes FROM journal', /goes on where/],
  ])('%s', (sql, message) => {
    const before = contents()
    const statement = db.prepare(sql)
    expect(() =>
      sql.includes('?') ? statement.run(sql.includes('bytes') ? Buffer.of(1) : 'x') : statement.run(),
    ).toThrow(message)
    expect(contents()).toEqual(before)
  })

  it('a sample that leaves a gap, or takes the place of another', async () => {
    const block = (firstSeq: number) => ({ channelId: channel, firstSeq, utcMs: [1], monotonicMs: [1], value: [1] })
    for (const seq of [1, last, last + 2])
      await expect(store.appendSamples([block(seq)])).rejects.toThrow(`${last + 1} is next`)
    await store.appendSamples([block(last + 1)])
    let count = 0
    for await (const row of store.sampleRows(channel)) expect(row.seq).toBe(++count)
    expect(count).toBe(last + 1)
  })

  it('a value that isn’t a number', async () => {
    const before = contents()
    for (const value of [NaN, Infinity, -Infinity]) {
      const block = { channelId: channel, firstSeq: last + 2, utcMs: [0], monotonicMs: [0], value: [value] }
      await expect(store.appendSamples([block])).rejects.toThrow(/not a finite number/)
      await expect(store.appendSamples([{ ...block, value: [1], utcMs: [value] }])).rejects.toThrow(
        /not a finite number/,
      )
    }
    expect(contents()).toEqual(before)
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
    const verified = await verifyAfter((db) => {
      const row = db.prepare('SELECT id, bytes FROM chunks ORDER BY samples DESC LIMIT 1').get() as ChunkRow
      const block = createBlockCodec()
      const samples = block.decodeValues(row.bytes)
      samples.value[6] = samples.value[6]! * 1.01
      const bytes = block.encodeValues(samples)
      db.prepare('UPDATE chunks SET bytes = ?, crc = ? WHERE id = ?').run(bytes, checksum(samples.value), row.id)
    })
    expect(verified.code).toBe(1)
    expect(faults(verified)).toEqual([expect.stringContaining(`run ${runId}: `)])
  })

  it('a byte of a chunk, edited without its checksum', async () => {
    const verified = await verifyAfter((db) => {
      const row = db.prepare('SELECT id, bytes FROM chunks ORDER BY samples DESC LIMIT 1').get() as ChunkRow
      row.bytes[row.bytes.length - 1]! ^= 4
      db.prepare('UPDATE chunks SET bytes = ? WHERE id = ?').run(row.bytes, row.id)
    })
    expect(verified.code).toBe(1)
    expect(faults(verified).join()).toMatch(/checksum/)
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
