import type { IvCurve } from '../../contract/curve.ts'
import type { RecordedSweep } from '../../contract/sample.ts'

interface Timed {
  readonly monotonicMs: readonly number[]
  readonly value: readonly (number | null)[]
}

const measured = (samples: Timed): { t: number; value: number }[] =>
  samples.value.flatMap((value, i) => (value === null ? [] : [{ t: samples.monotonicMs[i]!, value }]))

/** Linear between samples, the nearest one outside of them; null without any. */
function valueAt(samples: readonly { t: number; value: number }[], t: number): number | null {
  const after = samples.findIndex((each) => each.t >= t)
  if (after === -1) return samples.at(-1)?.value ?? null
  const right = samples[after]!
  const left = samples[after - 1]
  if (!left || right.t === left.t) return right.value
  return left.value + ((right.value - left.value) * (t - left.t)) / (right.t - left.t)
}

const mean = (values: readonly number[]): number | null =>
  values.length === 0 ? null : values.reduce((sum, each) => sum + each, 0) / values.length

/** Only what was measured while the sweep ran counts for it; a slow sensor's nearest samples where there is none. */
function during(samples: Timed, sweep: RecordedSweep): number[] {
  const all = measured(samples)
  const from = sweep.monotonicMs[0] ?? 0
  const to = sweep.monotonicMs.at(-1) ?? 0
  const inside = all.filter((each) => each.t >= from && each.t <= to)
  if (inside.length > 0) return inside.map((each) => each.value)
  return [valueAt(all, from), valueAt(all, to)].filter((value) => value !== null)
}

/** Mean of each temperature sensor during the sweep, °C; sensors without a value are left out. */
export const sensorTemperatures = (sweep: RecordedSweep): number[] =>
  sweep.temperatures.map((sensor) => mean(during(sensor, sweep))).filter((value) => value !== null)

/** Irradiance samples during the sweep, W/m². */
export const irradianceDuring = (sweep: RecordedSweep): number[] => during(sweep.irradiance, sweep)

/**
 * A recorded sweep as a curve with its conditions: each point's irradiance by linear interpolation in time between the
 * sensor's own samples, the curve's irradiance as the mean over the points, its temperature as the mean of the sensors.
 */
export function assembleCurve(sweep: RecordedSweep): IvCurve {
  const light = measured(sweep.irradiance)
  const points = light.length === 0 ? [] : sweep.monotonicMs.map((t) => valueAt(light, t)!)
  return {
    id: sweep.id,
    voltageV: sweep.voltageV,
    currentA: sweep.currentA,
    irradianceWPerM2: mean(points),
    temperatureC: mean(sensorTemperatures(sweep)),
    ...(points.length > 0 ? { pointIrradianceWPerM2: points } : {}),
    ...(sweep.direction ? { direction: sweep.direction } : {}),
  }
}

/** Points at which the source held the current down while the module delivered: the curve isn't the module's there. */
export function limitFlags(sweep: RecordedSweep): { code: string; text: string }[] {
  const held = sweep.limiting.filter((i) => (sweep.currentA[i] ?? 0) > 0)
  if (held.length === 0) return []
  return [{ code: 'sourceLimited', text: `The source limited the current at ${held.length} points of the curve.` }]
}
