import { z } from 'zod'
import { runEventSchema } from './run.ts'

/** What a chart asks of a run. Without a stretch of station time it gets all there is. */
export const runViewRequestSchema = z.strictObject({
  runId: z.string(),
  channelIds: z.array(z.number().int()).min(1).max(64),
  fromMs: z.number().optional(),
  toMs: z.number().optional(),
  pixels: z.number().int().min(1).max(4096),
})
export type RunViewRequest = z.infer<typeof runViewRequestSchema>

const column = z.array(z.number().nullable())
const columns = { channelId: z.number().int(), minimum: column, maximum: column, first: column, last: column }

/** A view as it crosses to a window: null where a pixel has no value. Times are station time; see docs/store.md. */
export const runViewSchema = z.object({
  fromMs: z.number(),
  toMs: z.number(),
  pixels: z.number().int(),
  channels: z.array(
    z.object({
      ...columns,
      /** Stretches without values; `missing` 0: there are no samples at all. */
      gaps: z.array(
        z.object({ fromMs: z.number(), toMs: z.number(), missing: z.number(), reason: z.string().nullable() }),
      ),
      lastSeq: z.number().int(),
    }),
  ),
  /** What controllers' own logs say beside a channel, where it has no values: evidence, and credited nowhere. */
  backFilled: z
    .array(
      z.object({
        ...columns,
        /** All of the view that no log tells anything of. */
        gaps: z.array(z.object({ fromMs: z.number(), toMs: z.number() })),
        fileNames: z.array(z.string()),
      }),
    )
    .optional(),
  events: z.array(runEventSchema),
})
export type RunView = z.infer<typeof runViewSchema>
export type RunViewFilled = NonNullable<RunView['backFilled']>[number]
