import { z } from 'zod'
import { channelSchema, recordedSweepSchema } from './sample.ts'
import { computedSchema, criterionResultSchema, exposureEntrySchema, runEventSchema, runSchema } from './run.ts'
import { templateSchema } from './template.ts'

export const laboratorySchema = z.strictObject({
  name: z.string(),
  address: z.string(),
  station: z.string(),
})
export type Laboratory = z.infer<typeof laboratorySchema>

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
  /** SHA-256 over the canonical JSON of run id, module, operator, template, parameters, channels, sweeps, results, criteria, verdict, and where there are any lanes and exposure. */
  dataSha256: z.string(),
})
export type Dossier = z.infer<typeof dossierSchema>
