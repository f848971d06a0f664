import { z } from 'zod'
import { calibrationExceptionSchema, calibrationSchema, foundCalibrationSchema } from './calibration.ts'
import { approvalSchema } from './approval.ts'
import { identitySchema, programStatusSchema, roleSchema } from './instrument.ts'
import { provenanceSchema } from './provenance.ts'
import { confidenceSchema, recoveryRuleSchema, scalarSchema } from './template.ts'

export const verdictSchema = z.enum(['pass', 'marginal', 'fail', 'inconclusive', 'notMeasured', 'error'])
export type Verdict = z.infer<typeof verdictSchema>

export const runStatusSchema = z.enum([
  'running',
  'paused',
  'stopping',
  'completed',
  'stopped',
  'aborted',
  'interrupted',
  'closed',
])
export type RunStatus = z.infer<typeof runStatusSchema>

export const errorTextSchema = z.object({ code: z.string(), happened: z.string(), did: z.string(), check: z.string() })

/** An instrument as the station's list has it. */
export const instrumentConfigSchema = z.strictObject({
  id: z.string(),
  name: z.string().min(1),
  driver: z.string(),
  link: z.string(),
  deviations: z.array(z.string()).default([]),
  calibration: calibrationSchema.nullable(),
  /** What the lab wrote down about an instrument whose driver is made for any such; the driver checks it. */
  definition: z.unknown().optional(),
  /** Of an instrument made of others: their ids, by slot. Its own link is `parts:`. */
  parts: z.record(z.string(), z.array(z.string())).optional(),
  /** Where it belongs: the test station, and its place there, such as `chamber 1` and `lane A`. */
  group: z.strictObject({ station: z.string().min(1).max(80), slot: z.string().max(80).default('') }).optional(),
  /** How often its values are read while no run has it; the station's own pace unless given. */
  pollMs: z.number().int().min(50).max(3_600_000).optional(),
  /** False: it is asked only when somebody wants something of it. */
  keepConnected: z.boolean().optional(),
})
export type InstrumentConfig = z.infer<typeof instrumentConfigSchema>

/** What is frozen into a run of each instrument in it. */
const usedDeviceSchema = z.object({
  instrumentId: z.string(),
  name: z.string(),
  driver: z.string(),
  link: z.string(),
  identity: identitySchema,
  calibration: calibrationSchema.nullable(),
  /** What was wrong with its calibration when the run began, and why it was used all the same. */
  calibrationException: calibrationExceptionSchema.optional(),
})

/** An instrument as it was used: frozen into the run. */
export const usedInstrumentSchema = usedDeviceSchema.extend({
  roleName: z.string(),
  role: roleSchema,
  /** What measured or supplied in truth, where the instrument is made of others. */
  parts: z.array(usedDeviceSchema.extend({ slot: z.string() })).optional(),
})
export type UsedInstrument = z.infer<typeof usedInstrumentSchema>

/** The thing tested, with what its label says. */
export const moduleSchema = z.strictObject({
  id: z.string().trim().min(1).max(80),
  maker: z.string().max(120).default(''),
  model: z.string().max(120).default(''),
})
export type TestedModule = z.infer<typeof moduleSchema>

export const criterionResultSchema = z.object({
  id: z.string(),
  title: z.string(),
  kind: z.enum(['validity', 'acceptance']),
  value: z.number().nullable(),
  unit: z.string(),
  decimals: z.number(),
  minimum: z.number().nullable(),
  maximum: z.number().nullable(),
  outcome: z.enum(['pass', 'fail', 'notMeasured', 'error']),
  reason: z.string().nullable(),
  clause: z.string(),
  mark: confidenceSchema,
  /** The lane whose module is judged; of a run of one module there is none. */
  lane: z.string().optional(),
})
export type CriterionResult = z.infer<typeof criterionResultSchema>

export const computedSchema = z.object({
  name: z.string(),
  method: z.string(),
  version: z.string(),
  value: z.unknown(),
  lane: z.string().optional(),
})
export type Computed = z.infer<typeof computedSchema>

