import { eventIterator, oc } from '@orpc/contract'
import { z } from 'zod'
import { laboratorySchema } from './dossier.ts'
import { backFillCalls } from './backFillApi.ts'
import { disposeRequestSchema, runExposureSchema } from './exposure.ts'
import { importProfileSchema } from './importProfile.ts'
import { identitySchema, partSlotSchema, profileSchema, readingSchema } from './instrument.ts'
import { instrumentCalls, windowSchema } from './instrumentApi.ts'
import { reportModelSchema } from './report.ts'
import { runViewRequestSchema, runViewSchema } from './runView.ts'
import {
  computedSchema,
  criterionResultSchema,
  errorTextSchema,
  instrumentConfigSchema,
  moduleSchema,
  preflightLineSchema,
  recoveryDecisionSchema,
  recoveryReportSchema,
  runEventSchema,
  runLiveSchema,
  runSchema,
} from './run.ts'
import { channelSchema, recordedSweepSchema } from './sample.ts'
import {
  approvalSchema,
  approveProtocolSchema,
  protocolRecordSchema,
  refuseProtocolSchema,
  submitProtocolSchema,
} from './approval.ts'
import {
  editQueuedSchema,
  enqueueSchema,
  moveQueuedSchema,
  queueEntrySchema,
  removeQueuedSchema,
  startQueuedSchema,
} from './queue.ts'
import { startRequestSchema } from './startRequest.ts'
import { scalarSchema, templateSchema } from './template.ts'

/** Raised when a window and an engine that don't know each other's words could meet. */
export const apiVersion = 1

export const instrumentStateSchema = z.object({
  config: instrumentConfigSchema,
  driverTitle: z.string(),
  roles: z.array(z.string()),
  simulated: z.boolean(),
  /**
   * By the last good sample: connected while it is fresh, stale when some were due and none came, lost when the
   * instrument can't be reached. unknown: nobody asked yet.
   */
  health: z.enum(['unknown', 'connected', 'stale', 'lost']),
  identity: identitySchema.nullable(),
  /** When it last gave a good answer. */
  lastGoodUtcMs: z.number().nullable(),
  problem: errorTextSchema.nullable(),
  /** The run that has it, or `manual: NAME`. */
  lockedBy: z.string().nullable(),
  /** While it is lost: the next try to reach it. */
  reconnect: z.object({ attempt: z.number().int(), atUtcMs: z.number() }).nullable().optional(),
  /** The last values while no run has it. */
  readings: z.array(readingSchema).optional(),
  /** In somebody's hands, or left on by them. `leftUtcMs`: since when nobody at a window answers for it. */
  hand: z.object({ who: z.string(), leftUtcMs: z.number().nullable(), mayBeOn: z.boolean() }).nullable().optional(),
})
export type InstrumentState = z.infer<typeof instrumentStateSchema>

export const protocolSummarySchema = z.object({
  id: z.string(),
  version: z.string(),
  title: z.string(),
  purpose: z.string(),
  /** What it is at this station, by the signed records; the field in its file is only a claim. */
  approval: approvalSchema,
})
export type ProtocolSummary = z.infer<typeof protocolSummarySchema>

export const stationInfoSchema = z.object({
  apiVersion: z.number(),
  softwareVersion: z.string(),
  simulated: z.boolean(),
  laboratory: laboratorySchema,
  /** Protocol templates that were refused at the start, each with the reason; the others stay available. */
  refusedProtocols: z.array(errorTextSchema),
  /** The label of the simulated lab's module: offered so that a first run needs no typing. Null at a live station. */
  simulatedModule: z.object({ module: moduleSchema, parameters: z.record(z.string(), scalarSchema) }).nullable(),
})
export type StationInfo = z.infer<typeof stationInfoSchema>

export const importRequestSchema = z.strictObject({
  protocolId: z.string(),
  module: moduleSchema,
  operator: z.string().trim().min(1).max(80),
  parameters: z.record(z.string(), scalarSchema),
  fileName: z.string().min(1).max(255),
  text: z.string().max(64 * 1024 * 1024),
  /** How the file is read: a profile of the station by its name, or one of the request's own; by its header otherwise. */
  profile: z.union([z.string().min(1), importProfileSchema]).optional(),
})
export type ImportRequest = z.infer<typeof importRequestSchema>

