import type Database from 'better-sqlite3'
import { canonicalJson } from '../../base/canonicalJson.ts'
import { StationError } from '../../contract/errors.ts'
import type { Computed, CriterionResult, Run, RunEvent } from '../../contract/run.ts'
import type { Template } from '../../contract/template.ts'

export interface RunFileRow {
  name: string
  title: string
  sha256: string
  bytes: Uint8Array
}

/** The tables of runs: what was asked, what happened, what came out. */
export function createRunTables(db: Database.Database) {
  const add = (run: Run, template: Template): void =>
    void db
      .prepare('INSERT INTO runs (id, started_utc_ms, status, record, template) VALUES (?, ?, ?, ?, ?)')
      .run(run.id, run.startedUtcMs, run.status, JSON.stringify(run), canonicalJson(template))

  const save = (run: Run): void =>
    void db.prepare('UPDATE runs SET status = ?, record = ? WHERE id = ?').run(run.status, JSON.stringify(run), run.id)

  const get = (id: string): { run: Run; template: Template } => {
    const row = db.prepare('SELECT record, template FROM runs WHERE id = ?').get(id) as
      { record: string; template: string } | undefined
    if (!row) throw new StationError('run.notFound', { id })
    return { run: JSON.parse(row.record) as Run, template: JSON.parse(row.template) as Template }
  }

  const list = (limit: number): Run[] =>
    (
      db.prepare('SELECT record FROM runs ORDER BY started_utc_ms DESC, id DESC LIMIT ?').pluck().all(limit) as string[]
    ).map((record) => JSON.parse(record) as Run)

  const withStatus = (status: readonly string[]): Run[] =>
    (
      db
        .prepare(`SELECT record FROM runs WHERE status IN (${status.map(() => '?').join(',')})`)
        .pluck()
        .all(...status) as string[]
    ).map((record) => JSON.parse(record) as Run)

  const withoutPapers = (): Run[] =>
    (
      db
        .prepare(
          `SELECT record FROM runs WHERE status = 'completed'
           AND NOT EXISTS (SELECT 1 FROM files WHERE files.run_id = runs.id)`,
        )
        .pluck()
        .all() as string[]
    ).map((record) => JSON.parse(record) as Run)

  return {
    add,
    save,
    get,
    list,
    withStatus,
    withoutPapers,
    ...createEventTables(db),
    ...createResultTables(db),
    ...createFileTables(db),
  }
}

function createEventTables(db: Database.Database) {
  const addEvent = (event: Omit<RunEvent, 'seq'>): RunEvent => {
    const seq = (db.prepare('SELECT coalesce(max(seq), 0) + 1 FROM events').pluck().get() as number) || 1
    db.prepare(
      'INSERT INTO events (seq, run_id, utc_ms, level, kind, text) VALUES (@seq, @runId, @utcMs, @level, @kind, @text)',
    ).run({ ...event, seq })
    return { ...event, seq }
  }

  const events = (runId: string): RunEvent[] =>
    db
      .prepare(
        'SELECT seq, run_id AS runId, utc_ms AS utcMs, level, kind, text FROM events WHERE run_id = ? ORDER BY seq',
      )
      .all(runId) as RunEvent[]

  const stationEvents = (mostRecent: number): RunEvent[] =>
    db
      .prepare(
        `SELECT seq, run_id AS runId, utc_ms AS utcMs, level, kind, text FROM events WHERE run_id IS NULL
         ORDER BY seq DESC LIMIT ?`,
      )
      .all(mostRecent)
      .reverse() as RunEvent[]

  return { addEvent, events, stationEvents }
}

function createResultTables(db: Database.Database) {
  const addResult = (runId: string, result: Computed): void => {
    const position = db.prepare('SELECT count(*) FROM results WHERE run_id = ?').pluck().get(runId) as number
    db.prepare(
      'INSERT INTO results (run_id, position, name, method, version, value, lane) VALUES (?, ?, ?, ?, ?, ?, ?)',
    ).run(runId, position, result.name, result.method, result.version, canonicalJson(result.value), result.lane ?? null)
  }

  const results = (runId: string): Computed[] =>
    (
      db
        .prepare('SELECT name, method, version, value, lane FROM results WHERE run_id = ? ORDER BY position')
        .all(runId) as {
        name: string
        method: string
        version: string
        value: string
        lane: string | null
      }[]
    ).map(({ lane, ...row }) => ({
      ...row,
      value: JSON.parse(row.value) as unknown,
      ...(lane === null ? {} : { lane }),
    }))

  const addCriteria = (runId: string, criteria: readonly CriterionResult[]): void => {
    const insert = db.prepare('INSERT INTO criteria (run_id, position, result) VALUES (?, ?, ?)')
    criteria.forEach((each, position) => insert.run(runId, position, canonicalJson(each)))
  }

  const criteria = (runId: string): CriterionResult[] =>
    (db.prepare('SELECT result FROM criteria WHERE run_id = ? ORDER BY position').pluck().all(runId) as string[]).map(
      (row) => JSON.parse(row) as CriterionResult,
    )

  return { addResult, results, addCriteria, criteria }
}

function createFileTables(db: Database.Database) {
  /** A new revision of the issued files; earlier ones stay. */
  const addFiles = (runId: string, files: readonly RunFileRow[]): void => {
    const last = db
      .prepare('SELECT coalesce(max(revision), 0) FROM files WHERE run_id = ?')
      .pluck()
      .get(runId) as number
    const insert = db.prepare(
      'INSERT INTO files (run_id, revision, name, title, sha256, bytes) VALUES (?, ?, ?, ?, ?, ?)',
    )
    for (const file of files) insert.run(runId, last + 1, file.name, file.title, file.sha256, file.bytes)
  }

  const latest = '(SELECT max(revision) FROM files WHERE run_id = @runId)'
  const listFiles = (runId: string): { name: string; title: string; sha256: string; bytes: number }[] =>
    db
      .prepare(
        `SELECT name, title, sha256, length(bytes) AS bytes FROM files
         WHERE run_id = @runId AND revision = ${latest} ORDER BY rowid`,
      )
      .all({ runId }) as { name: string; title: string; sha256: string; bytes: number }[]

  const file = (runId: string, name: string): RunFileRow => {
    const row = db
      .prepare(
        `SELECT name, title, sha256, bytes FROM files WHERE run_id = @runId AND name = @name AND revision = ${latest}`,
      )
      .get({ runId, name }) as RunFileRow | undefined
    if (!row) throw new StationError('usage.notFound', { what: 'File', id: name })
    return row
  }
  /** The issued file behind this one, of every revision: whoever compares them all needn't hold them all. */
  const issuedFile = (runId: string, after: number): (RunFileRow & { revision: number; id: number }) | undefined =>
    db
      .prepare(
        `SELECT rowid AS id, revision, name, title, sha256, bytes FROM files
         WHERE run_id = ? AND rowid > ? ORDER BY rowid LIMIT 1`,
      )
      .get(runId, after) as (RunFileRow & { revision: number; id: number }) | undefined

  return { addFiles, listFiles, file, issuedFile }
}
