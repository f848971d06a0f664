import { createHash, randomBytes } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import { afterAll, describe, expect, it } from 'vitest'
import { migrate, migrations, schemaVersion } from '../../src/engine/storage/migrate.ts'
import { openDatabase } from '../../src/engine/storage/open.ts'
import { projectFiles } from './sources.ts'

/** SHA-256 of the SQL of every released migration. A line is added with its release and never changed. */
const released: Readonly<Record<number, string>> = {
  10: 'a3439cd9c184ee9d02ee7194e885b3871ac9903f26d63ca82f7e0bfd3d41f4b0',
  20: '3b23d0139e675bc8d718acf47a4518dfd33b430d89c5aeef9ebd0a1df4a76aaa',
  30: 'b95eb8499355a809a70d7948a78f1ad7e910a6c2fd3be911da7b01f2542063d7',
  40: 'b1cb355a1e7e54e9db143c16d51e5ec045667e2ec8e6e1c50866b9f5b91f60fd',
  50: '02d832e125bd4f410ce9c1af7065766987c0d4948f35f6d71952e29e653e5415',
}

const folder = mkdtempSync(join(tmpdir(), 'pvtp-migrations-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const hashOf = (sql: string): string => createHash('sha256').update(sql).digest('hex')

const versionOf = (db: Database.Database): unknown => db.pragma('user_version', { simple: true })

/** Everything that a schema consists of, as the database itself keeps it. */
const schemaOf = (db: Database.Database): unknown[] =>
  db.prepare("SELECT type, name, sql FROM sqlite_master WHERE name NOT LIKE 'sqlite_%' ORDER BY name").all()

function freshSchema(): unknown[] {
  const db = new Database(':memory:')
  migrate(db)
  return schemaOf(db)
}

/** The same database, on which the write of the new version number fails: the last thing that a migration does. */
const failingAtTheEnd = (db: Database.Database): Database.Database =>
  new Proxy(db, {
    get: (target, name) => {
      if (name === 'pragma')
        return (text: string, options?: Database.PragmaOptions) => {
          if (text.includes('user_version =')) throw new Error('the power failed')
          return target.pragma(text, options)
        }
      const value = Reflect.get(target, name) as unknown
      return typeof value === 'function' ? (value as (...all: unknown[]) => unknown).bind(target) : value
    },
  })

describe('released migrations', () => {
  it('are what they were when they were released', () => {
    expect(Object.fromEntries(migrations.map(({ version, sql }) => [version, hashOf(sql)]))).toEqual(released)
  })

  it('have ascending numbers with gaps of ten, the number of their file', () => {
    const versions = migrations.map((each) => each.version)
    expect(versions).toEqual(versions.map((_, i) => 10 * (i + 1)))
    const files = projectFiles(['src/engine/storage/migrations']).map((path) =>
      Number(path.split('/').at(-1)?.slice(0, 4)),
    )
    expect(files).toEqual(versions)
  })
})

describe('a migration', () => {
  it('brings an empty database to this version’s schema, of STRICT tables only', () => {
    const db = new Database(':memory:')
    migrate(db)
    expect(versionOf(db)).toBe(schemaVersion)
    const tables = db.pragma('table_list') as { schema: string; name: string; type: string; strict: number }[]
    const own = tables.filter(
      (each) => each.schema === 'main' && each.type === 'table' && !each.name.startsWith('sqlite_'),
    )
    expect(own.length).toBeGreaterThan(5)
    expect(own.filter((each) => each.strict !== 1).map((each) => each.name)).toEqual([])
  })

  it('changes nothing in a database that has it already', () => {
    const db = new Database(':memory:')
    migrate(db)
    db.prepare('INSERT INTO settings (name, value) VALUES (?, ?)').run('laboratory', 'kept')
    migrate(db)
    expect(db.prepare('SELECT value FROM settings').pluck().all()).toEqual(['kept'])
    expect(schemaOf(db)).toEqual(freshSchema())
  })

  it('of which a later statement fails leaves the old database, and works once the cause is gone', () => {
    const db = new Database(':memory:')
    // The last table of the first migration is there already: everything before it is done when it fails.
    db.exec('CREATE TABLE files (anything TEXT)')
    const before = schemaOf(db)
    expect(() => migrate(db)).toThrow('files already exists')
    expect([versionOf(db), schemaOf(db), db.inTransaction]).toEqual([0, before, false])
    db.exec('DROP TABLE files')
    migrate(db)
    expect([versionOf(db), schemaOf(db)]).toEqual([schemaVersion, freshSchema()])
  })

  it('that ends before its number is written leaves the old database, never tables without the number', () => {
    const db = new Database(':memory:')
    expect(() => migrate(failingAtTheEnd(db))).toThrow('the power failed')
    expect([versionOf(db), schemaOf(db)]).toEqual([0, []])
    migrate(db)
    expect([versionOf(db), schemaOf(db)]).toEqual([schemaVersion, freshSchema()])
  })

  it('is refused, and nothing changed, where the database was made by a newer version', () => {
    const options = { path: join(folder, 'newer.db'), keyHex: randomBytes(32).toString('hex'), keyFile: 'newer.key' }
    const db = openDatabase(options)
    db.pragma(`user_version = ${schemaVersion + 10}`)
    db.exec('CREATE TABLE of_the_future (id INTEGER) STRICT')
    db.close()
    const before = readFileSync(options.path)
    const refusal = { code: 'storage.tooOld', context: { found: schemaVersion + 10, known: schemaVersion } }
    expect(() => openDatabase(options)).toThrow(expect.objectContaining(refusal))
    expect(() => openDatabase({ ...options, readonly: true })).toThrow(expect.objectContaining(refusal))
    expect(readFileSync(options.path).equals(before)).toBe(true)
  })
})