export const runFileSchema = z.object({ name: z.string(), title: z.string(), bytes: z.number(), sha256: z.string() })
export type RunFile = z.infer<typeof runFileSchema>

export const runDetailSchema = z.object({
  run: runSchema,
  live: runLiveSchema.nullable(),
  sweeps: z.array(recordedSweepSchema),
  results: z.array(computedSchema),
  criteria: z.array(criterionResultSchema),
  events: z.array(runEventSchema),
  files: z.array(runFileSchema),
})
export type RunDetail = z.infer<typeof runDetailSchema>

export const sweepPointsSchema = z.object({
  runId: z.string(),
  sweepIndex: z.number().int(),
  direction: z.enum(['forward', 'reverse']).nullable(),
  /** Points of this sweep that came before these. */
  offset: z.number().int(),
  voltageV: z.array(z.number()),
  currentA: z.array(z.number()),
})
export type SweepPointsEvent = z.infer<typeof sweepPointsSchema>

/** What the engine tells every window, always after it was committed. */
export const stationEventSchema = z.discriminatedUnion('type', [
  z.object({ type: z.literal('run'), run: runSchema }),
  z.object({ type: z.literal('live'), live: runLiveSchema }),
  z.object({ type: z.literal('runEnded'), runId: z.string() }),
  z.object({ type: z.literal('sweepPoints'), points: sweepPointsSchema }),
  z.object({ type: z.literal('log'), event: runEventSchema }),
  z.object({
    type: z.literal('reading'),
    runId: z.string(),
    instrument: z.string(),
    readings: z.array(readingSchema),
    utcMs: z.number(),
  }),
  /** Values of an instrument that no run has. */
  z.object({
    type: z.literal('idleReading'),
    instrument: z.string(),
    utcMs: z.number(),
    readings: z.array(readingSchema),
    simulated: z.boolean(),
  }),
  z.object({ type: z.literal('instruments'), instruments: z.array(instrumentStateSchema) }),
  z.object({ type: z.literal('protocols'), protocols: z.array(protocolSummarySchema) }),
  z.object({ type: z.literal('queue'), queue: z.array(queueEntrySchema) }),
])
export type StationEvent = z.infer<typeof stationEventSchema>

export const snapshotSchema = z.object({
  info: stationInfoSchema,
  protocols: z.array(protocolSummarySchema),
  instruments: z.array(instrumentStateSchema),
  runs: z.array(runSchema),
  live: z.array(runLiveSchema),
  /** Runs that wait, in their order, and those that left the queue lately. */
  queue: z.array(queueEntrySchema),
})
export type Snapshot = z.infer<typeof snapshotSchema>

/** Every call may fail with a text that says what happened, what the station did and what to check. */
const call = oc.errors({ STATION: { status: 422, data: errorTextSchema } })
const runId = z.strictObject({ runId: z.string() })
const done = z.object({ ok: z.literal(true) })

