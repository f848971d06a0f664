import type Database from 'better-sqlite3'
import type { ExposureEntry } from '../../contract/run.ts'
import { createPrepared } from './prepared.ts'

/** A step as it was entered, with what it saved of its progress. */
export interface StepRow {
  ordinal: number
  path: string
  /** Which round of a repetition; 0 where there is none. */
  iteration: number
  kind: string
  enteredUtcMs: number
  endedUtcMs: number | null
  /** null while it goes on, or where the station ended in it. */
  outcome: string | null
  state: unknown
}

/** The journal of a run's steps: what a station that was killed finds when it starts again. */
export function createStepTables(db: Database.Database) {
  const prepare = createPrepared(db)
  const enterStep = (step: {
    runId: string
    ordinal: number
    path: string
    iteration?: number
    kind: string
    utcMs: number
  }): void =>
    void prepare(
      `INSERT INTO steps (run_id, ordinal, path, iteration, kind, entered_utc_ms)
         VALUES (@runId, @ordinal, @path, @iteration, @kind, @utcMs)`,
    ).run({ iteration: 0, ...step })

  const endStep = (step: { runId: string; ordinal: number; utcMs: number; outcome: string }): void =>
    void prepare(
      'UPDATE steps SET ended_utc_ms = @utcMs, outcome = @outcome WHERE run_id = @runId AND ordinal = @ordinal',
    ).run(step)

  const saveStepState = (step: { runId: string; ordinal: number; state: unknown }): void => {
    const { runId, ordinal, state } = step
    const info = prepare('UPDATE steps SET state = ? WHERE run_id = ? AND ordinal = ?').run(
      state === undefined ? null : JSON.stringify(state),
      runId,
      ordinal,
    )
    if (info.changes !== 1) throw new RangeError(`run ${runId} has no step ${ordinal} whose progress could be saved`)
  }

  const stepsOf = (runId: string): StepRow[] =>
    (
      prepare(
        `SELECT ordinal, path, iteration, kind, entered_utc_ms AS enteredUtcMs, ended_utc_ms AS endedUtcMs, outcome, state
           FROM steps WHERE run_id = ? ORDER BY ordinal`,
      ).all(runId) as (Omit<StepRow, 'state'> & { state: string | null })[]
    ).map((row) => ({ ...row, state: row.state === null ? null : (JSON.parse(row.state) as unknown) }))

  return { enterStep, endStep, saveStepState, stepsOf }
}

/** What a run was exposed to, stretch by stretch; and documents about it that change, such as its queue. */
export function createLedgerTables(db: Database.Database) {
  const prepare = createPrepared(db)
  const addExposure = (runId: string, entries: readonly ExposureEntry[]): void => {
    const insert = prepare(
      `INSERT INTO ledger (run_id, seq, exposure, lane, from_utc_ms, to_utc_ms, class, reason, amounts)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    )
    for (const { seq, exposure, lane, fromUtcMs, toUtcMs, class: kind, reason, ...amounts } of entries)
      insert.run(runId, seq, exposure, lane, fromUtcMs, toUtcMs, kind, reason, JSON.stringify(amounts))
  }

  type LedgerRow = Omit<ExposureEntry, 'durationMs' | 'amount'> & { amounts: string }
  const exposureOf = (runId: string): ExposureEntry[] =>
    (
      prepare(
        `SELECT seq, exposure, lane, from_utc_ms AS fromUtcMs, to_utc_ms AS toUtcMs, class, reason, amounts
           FROM ledger WHERE run_id = ? ORDER BY seq`,
      ).all(runId) as LedgerRow[]
    ).map(({ amounts, ...row }) => ({
      ...row,
      ...(JSON.parse(amounts) as Pick<ExposureEntry, 'durationMs' | 'amount'>),
    }))

  const saveDocument = (runId: string, name: string, document: unknown): void =>
    void prepare(
      `INSERT INTO run_documents (run_id, name, document) VALUES (?, ?, ?)
         ON CONFLICT (run_id, name) DO UPDATE SET document = excluded.document`,
    ).run(runId, name, JSON.stringify(document))

  /** undefined where there is none of this name. */
  const documentOf = (runId: string, name: string): unknown => {
    const found = prepare('SELECT document FROM run_documents WHERE run_id = ? AND name = ?')
      .pluck()
      .get(runId, name) as string | undefined
    return found === undefined ? undefined : (JSON.parse(found) as unknown)
  }
  return { addExposure, exposureOf, saveDocument, documentOf }
}
