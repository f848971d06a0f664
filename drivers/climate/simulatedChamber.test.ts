import { describe, expect, it } from 'vitest'
import { createRandom } from '../../src/base/random.ts'
import { createVirtualClock } from '../../src/base/virtualClock.ts'
import { createBench } from '../bench/bench.ts'
import { createFaultBoard } from '../bench/faults.ts'
import { createSimulatedChamber } from './simulatedChamber.ts'

const setUp = (fault = '') => {
  const clock = createVirtualClock(0, () => new Promise<void>((turn) => setImmediate(turn)))
  const random = createRandom(3)
  const bench = createBench({ clock, random: random.fork('bench') })
  const options: Record<string, string> = { fault }
  const faults = createFaultBoard(clock, options)
  const chamber = createSimulatedChamber({ clock, random, bench, options, faults, send: () => undefined })
  const pass = (minutes: number) => clock.run(clock.sleep(minutes * 60_000))
  return { bench, chamber, options, pass }
}

describe('by hand', () => {
  it('goes to its set-point by the gradient of that direction, and stops', async () => {
    const { bench, chamber, pass } = setUp()
    chamber.change({ temperatureC: 85, rampUpKPerMin: 1, rampDownKPerMin: 2 })
    expect(bench.chamber.workingTemperatureC()).toBeNull()
    chamber.start()
    await pass(30)
    expect(chamber.workingC()).toBeCloseTo(23.5 + 30, 1)
    await pass(60)
    expect(chamber.measuredC()).toBeCloseTo(85, 0)
    chamber.change({ temperatureC: 45 })
    await pass(10)
    expect(chamber.workingC()).toBeCloseTo(65, 1)
    chamber.stop()
    expect(bench.chamber.workingTemperatureC()).toBeNull()
    expect(chamber.workingC()).toBe(45)
  })

  it('controls humidity only where that is switched on', async () => {
    const { bench, chamber, pass } = setUp()
    chamber.change({ temperatureC: 40, humidityPercent: 90 })
    chamber.start()
    await pass(60)
    expect(bench.chamber.humidityPercent()).toBeLessThan(50)
    chamber.change({ isHumidityOn: true })
    await pass(60)
    expect(chamber.measuredPercent()).toBeGreaterThan(87)
  })
})

describe('a program', () => {
  it('ramps and holds as it is written, asked or not, and ends idle', async () => {
    const { bench, chamber, pass } = setUp()
    chamber.change({ temperatureC: 30 })
    expect(chamber.program.start({ program: 1, step: 1, runs: 2 })).toBe(true)
    await pass(15)
    expect(chamber.workingC()).toBeCloseTo((23.5 + 85) / 2, 0)
    expect(chamber.program.remainingS()).toBeCloseTo((2 * 165 - 15) * 60, 0)
    await pass(30 + 10 + 75 + 5 - 15)
    expect([chamber.program.step(), Math.round(chamber.program.stepRemainingS())]).toEqual([4, 300])
    expect(bench.chamber.temperatureC()).toBeCloseTo(-40, 0)
    await pass(165)
    expect([chamber.program.runs(), chamber.program.step()]).toEqual([{ done: 1, wanted: 2 }, 4])
    expect(bench.chamber.temperatureC()).toBeCloseTo(-40, 0)
    await pass(50)
    expect([chamber.program.state(), chamber.isRunning()]).toEqual(['idle', false])
    expect(bench.chamber.workingTemperatureC()).toBeNull()
  })

  it('holds the air while it is paused, and goes on from there', async () => {
    const { chamber, pass } = setUp()
    chamber.program.start({ program: 2, step: 1, runs: 1 })
    await pass(15)
    chamber.program.pause()
    const heldC = chamber.workingC()
    await pass(120)
    expect(chamber.workingC()).toBeCloseTo(heldC, 1)
    expect(chamber.program.stepRemainingS()).toBeCloseTo(900, 0)
    chamber.program.resume()
    await pass(15)
    expect(chamber.workingC()).toBeCloseTo(85, 0)
  })

  it('knows its programs and steps', () => {
    const { chamber } = setUp()
    for (const at of [
      { program: 9, step: 1, runs: 1 },
      { program: 1, step: 9, runs: 1 },
      { program: 1, step: 1, runs: 0 },
    ])
      expect(chamber.program.start(at)).toBe(false)
  })
})

describe('its faults', () => {
  it('an alarm ends what runs, and nothing starts before it is over', async () => {
    const { bench, chamber, options, pass } = setUp()
    chamber.change({ temperatureC: 60 })
    chamber.program.start({ program: 1, step: 1, runs: 1 })
    await pass(1)
    options['fault'] = 'alarm'
    chamber.look()
    chamber.start()
    expect([chamber.isRunning(), bench.chamber.workingTemperatureC()]).toEqual([false, null])
    expect(chamber.program.start({ program: 1, step: 1, runs: 1 })).toBe(false)
    options['fault'] = ''
    chamber.look()
    expect(chamber.isRunning()).toBe(false)
    chamber.start()
    expect(chamber.isRunning()).toBe(true)
  })

  it('an open door lets the air go its own way, and it is conditioned again when it closes', async () => {
    const { bench, chamber, options, pass } = setUp()
    chamber.change({ temperatureC: 60 })
    chamber.start()
    await pass(60)
    options['fault'] = 'door-open'
    chamber.look()
    await pass(60)
    expect(chamber.isRunning()).toBe(true)
    expect(bench.chamber.temperatureC()).toBeLessThan(50)
    options['fault'] = ''
    chamber.look()
    await pass(60)
    expect(bench.chamber.temperatureC()).toBeCloseTo(60, 0)
  })

  it('set-points and stops that are ignored stay without effect; broken sensors give nothing', () => {
    const { chamber, options } = setUp('setpoint-ignored')
    chamber.change({ temperatureC: 60 })
    expect(chamber.settings().temperatureC).toBe(23)
    chamber.start()
    options['fault'] = 'stop-ignored;temperature-sensor;humidity-sensor'
    chamber.stop()
    expect([chamber.isRunning(), chamber.measuredC(), chamber.measuredPercent()]).toEqual([true, null, null])
  })
})