/** The one contract between a window and the engine, over a MessagePort (Electron) or a WebSocket (serve). */
export const stationContract = {
  station: {
    hello: call.input(z.strictObject({ apiVersion: z.number() })).output(stationInfoSchema),
    snapshot: call.output(snapshotSchema),
    /** Starts with nothing: ask for the snapshot after subscribing. */
    events: call.input(z.strictObject({ window: windowSchema }).optional()).output(eventIterator(stationEventSchema)),
    /** The last that was written down beside the runs, oldest first. */
    log: call.output(z.array(runEventSchema)),
    saveLaboratory: call.input(laboratorySchema).output(stationInfoSchema),
  },
  protocols: {
    get: call.input(z.strictObject({ id: z.string() })).output(templateSchema),
    /** The protocols that one contains, with the names of the parameters that came with each. */
    parts: call
      .input(z.strictObject({ id: z.string() }))
      .output(z.array(z.object({ protocolId: z.string(), title: z.string(), parameters: z.array(z.string()) }))),
    /** Every signed act of its life at this station, the newest first. */
    history: call.input(z.strictObject({ id: z.string() })).output(z.array(protocolRecordSchema)),
    submit: call.input(submitProtocolSchema).output(protocolSummarySchema),
    /** By somebody else than who wrote and who submitted it. */
    approve: call.input(approveProtocolSchema).output(protocolSummarySchema),
    decline: call.input(refuseProtocolSchema).output(protocolSummarySchema),
    retire: call.input(refuseProtocolSchema).output(protocolSummarySchema),
  },
  /** Runs that begin when their instruments are free. */
  queue: {
    add: call.input(enqueueSchema).output(queueEntrySchema),
    /** Asks for it otherwise; it keeps its place. */
    edit: call.input(editQueuedSchema).output(queueEntrySchema),
    move: call.input(moveQueuedSchema).output(queueEntrySchema),
    remove: call.input(removeQueuedSchema).output(queueEntrySchema),
    /** A person starts it. Where it doesn't start, the entry says why. */
    start: call.input(startQueuedSchema).output(queueEntrySchema),
    /** Why it could never start with nobody there; null where it may, with an operator’s word. */
    mayStartAlone: call.input(startRequestSchema).output(z.object({ refused: z.string().nullable() })),
  },
  instruments: {
    drivers: call.output(z.array(profileSchema)),
    /** What a configuration has beside its link: a definition to start from (null: it has none), and places for parts. */
    forms: call.output(
      z.array(z.object({ driver: z.string(), example: z.unknown().nullable(), parts: z.array(partSlotSchema) })),
    ),
    save: call.input(instrumentConfigSchema).output(instrumentStateSchema),
    remove: call.input(z.strictObject({ id: z.string() })).output(done),
    identify: call.input(z.strictObject({ id: z.string() })).output(instrumentStateSchema),
    read: call.input(z.strictObject({ id: z.string() })).output(z.array(readingSchema)),
    ...instrumentCalls,
  },
  import: {
    profiles: {
      list: call.output(z.array(importProfileSchema)),
      /** Takes the place of the one with this name. Both give the profiles as they are then. */
      save: call
        .input(z.strictObject({ profile: importProfileSchema, who: z.string().trim().min(1).max(80) }))
        .output(z.array(importProfileSchema)),
      delete: call
        .input(z.strictObject({ name: z.string(), who: z.string().trim().min(1).max(80) }))
        .output(z.array(importProfileSchema)),
    },
  },
  backFill: backFillCalls,
  runs: {
    preflight: call.input(startRequestSchema).output(z.array(preflightLineSchema)),
    start: call.input(startRequestSchema).output(runSchema),
    importCurves: call.input(importRequestSchema).output(runSchema),
    /** @param emergency the run never goes on by itself afterwards */
    stop: call
      .input(z.strictObject({ runId: z.string(), who: z.string(), emergency: z.boolean().optional() }))
      .output(done),
    pause: call.input(z.strictObject({ runId: z.string(), who: z.string().min(1) })).output(done),
    resume: call.input(z.strictObject({ runId: z.string(), who: z.string().min(1) })).output(done),
    /** Takes one module out; the others go on. */
    removeLane: call
      .input(
        z.strictObject({
          runId: z.string(),
          lane: z.string(),
          who: z.string().min(1),
          reason: z.string().trim().min(1),
        }),
      )
      .output(done),
    /** Reads the instruments of an interrupted run, beside what was last recorded; commands nothing. */
    inspectRecovery: call.input(runId).output(recoveryReportSchema),
    recover: call
      .input(
        z.strictObject({
          runId: z.string(),
          decision: recoveryDecisionSchema,
          who: z.string().trim().min(1),
          reason: z.string().trim().min(1),
        }),
      )
      .output(runSchema),
    answer: call
      .input(z.strictObject({ runId: z.string(), promptId: z.string(), value: z.string(), who: z.string().min(1) }))
      .output(done),
    detail: call.input(runId).output(runDetailSchema),
    /** What a run has recorded so far: a chart asks for a view of some of them. */
    channels: call.input(runId).output(z.array(channelSchema)),
    /** Extremes of each pixel, the gaps and the log of a stretch of time, while the run goes on, too. */
    view: call.input(runViewRequestSchema).output(runViewSchema),
    report: call.input(runId).output(reportModelSchema),
    /** The exposure ledger, added up; what was not credited, and what was decided about it. */
    exposure: call.input(runId).output(runExposureSchema),
    /** Decides about a stretch that was not credited, before the run is signed; the papers are made again. */
    dispose: call.input(disposeRequestSchema).output(runExposureSchema),
    sign: call
      .input(z.strictObject({ runId: z.string(), name: z.string().trim().min(1), meaning: z.string().trim().min(1) }))
      .output(runSchema),
  },
}
