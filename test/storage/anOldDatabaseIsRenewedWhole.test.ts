import { createHash } from 'node:crypto'
import { copyFileSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type Database from 'better-sqlite3'
import { describe, expect, it } from 'vitest'
import type { Channel } from '../../src/contract/sample.ts'
import { verifyDatabase } from '../../src/engine/verify.ts'
import { migrate, schemaVersion } from '../../src/engine/storage/migrate.ts'
import { openDatabase } from '../../src/engine/storage/open.ts'
import { createLocalPort } from '../../src/engine/storage/port.ts'
import { createStore, type Store } from '../../src/engine/storage/store.ts'
import { root, temporaryFolder } from '../support/cli.ts'

interface Expected {
  keyHex: string
  audit: { rows: number; head: string }
  runs: {
    id: string
    status: string
    verdict: string | null
    channels: { channel: Channel; samples: number; sha256: string }[]
    sweeps: number
    sweepsSha256: string
    resultsSha256: string
    criteriaSha256: string
    eventsSha256: string
    files: { name: string; sha256: string }[]
  }[]
}

const old = join(root, 'test', 'storage', 'old')
/**
 * Made by the released version of that schema: a measured run, an imported one, and one that a power cut ended in its
 * midst, with missing values, awkward numbers and a clock that was set back.
 */
const expected = JSON.parse(readFileSync(join(old, 'version10.json'), 'utf8')) as Expected

function copyOld(): string {
  const path = join(temporaryFolder(), 'station.db')
  copyFileSync(join(old, 'version10.db'), path)
  return path
}

const optionsFor = (path: string) => ({ path, keyHex: expected.keyHex, keyFile: 'in the test' })

const sha = (value: unknown): string => createHash('sha256').update(JSON.stringify(value)).digest('hex')

/** As the old version read them: every sample with all that it says of itself, to the bit. */
async function digestOf(store: Store, channelId: number) {
  const hash = createHash('sha256')
  const bits = Buffer.alloc(8)
  let samples = 0
  for await (const row of store.sampleRows(channelId)) {
    samples++
    hash.update(`${row.seq} ${row.utc_ms} ${row.monotonic_ms} ${row.missing} `)
    if (row.value === null) continue
    bits.writeDoubleLE(row.value)
    hash.update(bits)
  }
  return { samples, sha256: hash.digest('hex') }
}

async function describeAll(store: Store): Promise<Omit<Expected, 'keyHex'>> {
  const runs = []
  for (const run of await store.listRuns(10)) {
    const channels = []
    for (const channel of await store.channels(run.id))
      channels.push({ channel, ...(await digestOf(store, channel.id)) })
    const sweeps = await store.sweeps(run.id)
    runs.push({
      channels,
      sweeps: sweeps.length,
      sweepsSha256: sha(sweeps),
      resultsSha256: sha(await store.results(run.id)),
      criteriaSha256: sha(await store.criteria(run.id)),
      eventsSha256: sha(await store.events(run.id)),
      files: await store.listFiles(run.id),
      id: run.id,
      status: run.status,
      verdict: run.verdict,
    })
  }
  const { rows, head } = await store.checkAudit()
  return { audit: { rows, head }, runs }
}

describe('a database of version 10', () => {
  it('has all samples, sweeps, results, papers and its audit trail after it was renewed, bit for bit', async () => {
    const path = copyOld()
    const db = openDatabase(optionsFor(path))
    const store = createStore({ port: createLocalPort({ db, path }), utcMs: () => 0 })
    expect(db.pragma('user_version', { simple: true })).toBe(schemaVersion)
    expect(await describeAll(store)).toEqual({ audit: expected.audit, runs: expected.runs })
    // And the numbers of the runs can still be computed again from them, and match the seals in the trail.
    const checks = await verifyDatabase(store)
    expect(checks.filter((check) => !check.ok)).toEqual([])
    expect(checks.length).toBe(4)
    db.close()
  })

  it('goes on: the interrupted run’s channels take the next number', async () => {
    const path = copyOld()
    const db = openDatabase(optionsFor(path))
    const store = createStore({ port: createLocalPort({ db, path }), utcMs: () => 0 })
    const cut = expected.runs.find((run) => run.id === 'run-cut')!
    expect(await store.nextSeqs('run-cut')).toEqual(
      cut.channels.map(({ channel, samples }) => ({ channelId: channel.id, nextSeq: samples + 1 })),
    )
    const { channel, samples } = cut.channels[0]!
    await store.appendSamples([
      { channelId: channel.id, firstSeq: samples + 1, utcMs: [9e12], monotonicMs: [1], value: [20] },
    ])
    expect((await digestOf(store, channel.id)).samples).toBe(samples + 1)
    db.close()
  })

  it('is left as it was where its renewal fails at any statement, and can be renewed afterwards', async () => {
    const path = copyOld()
    let statements = 0
    renewFailingAt(path, Infinity, () => statements++)
    expect(statements).toBeGreaterThan(40)
    for (let at = 1; at <= statements; at += 3) {
      const copy = copyOld()
      expect(() => renewFailingAt(copy, at, () => undefined)).toThrow('the power failed')
      const db = openOld(copy)
      // One migration a transaction: old or new, or the new one before; never a table too many.
      const version = db.pragma('user_version', { simple: true }) as number
      const tables = db.prepare(`SELECT name FROM sqlite_master WHERE type = 'table'`).pluck().all() as string[]
      expect([tables.includes('samples'), tables.includes('chunks')]).toEqual([version === 10, version > 10])
      expect(tables.includes('ledger')).toBe(version >= 30)
      expect([tables.includes('queue'), tables.includes('protocol_records')]).toEqual([version >= 50, version >= 50])
      db.close()
    }
    const db = openDatabase(optionsFor(path))
    const store = createStore({ port: createLocalPort({ db, path }), utcMs: () => 0 })
    expect(await describeAll(store)).toEqual({ audit: expected.audit, runs: expected.runs })
    db.close()
  })

  it('of which a sample is gone is refused, not renumbered', () => {
    const path = copyOld()
    const db = openOld(path)
    db.exec('DROP TRIGGER samples_are_kept')
    const { channel } = expected.runs.find((run) => run.id === 'run-cut')!.channels[0]!
    db.prepare('DELETE FROM samples WHERE seq = 100 AND channel_id = ?').run(channel.id)
    db.close()
    expect(() => openDatabase(optionsFor(path))).toThrow(/sample 100 is next, not 101/)
  })
})

/** The file as it is, without renewing it. */
function openOld(path: string): Database.Database {
  const db = openDatabase({ ...optionsFor(path), renew: false })
  return db
}

/** Renews it, and fails in place of the statement of that number. */
function renewFailingAt(path: string, at: number, count: () => void): void {
  const db = openOld(path)
  let done = 0
  const step = (): void => {
    count()
    if (++done === at) throw new Error('the power failed')
  }
  const failing = new Proxy(db, {
    get: (target, name) => {
      if (name === 'exec')
        return (sql: string) => {
          // Each statement of a migration on its own; the body of a trigger belongs to it.
          for (const each of sql.split(/;\s*\n(?=CREATE|ALTER|INSERT|DROP|\s*$)/)) {
            if (each.trim() === '') continue
            step()
            target.exec(each)
          }
          return target
        }
      if (name === 'prepare')
        return (sql: string) => {
          const statement = target.prepare(sql)
          return new Proxy(statement, {
            get: (inner, key) => {
              const value = Reflect.get(inner, key) as unknown
              if (typeof value !== 'function') return value
              return (...args: unknown[]) => {
                if (key === 'run') step()
                return (value as (...all: unknown[]) => unknown).apply(inner, args)
              }
            },
          })
        }
      const value = Reflect.get(target, name) as unknown
      return typeof value === 'function' ? (value as (...all: unknown[]) => unknown).bind(target) : value
    },
  })
  try {
    migrate(failing)
  } finally {
    db.close()
  }
}
