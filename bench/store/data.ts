import { createRandom, type Random } from '../../src/base/random.ts'
import type { SampleBatch } from '../../src/contract/sample.ts'

export const channelCount = 64
/** Channels that are read in one go have the same times: eight instruments of eight channels. */
const channelsPerInstrument = 8
const startUtcMs = Date.UTC(2026, 5, 1)

interface Walk {
  level: number
  /** Decimals that the instrument gives. */
  decimals: number
}

/**
 * What a chamber with modules in it gives: slow drifts with noise of a few of the instrument's last digits, read on a
 * schedule that a PC keeps to within a millisecond, with the UTC time that it then says.
 */
export function createChamber(given: { intervalMs: number; firstChannel: number; seed?: number }) {
  const random: Random = createRandom(given.seed ?? 1)
  const walks: Walk[] = Array.from({ length: channelCount }, (_each, i) => ({
    level: 20 + i,
    decimals: i % 4 === 0 ? 3 : 2,
  }))
  let done = 0
  const times = (count: number): { utcMs: Float64Array; monotonicMs: Float64Array } => {
    const monotonicMs = new Float64Array(count)
    for (let i = 0; i < count; i++) {
      // performance.now() counts nanoseconds, and a timer is late by some tens of microseconds.
      const late = 0.05 * Math.abs(random.normal())
      monotonicMs[i] = Math.round(1e6 * (4321.5 + given.intervalMs * (done + i) + late)) / 1e6
    }
    return { monotonicMs, utcMs: monotonicMs.map((time) => Math.floor(startUtcMs + 0.37 + time)) }
  }

  const fill = (walk: Walk, column: Float64Array): void => {
    const scale = 10 ** walk.decimals
    for (let i = 0; i < column.length; i++) {
      walk.level += 0.002 * random.normal()
      column[i] = Math.round(scale * (walk.level + (3 / scale) * random.normal())) / scale
    }
  }

  /** The next so many samples of each channel. */
  const next = (count: number): SampleBatch => {
    const total = channelCount * count
    const batch = {
      stretches: walks.map((_each, i) => ({ channelId: given.firstChannel + i, firstSeq: done + 1, count })),
      utcMs: new Float64Array(total),
      monotonicMs: new Float64Array(total),
      value: new Float64Array(total),
      missing: [],
    }
    let shared = times(count)
    walks.forEach((walk, i) => {
      if (i % channelsPerInstrument === 0 && i > 0) shared = times(count)
      batch.utcMs.set(shared.utcMs, i * count)
      batch.monotonicMs.set(shared.monotonicMs, i * count)
      fill(walk, batch.value.subarray(i * count, (i + 1) * count))
    })
    done += count
    return batch
  }
  return { next }
}
