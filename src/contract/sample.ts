import { z } from 'zod'
import type { SweepDirection } from './curve.ts'
import type { RunEvent } from './run.ts'
import { provenanceSchema, type Provenance } from './provenance.ts'

/** A stream of values of one quantity from one instrument within one run. */
export const channelSchema = z.object({
  id: z.number().int(),
  runId: z.string(),
  /** Such as `iv.voltage`, `irradiance`, `temperature.2`. */
  name: z.string(),
  unit: z.string(),
  provenance: provenanceSchema,
  instrumentId: z.string().nullable(),
  instrumentName: z.string(),
  calibration: z.string().nullable(),
  /** The smallest step of the values, in the channel's unit, where the instrument says it. */
  precision: z.number().positive().optional(),
})
export type Channel = z.infer<typeof channelSchema>

/** Where a channel ended: its next number, and what was last recorded. */
export interface ChannelEnd {
  id: number
  name: string
  unit: string
  instrumentId: string | null
  nextSeq: number
  lastUtcMs: number | null
  /** null where the last sample was a missing one. */
  lastValue: number | null
}

/** Samples of one channel as columns; `seq` counts from 1 without gaps within the channel. */
export const sampleBlockSchema = z.object({
  channelId: z.number().int(),
  firstSeq: z.number().int(),
  utcMs: z.array(z.number()),
  monotonicMs: z.array(z.number()),
  /** null: the instrument gave no number; the reason is in `missing`. */
  value: z.array(z.number().nullable()),
  /** Why values are missing, by index within the block. */
  missing: z.record(z.string(), z.string()).optional(),
})
export type SampleBlock = z.infer<typeof sampleBlockSchema>

/** Numbers of the samples of one channel within the columns of a batch. */
export interface SampleStretch {
  channelId: number
  /** Number of its first sample; the next free one of the channel. */
  firstSeq: number
  count: number
}

/**
 * Samples of many channels as columns, one stretch after the other: what a recorder hands over at once, and how
 * samples cross from thread to thread. A missing value is 0 in the column and named in `missing`, with its reason.
 */
export interface SampleBatch {
  stretches: readonly SampleStretch[]
  utcMs: Float64Array
  monotonicMs: Float64Array
  value: Float64Array
  /** By place in the columns. */
  missing: readonly { at: number; reason: string }[]
}

/**
 * Stored samples of one channel, in the order of their numbers. `timeMs` is the run's station time: UTC at the start of
 * the recording, going on with the monotonic time whatever happens to the PC's clock, and rising over power cuts.
 */
export interface SamplePage {
  channelId: number
  seq: Float64Array
  timeMs: Float64Array
  utcMs: Float64Array
  monotonicMs: Float64Array
  /** 0 where the value is missing. */
  value: Float64Array
  missing: { at: number; reason: string }[]
  /** Where the next page begins; null at the end. */
  nextSeq: number | null
}

/** Which samples of a channel: all from a number on, or those of a stretch of station time. */
export interface SampleRequest {
  channelId: number
  fromSeq?: number
  fromMs?: number
  toMs?: number
  /** Most samples in one page. */
  limit?: number
}

/** What a chart asks for: so many pixels of some channels of a run. Without a stretch of station time, all there is. */
export interface ViewRequest {
  runId: string
  channelIds: readonly number[]
  fromMs?: number | undefined
  toMs?: number | undefined
  pixels: number
  /**
   * Each pixel has exactly the samples of its time. Otherwise a stored summary counts for the pixel in which it begins:
   * several times quicker, and no extreme is lost either.
   */
  exact?: boolean
}

/** A stretch in which a channel has no values, in station time. */
export interface ViewGap {
  fromMs: number
  toMs: number
  /** Samples without a value in it; 0: there are no samples at all. */
  missing: number
  reason: string | null
}

/** One channel of a view, a column of as many numbers as pixels each. Where `count` is 0 there is no value, and they are 0. */
export interface ChannelView {
  channelId: number
  minimum: Float64Array
  maximum: Float64Array
  first: Float64Array
  last: Float64Array
  /** Values in the pixel. */
  count: Float64Array
  gaps: ViewGap[]
  /** Number of the channel's latest sample: whatever comes after it isn't in this view. */
  lastSeq: number
}

/** Everything is of one moment: the chunks, the live tail, the gaps and the log. */
export interface View {
  fromMs: number
  toMs: number
  pixels: number
  channels: ChannelView[]
  events: RunEvent[]
}

const timed = z.object({ monotonicMs: z.array(z.number()), value: z.array(z.number().nullable()) })

/** One I-V sweep as recorded: raw points, and the sensors' own samples around it, each with its own times. */
export const recordedSweepSchema = z.object({
  index: z.number().int(),
  id: z.string(),
  stepId: z.string(),
  direction: z.enum(['forward', 'reverse']).nullable(),
  provenance: provenanceSchema,
  startedUtcMs: z.number(),
  complete: z.boolean(),
  monotonicMs: z.array(z.number()),
  voltageV: z.array(z.number()),
  currentA: z.array(z.number()),
  limiting: z.array(z.number().int()),
  irradiance: timed,
  temperatures: z.array(timed.extend({ name: z.string() })),
})
export type RecordedSweep = z.infer<typeof recordedSweepSchema>

/** A sweep as it is entered when it begins: where its points will be. */
export interface SweepStart {
  runId: string
  /** 0, 1, 2 … in the order of measurement. */
  position: number
  id: string
  stepId: string
  direction: SweepDirection | null
  provenance: Provenance
  startedUtcMs: number
  voltageChannel: number
  currentChannel: number
}
