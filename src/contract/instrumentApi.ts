import { oc } from '@orpc/contract'
import { z } from 'zod'
import { calibrationPolicySchema, calibrationRecordSchema, newCalibrationSchema } from './calibration.ts'
import { settingValueSchema } from './instrument.ts'
import { errorTextSchema } from './run.ts'

const call = oc.errors({ STATION: { status: 422, data: errorTextSchema } })
const ofOne = z.strictObject({ id: z.string() })
const byPerson = z.strictObject({ id: z.string(), who: z.string().trim().min(1).max(80) })
/** What a window calls itself: while it follows the events, somebody answers for what it took in hand. */
export const windowSchema = z.string().min(8).max(64)
const atWindow = byPerson.extend({ window: windowSchema.optional() })
const done = z.object({ ok: z.literal(true) })

export const safeStateProofSchema = z.object({
  safe: z.boolean(),
  evidence: z.array(z.object({ command: z.string(), readBack: z.string().nullable() })),
  detail: z.string().nullable(),
})

export const instrumentStatsSchema = z.object({
  sentBytes: z.number(),
  receivedBytes: z.number(),
  queries: z.number(),
  timeouts: z.number(),
  /** Late, unasked and damaged bytes of the whole wire. */
  discardedBytes: z.number(),
  lastGoodUtcMs: z.number().nullable(),
  /** How often the link was opened, and lost, since the station began. */
  opens: z.number(),
  losses: z.number(),
  wireName: z.string().nullable(),
})

/** The last bytes of an instrument's wire, which units on one bus share; oldest first. */
export const traceSchema = z.object({
  isOn: z.boolean(),
  link: z.string().nullable(),
  /** Pieces that made room for newer ones. */
  dropped: z.number(),
  pieces: z.array(
    z.object({ utcMs: z.number(), direction: z.enum(['sent', 'received']), hex: z.string(), text: z.string() }),
  ),
})

export const serialPortSchema = z.object({
  path: z.string(),
  maker: z.string().nullable(),
  vendorId: z.string().nullable(),
  productId: z.string().nullable(),
  serialNumber: z.string().nullable(),
  /** A link by the USB identity, without its settings; null where the port has none. */
  link: z.string().nullable(),
})

export const auditLevelSchema = z.enum(['off', 'commands', 'all'])

/** What a person does with an instrument between runs; docs/instruments.md tells its states. */
export const instrumentCalls = {
  /** Takes it in hand: nobody else can have it until unlock, or until the window is gone. */
  lock: call.input(atWindow).output(done),
  /** Answers from now on for what somebody left on. */
  takeOver: call.input(atWindow).output(done),
  /** Gives it back. What energises is switched off and proved, unless `leaveOn`; null where nothing had to be. */
  unlock: call.input(byPerson.extend({ leaveOn: z.boolean().optional() })).output(safeStateProofSchema.nullable()),
  /** Needs lock. The same limits as in a run, read back, and always in the audit trail. */
  set: call
    .input(byPerson.extend({ name: z.string(), value: settingValueSchema }))
    .output(z.object({ name: z.string(), asked: settingValueSchema, actual: settingValueSchema })),
  /** Never refused, whoever has the instrument. */
  safeStop: call.input(byPerson).output(safeStateProofSchema),
  stats: call.input(ofOne).output(instrumentStatsSchema),
  trace: {
    start: call.input(ofOne).output(traceSchema),
    stop: call.input(ofOne).output(traceSchema),
    get: call.input(ofOne).output(traceSchema),
  },
  scanPorts: call.output(z.array(serialPortSchema)),
  calibrations: {
    list: call.input(ofOne).output(z.array(calibrationRecordSchema)),
    add: call.input(byPerson.extend({ entry: newCalibrationSchema })).output(z.array(calibrationRecordSchema)),
    policy: call.output(calibrationPolicySchema),
    savePolicy: call.input(z.strictObject({ policy: calibrationPolicySchema, who: z.string().min(1) })).output(done),
  },
  auditLevel: {
    get: call.output(z.object({ level: auditLevelSchema })),
    set: call.input(z.strictObject({ level: auditLevelSchema, who: z.string().min(1) })).output(done),
  },
}
