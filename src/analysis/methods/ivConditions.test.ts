import { describe, expect, it } from 'vitest'
import { recordedSweep, timed } from '../../../test/support/recordedSweep.ts'
import { ivConditions } from './ivConditions.ts'

const sensors = (...valuesC: (number | null)[]) => valuesC.map((value, i) => ({ name: `t${i}`, ...timed([50, value]) }))
const run = (...sweeps: ReturnType<typeof recordedSweep>[]) => ivConditions.run({ sweeps, targetTemperatureC: 25 })

describe('the conditions of a measurement', () => {
  it('are those of all sensors in all sweeps', () => {
    const conditions = run(
      recordedSweep({ temperatures: sensors(24.5, 25.5), irradiance: timed([0, 990], [100, 1000]) }),
      recordedSweep({ temperatures: sensors(24, 26.5), irradiance: timed([50, 1010]) }),
    )
    expect(conditions).toEqual({
      temperatureSensors: 2,
      meanTemperatureC: 25.125,
      temperatureDeviationK: 1.5,
      temperatureSpreadK: 2.5,
      minimumIrradianceWPerM2: 990,
      meanIrradianceWPerM2: 1000,
      maximumIrradianceWPerM2: 1010,
    })
  })

  it('count the largest distance from the target to either side', () => {
    expect(run(recordedSweep({ temperatures: sensors(22) }))).toMatchObject({ temperatureDeviationK: 3 })
  })

  it('count only as many sensors as gave values in every sweep', () => {
    const conditions = run(
      recordedSweep({ temperatures: sensors(25, 25, 25) }),
      recordedSweep({ temperatures: sensors(25, null, 25) }),
    )
    expect(conditions).toMatchObject({ temperatureSensors: 2 })
  })

  it('are null, and no sensor is counted, where none told anything or nothing was swept', () => {
    const nothing = {
      temperatureSensors: 0,
      meanTemperatureC: null,
      temperatureDeviationK: null,
      temperatureSpreadK: null,
      minimumIrradianceWPerM2: null,
      meanIrradianceWPerM2: null,
      maximumIrradianceWPerM2: null,
    }
    expect(run(recordedSweep({ temperatures: sensors(null), irradiance: timed([50, null]) }))).toEqual(nothing)
    expect(run()).toEqual(nothing)
  })

  it('need a target', () => {
    expect(() => ivConditions.run({ sweeps: [], targetTemperatureC: null })).toThrow(
      'iv.conditions: targetTemperatureC',
    )
  })
})
