import { z } from 'zod'
import { columnSchema, tableShape, titleSchema } from './importProfile.ts'

/** How a log that was exported from an instrument's own controller is laid out, told by a person. */
export const logProfileSchema = z.strictObject({
  ...tableShape,
  time: z.strictObject({
    column: columnSchema,
    clockColumn: columnSchema.optional().describe('Where the time of day stands in a column of its own'),
    order: z
      .enum(['ymd', 'dmy', 'mdy', 'unixS'])
      .describe('Order of year, month and day; unixS: seconds since 1970, UTC'),
    utcOffsetMin: z
      .int()
      .min(-840)
      .max(840)
      .default(0)
      .describe('How far the clock on the wall there is ahead of UTC; not used where a time says it itself'),
  }),
  values: z
    .array(
      z.strictObject({
        column: columnSchema,
        title: titleSchema,
        channel: z.string().min(1).describe('Name of the value within the instrument, as its driver has it'),
        unit: z.string(),
      }),
    )
    .min(1)
    .max(32),
})
export type LogProfile = z.infer<typeof logProfileSchema>

export const backFillRequestSchema = z.strictObject({
  runId: z.string(),
  /** The instrument whose log it is. */
  instrumentId: z.string(),
  fileName: z.string().min(1).max(255),
  text: z.string().max(64 * 1024 * 1024),
  /** By the name of one that the station knows, or whole. */
  profile: z.union([z.string().min(1), logProfileSchema]),
  /** What the controller's clock was ahead of the station's (s), once its time zone is taken off. */
  clockAheadS: z.number().min(-86_400).max(86_400).default(0),
  who: z.string().trim().min(1).max(80),
})
export type BackFillRequest = z.infer<typeof backFillRequestSchema>

/** The log beside what the station itself recorded, at one edge of a gap: log minus station, in the channel's unit. */
const edgeSchema = z.object({
  /** Rows of the log that could be compared; with none there are no deviations. */
  compared: z.int(),
  mostDeviation: z.number().nullable(),
  meanDeviation: z.number().nullable(),
})
export type BackFillEdge = z.infer<typeof edgeSchema>

const gapSchema = z.object({
  /** The station's last value before, and its first one after; null: it has recorded nothing since. */
  fromUtcMs: z.number(),
  toUtcMs: z.number().nullable(),
  /** By the station's clock. */
  utcMs: z.array(z.number()),
  value: z.array(z.number()),
  longestHoleMs: z.number(),
  before: edgeSchema,
  after: edgeSchema,
})
export type BackFillGap = z.infer<typeof gapSchema>

/** What a controller's own log says of the time in which the station recorded nothing. Evidence: it credits nothing. */
export const backFillSchema = z.object({
  id: z.string(),
  utcMs: z.number(),
  who: z.string(),
  provenance: z.literal('backFilled'),
  instrumentId: z.string(),
  instrumentName: z.string(),
  fileName: z.string(),
  /** SHA-256 of the file's text as UTF-8; the text itself is kept with the run. */
  fileSha256: z.string(),
  profile: logProfileSchema,
  clockAheadS: z.number(),
  /** With which the log agrees best with what the station recorded; null where the values are too steady to tell. */
  bestClockAheadS: z.number().nullable(),
  channels: z.array(z.object({ channel: z.string(), unit: z.string(), gaps: z.array(gapSchema) })),
  /** Every window of the run's exposures as they were then, of whatever instrument. */
  windows: z.array(
    z.object({
      exposure: z.string(),
      lane: z.string().nullable(),
      /** Such as `Climate chamber temperature`. */
      title: z.string(),
      instrumentId: z.string(),
      channel: z.string(),
      /** null: no limit on that side. */
      low: z.number().nullable(),
      high: z.number().nullable(),
      longestGapS: z.number(),
      /** Why its limits aren't known; they count as missed then. */
      problem: z.string().nullable(),
    }),
  ),
})
export type BackFill = z.infer<typeof backFillSchema>

/** What back-filled values say of one stretch that was not credited. */
export const backFillEvidenceSchema = z.object({
  /** The records it rests on. */
  ids: z.array(z.string()),
  /** So much of the stretch has values in the logs. */
  coveredMs: z.number(),
  /** So much of it was inside every window, by the logs; null where a window has no log. */
  insideMs: z.number().nullable(),
  /** Windows that no log tells anything of. */
  missing: z.array(z.string()),
  /** The largest difference between log and station at the edges, of any channel. */
  mostDeviation: z.object({ channel: z.string(), unit: z.string(), value: z.number() }).nullable(),
})
export type BackFillEvidence = z.infer<typeof backFillEvidenceSchema>