export const signatureSchema = z.object({
  name: z.string(),
  meaning: z.string(),
  utcMs: z.number(),
  /** SHA-256 of what was signed: the run's data seal. */
  dataSha256: z.string(),
  /** SHA-256 of the canonical JSON of the dispositions that stood then; where there were any. */
  dispositionsSha256: z.string().optional(),
  /** The same of what was filled in from controllers' logs. */
  backFillsSha256: z.string().optional(),
})
export type Signature = z.infer<typeof signatureSchema>

export const promptSchema = z.object({
  id: z.string(),
  stepId: z.string(),
  title: z.string(),
  text: z.string(),
  answer: z.enum(['confirm', 'text', 'number', 'photo', 'scan', 'checklist']),
  /** A picture that shows what to do, as a data URL. */
  picture: z.string().nullable().optional(),
  lane: z.string().nullable().optional(),
  items: z.array(z.object({ id: z.string(), title: z.string() })).optional(),
  askedUtcMs: z.number(),
  dueUtcMs: z.number().nullable(),
})
export type Prompt = z.infer<typeof promptSchema>

/** One module of a run of several. */
export const laneSchema = z.object({
  /** `A`, `B`, … in the order of the request. */
  id: z.string(),
  module: moduleSchema,
  /** Parameters that differ from the run's, such as the label's values. */
  parameters: z.record(z.string(), scalarSchema),
  /** in: being tested. removed: taken out by a person. stopped: ended by a guard or a fault. done: went through. */
  state: z.enum(['in', 'removed', 'stopped', 'done']),
  reason: z.string().nullable(),
  verdict: verdictSchema.nullable(),
  verdictReasons: z.array(z.string()),
})
export type Lane = z.infer<typeof laneSchema>

export const exposureClassSchema = z.enum(['credited', 'outOfTolerance', 'unknown', 'blind'])
export type ExposureClass = z.infer<typeof exposureClassSchema>

/** A stretch of time and what it counts for. */
export const exposureEntrySchema = z.object({
  exposure: z.string(),
  lane: z.string().nullable(),
  /** The step in which it was spent; null for the time in which the station was off. */
  step: z.string().nullable(),
  /** 1, 2, 3 … within the run. */
  seq: z.number().int(),
  fromUtcMs: z.number(),
  toUtcMs: z.number(),
  /** credited, out of tolerance, unknown (no data), or blind: the controller ran but the PC didn't see it. */
  class: exposureClassSchema,
  durationMs: z.number(),
  /** Integral or cycles in the exposure's unit; hours for time. What isn't credited has it too, for information. */
  amount: z.number(),
  reason: z.string().nullable(),
})
export type ExposureEntry = z.infer<typeof exposureEntrySchema>

/** What was decided about a stretch that isn't credited, and by whom. */
export const dispositionSchema = z.object({
  seq: z.number().int(),
  proposal: z.enum(['none', 'extend', 'accept', 'restart']),
  decision: z.enum(['extend', 'accept', 'restart']),
  reason: z.string().min(1),
  who: z.string().min(1),
  utcMs: z.number(),
})
export type Disposition = z.infer<typeof dispositionSchema>

export const safeStopSchema = z.object({
  instrument: z.string(),
  state: z.enum(['requested', 'sent', 'confirmed', 'notConfirmed']),
  evidence: z.array(z.object({ command: z.string(), readBack: z.string().nullable() })),
  detail: z.string().nullable(),
})
export type SafeStop = z.infer<typeof safeStopSchema>

