import type { SampleBatch, SampleBlock, SampleRequest } from '../../contract/sample.ts'
import type { AuditCheck, AuditEntry, AuditRow } from './audit.ts'
import { toError } from './failure.ts'
import type { ReadOperations, WriteOperations } from './operations.ts'
import type { StoragePort } from './port.ts'
import type { RunFileRow } from './runs.ts'
import { toBatch } from './samples/batch.ts'

export type { AuditCheck, AuditEntry, AuditRow, RunFileRow }

export interface SampleRow {
  seq: number
  /** Station time: see SamplePage. */
  time_ms: number
  utc_ms: number
  monotonic_ms: number
  value: number | null
  missing: string | null
}

export interface StoreDeps {
  port: StoragePort
  utcMs: () => number
  /** Around whatever waits for the database's thread: see Clock.outside. */
  outside?: <T>(work: Promise<T>) => Promise<T>
}

/** The same operations, seen from another thread: each answer is a promise. */
type Remote<Operations> = {
  [Name in keyof Operations]: Operations[Name] extends (...args: infer Args) => infer Result
    ? (...args: Args) => Promise<Result>
    : never
}

function createRemote<Operations extends object>(
  deps: StoreDeps,
  direction: 'read' | 'write',
): <Name extends keyof Operations & string>(name: Name) => Remote<Operations>[Name] {
  const outside = deps.outside ?? ((work) => work)
  return ((name: string) =>
    async (...args: unknown[]) => {
      const reply = await outside(deps.port[direction]({ name, args, utcMs: deps.utcMs() }))
      if (!reply.ok) throw toError(reply.failure)
      return reply.value
    }) as <Name extends keyof Operations & string>(name: Name) => Remote<Operations>[Name]
}

/** Reads never change the database; a store opened read-only has only these. */
export function createReader(deps: StoreDeps) {
  const remote = createRemote<ReadOperations>(deps, 'read')
  const samples = remote('samples')
  const issuedFile = remote('issuedFile')
  return {
    listRuns: remote('listRuns'),
    getRun: remote('getRun'),
    runsWithStatus: remote('runsWithStatus'),
    /** Completed runs that no paper was issued for. */
    runsWithoutPapers: remote('runsWithoutPapers'),
    results: remote('results'),
    criteria: remote('criteria'),
    events: remote('events'),
    /** The last of those that belong to no run, oldest first. */
    stationEvents: remote('stationEvents'),
    channels: remote('channels'),
    /** Where each channel of a run ended. */
    channelEnds: remote('channelEnds'),
    sweeps: remote('sweeps'),
    /** The number of the next sample of each channel of a run. */
    nextSeqs: remote('nextSeqs'),
    /** The journal of a run's steps, with what each saved of its progress. */
    stepsOf: remote('stepsOf'),
    exposureOf: remote('exposureOf'),
    /** undefined where the run has no document of this name. */
    documentOf: remote('documentOf'),
    /** A page of the raw bytes of an instrument's link, where somebody had them recorded. */
    trace: remote('trace'),
    /** A page of one channel's samples as columns, the live tail included. */
    samples,
    /** What a chart shows of some channels: extremes of each pixel, gaps and the log, the live tail included. */
    view: remote('view'),
    /** Samples of a channel one by one, read page by page. */
    sampleRows: (wanted: number | SampleRequest): AsyncIterable<SampleRow> =>
      rowsOf(samples, typeof wanted === 'number' ? { channelId: wanted } : wanted),
    listFiles: remote('listFiles'),
    file: remote('file'),
    /** Every issued file of every revision, one at a time. */
    issuedFiles: async function* (runId: string): AsyncGenerator<RunFileRow & { revision: number }> {
      for (let after = 0; ;) {
        const found = await issuedFile(runId, after)
        if (!found) return
        after = found.id
        yield found
      }
    },
    /** What the database takes on the disk, and what its samples took lately. */
    size: remote('size'),
    setting: remote('setting'),
    instruments: remote('instruments'),
    /** Every signed act in the life of the protocols, in their order. */
    protocolRecords: remote('protocolRecords'),
    /** Queued runs that are still to come, in their order. */
    queueOpen: remote('queueOpen'),
    /** The last that left the queue, newest first. */
    queueLeft: remote('queueLeft'),
    checkAudit: remote('checkAudit'),
    checkIntegrity: remote('checkIntegrity'),
    auditRows: remote('auditRows'),
  }
}
export type Reader = ReturnType<typeof createReader>

async function* rowsOf(samples: Reader['samples'], request: SampleRequest): AsyncGenerator<SampleRow> {
  for (let fromSeq: number | null = request.fromSeq ?? 1; fromSeq !== null;) {
    const page = await samples({ ...request, fromSeq })
    const reasons = new Map(page.missing.map(({ at, reason }) => [at, reason]))
    for (let i = 0; i < page.seq.length; i++) {
      const missing = reasons.get(i) ?? null
      yield {
        seq: page.seq[i]!,
        time_ms: page.timeMs[i]!,
        utc_ms: page.utcMs[i]!,
        monotonic_ms: page.monotonicMs[i]!,
        value: missing === null ? page.value[i]! : null,
        missing,
      }
    }
    fromSeq = page.nextSeq
  }
}

/** Every write is one transaction, on the disk when it resolves; what an assessor may ask about has its audit row in it. */
export function createStore(deps: StoreDeps) {
  const remote = createRemote<WriteOperations>(deps, 'write')
  const appendBatch = remote('appendBatch')
  const appendSweepPoints = remote('appendSweepPoints')
  return {
    ...createReader(deps),
    audit: remote('audit'),
    addRun: remote('addRun'),
    saveRun: remote('saveRun'),
    finishRun: remote('finishRun'),
    enterStep: remote('enterStep'),
    endStep: remote('endStep'),
    saveStepState: remote('saveStepState'),
    addExposure: remote('addExposure'),
    saveDocument: remote('saveDocument'),
    appendTrace: remote('appendTrace'),
    releaseTrace: remote('releaseTrace'),
    addEvent: remote('addEvent'),
    addResult: remote('addResult'),
    addFiles: remote('addFiles'),
    addChannel: remote('addChannel'),
    /** Many samples of many channels in one call; the columns are the caller's again when it resolves. */
    appendBatch: (batch: SampleBatch): Promise<void> => appendBatch(batch),
    appendSamples: (blocks: readonly SampleBlock[]): Promise<void> => appendBatch(toBatch(blocks)),
    addSweep: remote('addSweep'),
    appendSweepPoints: (
      at: { runId: string; position: number },
      blocks: readonly SampleBlock[],
      limiting: readonly number[],
    ): Promise<void> => appendSweepPoints(at, toBatch(blocks), limiting),
    completeSweep: remote('completeSweep'),
    saveSetting: remote('saveSetting'),
    saveInstrument: remote('saveInstrument'),
    removeInstrument: remote('removeInstrument'),
    saveQueue: remote('saveQueue'),
    addProtocolRecord: remote('addProtocolRecord'),
    /** Ends the connection when everything asked for is done. */
    close: (): Promise<void> => deps.port.close(),
  }
}
export type Store = ReturnType<typeof createStore>
