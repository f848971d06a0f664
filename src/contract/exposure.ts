import { z } from 'zod'
import { backFillEvidenceSchema, backFillSchema } from './backFill.ts'
import { dispositionSchema, exposureClassSchema, exposureEntrySchema } from './run.ts'
import { confidenceSchema } from './template.ts'

/** One exposure of one lane (null: of the whole run), added up. Times in milliseconds, amounts in the exposure's unit. */
export const exposureAccountSchema = z.object({
  exposure: z.string(),
  title: z.string(),
  quantity: z.enum(['time', 'integral', 'cycles']),
  unit: z.string(),
  lane: z.string().nullable(),
  /** null where the standard asks for no amount, or where it isn't known. */
  required: z.number().nullable(),
  credited: z.number(),
  /** All classes together: nothing is left out. */
  elapsedMs: z.number(),
  creditedMs: z.number(),
  outOfToleranceMs: z.number(),
  unknownMs: z.number(),
  blindMs: z.number(),
  /** Stretches that were not credited, as they are listed. */
  losses: z.number().int(),
  clause: z.string(),
  mark: confidenceSchema,
})
export type ExposureAccount = z.infer<typeof exposureAccountSchema>

/** A stretch that was not credited. Rows of the ledger that follow each other without a break are one stretch. */
export const exposureLossSchema = z.object({
  /** The number of its first row in the ledger: by it a disposition names the stretch. */
  seq: z.number().int(),
  /** The rows that it stands for. */
  seqs: z.array(z.number().int()),
  exposure: z.string(),
  lane: z.string().nullable(),
  step: z.string().nullable(),
  class: exposureClassSchema,
  fromUtcMs: z.number(),
  toUtcMs: z.number(),
  durationMs: z.number(),
  /** The one that lasted longest first. */
  reasons: z.array(z.string()),
  proposal: dispositionSchema.shape.proposal,
  disposition: dispositionSchema.nullable(),
  /** It matters, and nobody has decided yet. */
  open: z.boolean(),
  /** What controllers' own logs say of it, where somebody brought them in. */
  evidence: backFillEvidenceSchema.optional(),
})
export type ExposureLoss = z.infer<typeof exposureLossSchema>

export const runExposureSchema = z.object({
  accounts: z.array(exposureAccountSchema),
  losses: z.array(exposureLossSchema),
  entries: z.array(exposureEntrySchema),
  dispositions: z.array(dispositionSchema),
  backFills: z.array(backFillSchema).default([]),
})
export type RunExposure = z.infer<typeof runExposureSchema>

/** What a person decides about a stretch that was not credited. */
export const disposeRequestSchema = z.strictObject({
  runId: z.string(),
  seq: z.number().int(),
  decision: dispositionSchema.shape.decision,
  reason: z.string().trim().min(10, 'say why').max(1000),
  who: z.string().trim().min(1).max(80),
  /** Also for every other open stretch of the same account, step and class with the same reason. */
  alike: z.boolean().optional(),
})
export type DisposeRequest = z.infer<typeof disposeRequestSchema>
