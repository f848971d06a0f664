import { describe, expect, it } from 'vitest'
import { recordedSweep, timed, type Sample } from '../../../test/support/recordedSweep.ts'
import { assembleCurve, irradianceDuring, sensorTemperatures } from './assemble.ts'

const named = (name: string, ...samples: readonly Sample[]) => ({ name, ...timed(...samples) })

describe('the irradiance of a recorded sweep', () => {
  it('is interpolated onto the times of the points, and its mean over the points is that of the curve', () => {
    const irradiance = timed([-20, 1010], [80, 960], [120, 1000])
    const curve = assembleCurve(recordedSweep({ irradiance, monotonicMs: [0, 40, 100] }))
    expect(curve.pointIrradianceWPerM2).toEqual([1000, 980, 980])
    expect(curve.irradianceWPerM2).toBeCloseTo(2960 / 3, 10)
  })

  it('is that of the nearest sample before the first and after the last one', () => {
    const curve = assembleCurve(recordedSweep({ irradiance: timed([40, 990], [60, 1010]) }))
    expect(curve.pointIrradianceWPerM2).toEqual([990, 1000, 1010])
  })

  it('passes over values that the sensor did not give', () => {
    const irradiance = timed([0, 1000], [50, null], [100, 900])
    expect(assembleCurve(recordedSweep({ irradiance })).pointIrradianceWPerM2).toEqual([1000, 950, 900])
  })

  it.each([
    ['no sensor', timed()],
    ['a sensor that gave nothing', timed([0, null], [100, null])],
  ])('is null with %s, and no point has one', (_what, irradiance) => {
    const curve = assembleCurve(recordedSweep({ irradiance }))
    expect(curve.irradianceWPerM2).toBeNull()
    expect(curve).not.toHaveProperty('pointIrradianceWPerM2')
  })

  it('during the sweep is what was sampled between its first and its last point, those included', () => {
    const irradiance = timed([-1, 1], [0, 2], [50, null], [100, 3], [101, 4])
    expect(irradianceDuring(recordedSweep({ irradiance }))).toEqual([2, 3])
  })
})

describe('the temperature of a recorded sweep', () => {
  it('is the mean of the sensors, each the mean of what it gave during the sweep', () => {
    const temperatures = [named('a', [-100, 10], [20, 24], [80, 26], [200, 90]), named('b', [50, 28])]
    expect(sensorTemperatures(recordedSweep({ temperatures }))).toEqual([25, 28])
    expect(assembleCurve(recordedSweep({ temperatures })).temperatureC).toBe(26.5)
  })

  it('of a sensor too slow for the sweep is interpolated from its samples around it', () => {
    const temperatures = [named('a', [-100, 25], [200, 28])]
    expect(assembleCurve(recordedSweep({ temperatures })).temperatureC).toBeCloseTo(26.5, 12)
  })

  it('of a sensor that was read only once is that reading', () => {
    for (const ms of [-5000, 5000])
      expect(assembleCurve(recordedSweep({ temperatures: [named('a', [ms, 25.3])] })).temperatureC).toBe(25.3)
  })

  it('leaves out sensors that gave nothing, and is null without any other', () => {
    const dead = named('dead', [50, null])
    const temperatures = [dead, named('b', [50, 26])]
    expect(sensorTemperatures(recordedSweep({ temperatures }))).toEqual([26])
    expect(assembleCurve(recordedSweep({ temperatures: [dead] })).temperatureC).toBeNull()
    expect(assembleCurve(recordedSweep()).temperatureC).toBeNull()
  })
})

describe('the curve of a recorded sweep', () => {
  it('has the points as recorded, and its direction where it has one', () => {
    const { id, voltageV, currentA } = recordedSweep()
    expect(assembleCurve(recordedSweep())).toMatchObject({ id, voltageV, currentA, direction: 'forward' })
    expect(assembleCurve(recordedSweep({ direction: null }))).not.toHaveProperty('direction')
  })

  it('without a point has no irradiance either', () => {
    const empty = recordedSweep({ monotonicMs: [], voltageV: [], currentA: [], irradiance: timed([0, 1000]) })
    expect(assembleCurve(empty).irradianceWPerM2).toBeNull()
  })
})