export const runSchema = z.object({
  id: z.string(),
  protocolId: z.string(),
  protocolVersion: z.string(),
  protocolTitle: z.string(),
  templateSha256: z.string(),
  /** What the template was at this station when the run began; runs of the time before there were approvals have none. */
  approval: approvalSchema.optional(),
  module: moduleSchema,
  /** The modules of a run of several; `module` is then the first one. */
  lanes: z.array(laneSchema).optional(),
  operator: z.string(),
  status: runStatusSchema,
  provenance: provenanceSchema,
  /** True when a virtual clock drove the run: its times are those of the simulation. */
  virtualTime: z.boolean(),
  parameters: z.record(z.string(), scalarSchema),
  instruments: z.array(usedInstrumentSchema),
  startedUtcMs: z.number(),
  endedUtcMs: z.number().nullable(),
  verdict: verdictSchema.nullable(),
  verdictReasons: z.array(z.string()),
  problem: errorTextSchema.nullable(),
  softwareVersion: z.string(),
  signature: signatureSchema.nullable(),
  /** Instruments by role as they were assigned, for going on after an interruption. */
  assigned: z.record(z.string(), z.array(z.string())).optional(),
  /** Each time the run went on after an interruption. */
  recoveries: z
    .array(
      z.object({ utcMs: z.number(), outageMs: z.number(), decision: z.string(), who: z.string(), reason: z.string() }),
    )
    .optional(),
  /** Ended by an emergency stop: it never goes on by itself. */
  emergency: z.boolean().optional(),
  /** What it was doing when the station ended; one that a person had stopped or paused doesn't go on by itself. */
  leftAs: z.enum(['running', 'paused', 'stopping']).optional(),
})
export type Run = z.infer<typeof runSchema>

/** What only a running run has. */
export const runLiveSchema = z.object({
  runId: z.string(),
  stepId: z.string().nullable(),
  stepTitle: z.string().nullable(),
  /** 0 to 1 of the steps; null when it can't be told. */
  fraction: z.number().nullable(),
  prompt: promptSchema.nullable(),
  safeStops: z.array(safeStopSchema),
  /** Paths of the steps that are going on now; several in parallel lanes. */
  steps: z.array(z.object({ path: z.string(), title: z.string(), lane: z.string().nullable() })).optional(),
  /** Why the run is paused. */
  paused: z.string().nullable().optional(),
  /** The disk is full: nothing is recorded until there is room. */
  diskFull: z.boolean().optional(),
  /** What has been credited so far, beside the elapsed time. */
  exposure: z
    .array(
      z.object({
        id: z.string(),
        title: z.string(),
        lane: z.string().nullable(),
        unit: z.string(),
        credited: z.number(),
        required: z.number().nullable(),
        elapsedMs: z.number(),
        lostMs: z.number(),
      }),
    )
    .optional(),
})
export type RunLive = z.infer<typeof runLiveSchema>

export const runEventSchema = z.object({
  seq: z.number(),
  runId: z.string().nullable(),
  utcMs: z.number(),
  level: z.enum(['info', 'warning', 'error']),
  kind: z.string(),
  text: z.string(),
})
export type RunEvent = z.infer<typeof runEventSchema>

export const recoveryDecisionSchema = z.enum(['continue', 'extend', 'restart', 'close'])
export type RecoveryDecision = z.infer<typeof recoveryDecisionSchema>

/** What was last recorded of an interrupted run beside what its instruments say now, and what can be done. */
export const recoveryReportSchema = z.object({
  runId: z.string(),
  lastUtcMs: z.number(),
  outageMs: z.number(),
  emergency: z.boolean(),
  /** Steps that were going on. */
  steps: z.array(z.object({ path: z.string(), title: z.string() })),
  rule: recoveryRuleSchema,
  instruments: z.array(
    z.object({
      id: z.string(),
      name: z.string(),
      problem: z.string().nullable(),
      program: programStatusSchema.nullable(),
      readings: z.array(
        z.object({ channel: z.string(), unit: z.string(), before: z.number().nullable(), now: z.number().nullable() }),
      ),
    }),
  ),
  proposal: recoveryDecisionSchema,
  options: z.array(z.object({ decision: recoveryDecisionSchema, meaning: z.string(), refused: z.string().nullable() })),
  /** Why the station doesn't go on by itself; null where it may. */
  unattended: z.string().nullable(),
})
export type RecoveryReport = z.infer<typeof recoveryReportSchema>

/** One line of the pre-flight page; each that isn't ok says what to do. */
export const preflightLineSchema = z.object({
  id: z.string(),
  title: z.string(),
  state: z.enum(['ok', 'warning', 'problem']),
  detail: z.string(),
  todo: z.string().nullable(),
  /** Of the calibration of an instrument that is not in order. */
  calibration: foundCalibrationSchema.extend({ instrumentId: z.string() }).optional(),
})
export type PreflightLine = z.infer<typeof preflightLineSchema>
