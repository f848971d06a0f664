import { expect, it } from 'vitest'
import { createClimate } from './climate.ts'

const setUp = () => {
  const time = { ms: 0 }
  const climate = createClimate({ nowMs: () => time.ms, ambientC: () => 23 })
  return { climate, wait: (minutes: number) => void (time.ms += minutes * 60_000) }
}

it('heats no faster than it can, and the module lags behind the air', () => {
  const { climate, wait } = setUp()
  climate.air.drive({ temperatureC: 85, rampKPerMin: null, humidityPercent: 85 })
  wait(5)
  expect(climate.air.temperatureC()).toBeLessThan(23 + 5 * 4)
  expect(climate.moduleC()!).toBeLessThan(climate.air.temperatureC())
  wait(120)
  expect(climate.air.temperatureC()).toBeCloseTo(85, 1)
  expect(climate.moduleC()!).toBeCloseTo(85, 1)
  expect(climate.air.humidityPercent()).toBeCloseTo(85, 1)
})

it('keeps a ramp', () => {
  const { climate, wait } = setUp()
  climate.air.drive({ temperatureC: -40, rampKPerMin: 1.5, humidityPercent: null })
  wait(10)
  const before = climate.air.temperatureC()
  wait(10)
  expect(climate.air.temperatureC() - before).toBeCloseTo(-15, 0)
})

it('is the same however often it is looked at, also over weeks', () => {
  const often = setUp()
  const seldom = setUp()
  for (const { climate } of [often, seldom])
    climate.air.drive({ temperatureC: 85, rampKPerMin: 1, humidityPercent: 85 })
  for (let i = 0; i < 60 * 24; i++) {
    often.wait(1)
    often.climate.air.temperatureC()
  }
  seldom.wait(60 * 24)
  expect(often.climate.moduleC()!).toBeCloseTo(seldom.climate.moduleC()!, 3)
  expect(often.climate.air.humidityPercent()).toBeCloseTo(seldom.climate.air.humidityPercent(), 3)
})

it('is warmed by the current in the module, and drifts to ambient when idle', () => {
  const { climate, wait } = setUp()
  climate.air.drive({ temperatureC: 40, rampKPerMin: null, humidityPercent: null })
  climate.heatW(100)
  wait(120)
  expect(climate.moduleC()! - climate.air.temperatureC()).toBeCloseTo(1.2, 1)
  climate.air.drive(null)
  climate.heatW(0)
  wait(60 * 24)
  expect(climate.air.temperatureC()).toBeCloseTo(23, 1)
})
