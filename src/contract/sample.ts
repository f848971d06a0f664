import { z } from 'zod'
import type { SweepDirection } from './curve.ts'
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
})
export type Channel = z.infer<typeof channelSchema>

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
