import type Database from 'better-sqlite3'
import type { QueueEntry } from '../../contract/queue.ts'
import type { Computed, CriterionResult, InstrumentConfig, Run, RunEvent } from '../../contract/run.ts'
import type { Channel, SampleBatch, SweepStart } from '../../contract/sample.ts'
import type { Template } from '../../contract/template.ts'
import { appendAudit, checkAudit, type AuditEntry, type AuditRow } from './audit.ts'
import { createBlockCodec } from './codec/block.ts'
import { createLedgerTables, createStepTables } from './journalTables.ts'
import { createLinkTrace, type LinkFrame } from './linkTrace.ts'
import { createProtocolRecords, type SignedProtocolRecord } from './protocolRecords.ts'
import { createQueueTable } from './queueTable.ts'
import { createRunTables, type RunFileRow } from './runs.ts'
import { toStretches } from './samples/batch.ts'
import { createChannelReader, createChannelWriter } from './samples/channels.ts'
import { createJournalCodec } from './samples/journal.ts'
import { createEndReader } from './samples/ends.ts'
import { createRangeReader } from './samples/range.ts'
import { createSweepReader, createSweepWriter, type SweepAt } from './samples/sweeps.ts'
import { createViewReader } from './samples/view.ts'
import type { SampleWriter } from './samples/write.ts'
import { createSizeReader } from './size.ts'

/** Everything that can be asked of the database. Each is one transaction, in which nobody else's write is seen half. */
export function createReadOperations(db: Database.Database) {
  const runs = createRunTables(db)
  const steps = createStepTables(db)
  const ledger = createLedgerTables(db)
  const queue = createQueueTable(db)
  const channels = createChannelReader(db)
  const block = createBlockCodec()
  const reader = createRangeReader(db, { block, journal: createJournalCodec(block) })
  return {
    listRuns: runs.list,
    getRun: runs.get,
    runsWithStatus: runs.withStatus,
    runsWithoutPapers: runs.withoutPapers,
    results: runs.results,
    criteria: runs.criteria,
    events: runs.events,
    stationEvents: runs.stationEvents,
    listFiles: runs.listFiles,
    file: runs.file,
    issuedFile: runs.issuedFile,
    stepsOf: steps.stepsOf,
    exposureOf: ledger.exposureOf,
    documentOf: ledger.documentOf,
    trace: createLinkTrace(db).trace,
    channels,
    sweeps: createSweepReader(db, { reader, channels }),
    samples: reader.range,
    channelEnds: createEndReader(reader, channels),
    view: createViewReader(db, { reader, block }),
    nextSeqs: (runId: string) => channels(runId).map(({ id }) => ({ channelId: id, nextSeq: reader.nextSeq(id) })),
    ...createSettingReads(db),
    protocolRecords: createProtocolRecords(db).all,
    queueOpen: queue.open,
    queueLeft: queue.left,
    checkAudit: () => checkAudit(db.prepare('SELECT * FROM audit ORDER BY seq').iterate() as Iterable<AuditRow>),
    auditRows: (subject: string) =>
      db.prepare('SELECT * FROM audit WHERE subject = ? ORDER BY seq').all(subject) as AuditRow[],
    size: createSizeReader(db),
    checkIntegrity: () => db.pragma('integrity_check', { simple: true }) as string,
  }
}
export type ReadOperations = ReturnType<typeof createReadOperations>

const createSettingReads = (db: Database.Database) => ({
  setting: (name: string) =>
    db.prepare('SELECT value FROM settings WHERE name = ?').pluck().get(name) as string | undefined,
  instruments: () =>
    (db.prepare('SELECT config FROM instruments ORDER BY id').pluck().all() as string[]).map(
      (config) => JSON.parse(config) as InstrumentConfig,
    ),
})

export interface WriteDeps {
  db: Database.Database
  samples: SampleWriter
  /** When the call was made that is being carried out. */
  utcMs: () => number
}

/** Returns the number of the row. */
type Audit = (entry: AuditEntry) => number

