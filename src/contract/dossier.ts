import { z } from 'zod'
import { backFillSchema } from './backFill.ts'
import { channelSchema, recordedSweepSchema } from './sample.ts'
import {
  computedSchema,
  criterionResultSchema,
  dispositionSchema,
  exposureEntrySchema,
  runEventSchema,
  runSchema,
} from './run.ts'
import { templateSchema } from './template.ts'

export const laboratorySchema = z.strictObject({
  name: z.string(),
  address: z.string(),
  station: z.string(),
})
export type Laboratory = z.infer<typeof laboratorySchema>

/** Values of one channel over time as a chart shows them: the extremes of pixels, those without values left out. */
export const trendSchema = z.object({
  channel: z.string(),
  unit: z.string(),
  fromUtcMs: z.number(),
  /** Length of a pixel. */
  stepMs: z.number(),
  /** The pixels that have values, from 0. */
  pixel: z.array(z.number().int()),
  minimum: z.array(z.number()),
  maximum: z.array(z.number()),
  /** Places in these columns before which values were missing: the line begins anew. */
  breaks: z.array(z.number().int()),
  /** Files of controllers’ own logs that these values are from; without it the station recorded them itself. */
  filledFrom: z.array(z.string()).optional(),
})
export type Trend = z.infer<typeof trendSchema>

/** A time in which the run stood still. */
export const pauseSchema = z.object({
  fromUtcMs: z.number(),
  /** null: it never went on. */
  toUtcMs: z.number().nullable(),
  who: z.string(),
  reason: z.string().nullable(),
  resumedBy: z.string().nullable(),
})
export type Pause = z.infer<typeof pauseSchema>

/** Everything that is known of one run: what reports are made from, and what a bundle seals. */
export const dossierSchema = z.object({
  laboratory: laboratorySchema,
  run: runSchema,
  template: templateSchema,
  channels: z.array(channelSchema),
  sweeps: z.array(recordedSweepSchema),
  results: z.array(computedSchema),
  criteria: z.array(criterionResultSchema),
  events: z.array(runEventSchema),
  /** The exposure ledger; of a test that keeps one. */
  exposure: z.array(exposureEntrySchema).optional(),
  /** How the papers of a test under stress are made; those of a dossier without it were made before there was a number. */
  layout: z.literal(2).optional(),
  /** What the template asks of each exposure, for each lane that has an account of its own; from the parameters. */
  exposures: z
    .array(
      z.object({
        id: z.string(),
        lane: z.string().nullable(),
        required: z.number().nullable(),
        longestGapS: z.number().nullable(),
      }),
    )
    .optional(),
  /** What was decided about stretches that were not credited. They change neither ledger nor verdict. */
  dispositions: z.array(dispositionSchema).optional(),
  /** What controllers' own logs say of times in which the station recorded nothing. They change neither ledger nor verdict. */
  backFills: z.array(backFillSchema).optional(),
  pauses: z.array(pauseSchema).optional(),
  /** For the charts only: every sample is in the station's database. */
  trends: z.array(trendSchema).optional(),
  /** SHA-256 over the canonical JSON of run id, module, operator, template, parameters, channels, sweeps, results, criteria, verdict, and where there are any lanes, exposure and the template's approval. */
  dataSha256: z.string(),
})
export type Dossier = z.infer<typeof dossierSchema>
