import { z } from 'zod'
import type { AnalysisMethod } from '../../contract/method.ts'
import { recordedSweepSchema } from '../../contract/sample.ts'
import { irradianceDuring, sensorTemperatures } from './assemble.ts'
import { readInputs } from './inputs.ts'

export interface Conditions {
  /** Sensors that gave values during every sweep. */
  temperatureSensors: number
  meanTemperatureC: number | null
  /** Largest distance of any sensor from the target in any sweep. */
  temperatureDeviationK: number | null
  /** Largest difference between two sensors in one sweep. */
  temperatureSpreadK: number | null
  minimumIrradianceWPerM2: number | null
  meanIrradianceWPerM2: number | null
  maximumIrradianceWPerM2: number | null
}

const inputs = z.object({ sweeps: z.array(recordedSweepSchema), targetTemperatureC: z.number() })

const orNull = (values: readonly number[], summary: (...values: number[]) => number): number | null =>
  values.length === 0 ? null : values.reduce((sofar, each) => summary(sofar, each))

const meanOrNull = (values: readonly number[]): number | null =>
  values.length === 0 ? null : values.reduce((sum, each) => sum + each, 0) / values.length

/** The conditions under which the curves were measured; null where no sensor told. */
export const ivConditions: AnalysisMethod = {
  id: 'iv.conditions',
  version: '1.0.0',
  run: (given): Conditions => {
    const { sweeps, targetTemperatureC } = readInputs('iv.conditions', inputs, given)
    const temperatures = sweeps.map(sensorTemperatures)
    const all = temperatures.flat()
    const light = sweeps.flatMap(irradianceDuring)
    const spreads = temperatures.filter((each) => each.length > 0).map((each) => Math.max(...each) - Math.min(...each))
    return {
      temperatureSensors:
        orNull(
          temperatures.map((each) => each.length),
          Math.min,
        ) ?? 0,
      meanTemperatureC: meanOrNull(all),
      temperatureDeviationK: orNull(
        all.map((each) => Math.abs(each - targetTemperatureC)),
        Math.max,
      ),
      temperatureSpreadK: orNull(spreads, Math.max),
      minimumIrradianceWPerM2: orNull(light, Math.min),
      meanIrradianceWPerM2: meanOrNull(light),
      maximumIrradianceWPerM2: orNull(light, Math.max),
    }
  },
}