/** Everything that changes the database. What an assessor may ask about has its audit row in the same transaction. */
export function createWriteOperations(deps: WriteDeps) {
  const { db } = deps
  const runs = createRunTables(db)
  const audit: Audit = (entry) => appendAudit(db, deps.utcMs(), entry)
  return {
    audit: (entry: AuditEntry): void => void audit(entry),
    addRun: (run: Run, template: Template, entry: AuditEntry): void => {
      runs.add(run, template)
      audit(entry)
    },
    saveRun: (run: Run, entry: AuditEntry): void => {
      runs.save(run)
      audit(entry)
    },
    finishRun: (run: Run, criteria: readonly CriterionResult[], entry: AuditEntry): void => {
      runs.addCriteria(run.id, criteria)
      runs.save(run)
      audit(entry)
      deps.samples.sealRun(run.id)
    },
    ...createProgressWrites(deps, audit),
    addEvent: (event: Omit<RunEvent, 'seq'>): RunEvent => runs.addEvent(event),
    addResult: (runId: string, result: Computed, entry: AuditEntry): void => {
      runs.addResult(runId, result)
      audit(entry)
    },
    addFiles: (runId: string, files: readonly RunFileRow[], entry: AuditEntry): void => {
      runs.addFiles(runId, files)
      audit(entry)
    },
    ...createSampleWrites(deps),
    ...createSettingWrites(db, audit),
    /** Each entry that changed, with what was done; null where only what it waits for is another. */
    saveQueue: (entries: readonly QueueEntry[], entry: AuditEntry | null): void => {
      createQueueTable(db).save(entries)
      if (entry) audit(entry)
    },
    addProtocolRecord: (signed: SignedProtocolRecord, entry: AuditEntry): void => {
      createProtocolRecords(db).add(signed)
      audit(entry)
    },
  }
}
export type WriteOperations = ReturnType<typeof createWriteOperations>

/** How far a run is, and what went over its wires. */
function createProgressWrites({ db }: WriteDeps, audit: Audit) {
  const { enterStep, endStep, saveStepState } = createStepTables(db)
  const { addExposure, saveDocument } = createLedgerTables(db)
  const { appendTrace, releaseTrace } = createLinkTrace(db)
  return {
    enterStep,
    endStep,
    saveStepState,
    addExposure,
    saveDocument: (at: { runId: string; name: string }, document: unknown, entry: AuditEntry): void => {
      saveDocument(at.runId, at.name, document)
      audit(entry)
    },
    appendTrace: (at: { runId: string | null; instrumentId: string }, frames: readonly LinkFrame[]): void =>
      appendTrace(at, frames),
    /** Returns how many rows went. */
    releaseTrace: (beforeUtcMs: number, entry: AuditEntry): number => releaseTrace(beforeUtcMs, audit(entry)),
  }
}

function createSampleWrites({ db, samples }: WriteDeps) {
  const sweeps = createSweepWriter(db, samples.nextSeq)
  const append = (batch: SampleBatch): void => toStretches(batch).forEach(samples.append)
  const insertChannel = createChannelWriter(db)
  return {
    addChannel: (channel: Omit<Channel, 'id'>): number => insertChannel(channel),
    appendBatch: append,
    addSweep: (sweep: SweepStart): void => sweeps.add(sweep),
    /** Points of a running sweep: both channels and the sweep's count in one transaction. */
    appendSweepPoints: (at: SweepAt, batch: SampleBatch, limiting: readonly number[]): void => {
      append(batch)
      sweeps.grow(at, { points: batch.stretches[0]?.count ?? 0, limiting })
    },
    completeSweep: (at: SweepAt): void => sweeps.complete(at),
  }
}

const createSettingWrites = (db: Database.Database, audit: Audit) => ({
  saveSetting: (name: string, value: string, entry: AuditEntry): void => {
    db.prepare(
      'INSERT INTO settings (name, value) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value',
    ).run(name, value)
    audit(entry)
  },
  saveInstrument: (config: InstrumentConfig, entry: AuditEntry): void => {
    db.prepare(
      'INSERT INTO instruments (id, config) VALUES (?, ?) ON CONFLICT (id) DO UPDATE SET config = excluded.config',
    ).run(config.id, JSON.stringify(config))
    audit(entry)
  },
  removeInstrument: (id: string, entry: AuditEntry): void => {
    db.prepare('DELETE FROM instruments WHERE id = ?').run(id)
    audit(entry)
  },
})
