import type { RecordedSweep } from '../../src/contract/sample.ts'

/** null: the sensor gave no value. */
export type Sample = readonly [ms: number, value: number | null]

/** One sensor's samples with their times. */
export const timed = (...samples: readonly Sample[]) => ({
  monotonicMs: samples.map(([ms]) => ms),
  value: samples.map(([, value]) => value),
})

/** A sweep of three points without a sensor, but for what is given. */
export const recordedSweep = (given: Partial<RecordedSweep> = {}): RecordedSweep => ({
  index: 0,
  id: 'forward-1',
  stepId: 'measure',
  direction: 'forward',
  provenance: 'simulated',
  startedUtcMs: 0,
  complete: true,
  monotonicMs: [0, 50, 100],
  voltageV: [0, 10, 20],
  currentA: [5, 4, 0],
  limiting: [],
  irradiance: timed(),
  temperatures: [],
  ...given,
})
