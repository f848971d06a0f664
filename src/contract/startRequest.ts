import { z } from 'zod'
import { moduleSchema } from './run.ts'
import { scalarSchema } from './template.ts'

export const startRequestSchema = z.strictObject({
  protocolId: z.string(),
  module: moduleSchema,
  operator: z.string().trim().min(1, 'say who runs the test').max(80),
  parameters: z.record(z.string(), scalarSchema),
  /** Instrument ids by the role names of the template; `id#channel` for one channel of an instrument with several. */
  roles: z.record(z.string(), z.array(z.string())),
  /** The modules of a test of several, in the order of their lanes; each with what differs of its parameters. */
  lanes: z
    .array(z.strictObject({ module: moduleSchema, parameters: z.record(z.string(), scalarSchema).default({}) }))
    .min(1)
    .max(64)
    .optional(),
  /** How long it will take, as far as anybody knows: for certificates that end before the run does. */
  plannedMs: z.number().positive().optional(),
  /** Why an instrument is used though its calibration would keep it out, by its id. */
  calibrationOverrides: z.record(z.string(), z.string().trim().min(10, 'say why').max(500)).optional(),
})
export type StartRequest = z.infer<typeof startRequestSchema>
