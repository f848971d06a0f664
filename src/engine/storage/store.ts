import type Database from 'better-sqlite3'
import type { Computed, CriterionResult, InstrumentConfig, Run, RunEvent } from '../../contract/run.ts'
import type { Channel, RecordedSweep, SampleBlock, SweepStart } from '../../contract/sample.ts'
import type { Template } from '../../contract/template.ts'
import { appendAudit, checkAudit, type AuditCheck, type AuditEntry, type AuditRow } from './audit.ts'
import { guarded, guardedRows } from './guard.ts'
import { createRunTables, type RunFileRow } from './runs.ts'
import { createSampleTables, type SampleRow } from './samples.ts'

export type { AuditCheck, AuditEntry, RunFileRow, SampleRow }

export interface StoreDeps {
  db: Database.Database
  path: string
  utcMs: () => number
}

/** Reads never change the database; a store opened read-only has only these. */
export function createReader(deps: StoreDeps) {
  const runs = createRunTables(deps.db)
  const samples = createSampleTables(deps.db)
  const read = <T>(work: () => T): Promise<T> => guarded(deps.path, work)
  return {
    listRuns: (limit: number) => read(() => runs.list(limit)),
    getRun: (id: string) => read(() => runs.get(id)),
    runsWithStatus: (status: readonly Run['status'][]) => read(() => runs.withStatus(status)),
    /** Completed runs that no paper was issued for. */
    runsWithoutPapers: () => read(() => runs.withoutPapers()),
    results: (runId: string): Promise<Computed[]> => read(() => runs.results(runId)),
    criteria: (runId: string): Promise<CriterionResult[]> => read(() => runs.criteria(runId)),
    events: (runId: string): Promise<RunEvent[]> => read(() => runs.events(runId)),
    channels: (runId: string): Promise<Channel[]> => read(() => samples.channels(runId)),
    sweeps: (runId: string): Promise<RecordedSweep[]> => read(() => samples.sweeps(runId)),
    /** Rows as they lie in the database, without reading all of them at once. */
    sampleRows: (channelId: number): Iterable<SampleRow> => guardedRows(deps.path, samples.rows(channelId)),
    listFiles: (runId: string) => read(() => runs.listFiles(runId)),
    file: (runId: string, name: string): Promise<RunFileRow> => read(() => runs.file(runId, name)),
    issuedFiles: (runId: string) => runs.allFiles(runId),
    setting: (name: string) =>
      read(() => deps.db.prepare('SELECT value FROM settings WHERE name = ?').pluck().get(name) as string | undefined),
    instruments: () =>
      read(() =>
        (deps.db.prepare('SELECT config FROM instruments ORDER BY id').pluck().all() as string[]).map(
          (config) => JSON.parse(config) as InstrumentConfig,
        ),
      ),
    checkAudit: (): Promise<AuditCheck> =>
      read(() => checkAudit(deps.db.prepare('SELECT * FROM audit ORDER BY seq').iterate() as Iterable<AuditRow>)),
    checkIntegrity: () => read(() => deps.db.pragma('integrity_check', { simple: true }) as string),
    auditRows: (subject: string) =>
      read(() => deps.db.prepare('SELECT * FROM audit WHERE subject = ? ORDER BY seq').all(subject) as AuditRow[]),
  }
}
export type Reader = ReturnType<typeof createReader>

/** Every write is one transaction; what an assessor may ask about has its audit row in the same one. */
export function createStore(deps: StoreDeps) {
  const { db } = deps
  const runs = createRunTables(db)
  const samples = createSampleTables(db)
  const write = <T>(work: () => T): Promise<T> => guarded(deps.path, () => db.transaction(work)())
  const audited = <T>(entry: AuditEntry, work: () => T): Promise<T> =>
    write(() => {
      const result = work()
      appendAudit(db, deps.utcMs(), entry)
      return result
    })

  return {
    ...createReader(deps),
    audit: (entry: AuditEntry) => write(() => void appendAudit(db, deps.utcMs(), entry)),
    addRun: (run: Run, template: Template, entry: AuditEntry) => audited(entry, () => runs.add(run, template)),
    saveRun: (run: Run, entry: AuditEntry) => audited(entry, () => runs.save(run)),
    enterStep: (step: Parameters<typeof runs.enterStep>[0]) => write(() => runs.enterStep(step)),
    endStep: (step: Parameters<typeof runs.endStep>[0]) => write(() => runs.endStep(step)),
    addEvent: (event: Omit<RunEvent, 'seq'>) => write(() => runs.addEvent(event)),
    addChannel: (channel: Omit<Channel, 'id'>) => write(() => samples.addChannel(channel)),
    appendSamples: (blocks: readonly SampleBlock[]) => write(() => blocks.forEach(samples.append)),
    addSweep: (sweep: SweepStart) => write(() => samples.addSweep(sweep)),
    /** Points of a running sweep: both channels and the sweep's count in one transaction. */
    appendSweepPoints: (at: { runId: string; position: number }, blocks: readonly SampleBlock[], limiting: number[]) =>
      write(() => {
        blocks.forEach(samples.append)
        samples.growSweep(at, { points: blocks[0]?.value.length ?? 0, limiting })
      }),
    completeSweep: (at: { runId: string; position: number }) => write(() => samples.completeSweep(at)),
    addResult: (runId: string, result: Computed, entry: AuditEntry) =>
      audited(entry, () => runs.addResult(runId, result)),
    finishRun: (run: Run, criteria: readonly CriterionResult[], entry: AuditEntry) =>
      audited(entry, () => {
        runs.addCriteria(run.id, criteria)
        runs.save(run)
      }),
    addFiles: (runId: string, files: readonly RunFileRow[], entry: AuditEntry) =>
      audited(entry, () => runs.addFiles(runId, files)),
    saveSetting: (name: string, value: string, entry: AuditEntry) =>
      audited(
        entry,
        () =>
          void db
            .prepare(
              'INSERT INTO settings (name, value) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value',
            )
            .run(name, value),
      ),
    saveInstrument: (config: InstrumentConfig, entry: AuditEntry) =>
      audited(
        entry,
        () =>
          void db
            .prepare(
              'INSERT INTO instruments (id, config) VALUES (?, ?) ON CONFLICT (id) DO UPDATE SET config = excluded.config',
            )
            .run(config.id, JSON.stringify(config)),
      ),
    removeInstrument: (id: string, entry: AuditEntry) =>
      audited(entry, () => void db.prepare('DELETE FROM instruments WHERE id = ?').run(id)),
  }
}
export type Store = ReturnType<typeof createStore>
