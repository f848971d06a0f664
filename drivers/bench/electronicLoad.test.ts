import { describe, expect, it } from 'vitest'
import { createRandom } from '../../src/base/random.ts'
import { createVirtualClock } from '../../src/base/virtualClock.ts'
import { createBench } from './bench.ts'
import { createElectronicLoad, type LoadState } from './electronicLoad.ts'
import { createFaultBoard } from './faults.ts'

const setUp = (state: Partial<LoadState> = {}) => {
  const clock = createVirtualClock(0, () => Promise.resolve())
  const random = createRandom(3)
  const bench = createBench({ clock, random: random.fork('bench'), disturbances: false })
  const options: Record<string, string> = {}
  const faults = createFaultBoard(clock, options)
  const context = { clock, random, bench, options, faults, send: () => undefined }
  const load = createElectronicLoad(context, { maxVoltageV: 80, maxCurrentA: 60, maxPowerW: 300, onOhm: 0.02 })
  Object.assign(load.state, state)
  load.switchLoad(true)
  return { bench, load, options }
}

describe('a load on the module', () => {
  it('draws its current while the module can give it, and all there is beyond', () => {
    expect(setUp({ mode: 'cc', currentA: 2 }).load.currentA()).toBeCloseTo(2, 2)
    const { load } = setUp({ mode: 'cc', currentA: 10 })
    expect(load.currentA()).toBeCloseTo(3, 1)
    // Transistors and leads are all that is left of the voltage.
    expect(load.voltageV()).toBeCloseTo(3 * (0.02 + 0.06), 1)
  })

  it('holds its voltage between what its transistors leave and open circuit', () => {
    const { load, bench } = setUp({ mode: 'cv', voltageV: 12 })
    expect(load.voltageV()).toBeCloseTo(12, 1)
    load.state.voltageV = 0
    expect(load.voltageV()).toBeGreaterThan(0.2)
    load.state.voltageV = 25
    expect(load.voltageV()).toBeCloseTo(bench.openCircuitVoltageV(), 1)
    expect(load.currentA()).toBeCloseTo(0, 2)
  })

  it('limits its current in constant voltage: the module chooses the voltage', () => {
    const { load, bench } = setUp({ mode: 'cv', voltageV: 5, currentLimitA: 1 })
    expect(load.currentA()).toBeCloseTo(1, 2)
    expect(bench.moduleCurrentA(load.voltageV(), 0)).toBeCloseTo(1, 1)
  })

  it('is a resistor, and a taker of power on the right side of the maximum', () => {
    const resistor = setUp({ mode: 'cr', resistanceOhm: 8 }).load
    expect(resistor.voltageV() / resistor.currentA()).toBeCloseTo(8, 1)
    const { load } = setUp({ mode: 'cp', powerW: 30 })
    expect(load.voltageV() * load.currentA()).toBeCloseTo(30, 0)
    expect(load.voltageV()).toBeGreaterThan(17)
    load.state.powerW = 100
    expect(load.voltageV()).toBeLessThan(0.5)
  })

  it('draws nothing below its starting voltage, and sees less with two wires', () => {
    expect(setUp({ mode: 'cc', currentA: 2, vonV: 30 }).load.currentA()).toBeCloseTo(0, 2)
    const far = setUp({ mode: 'cc', currentA: 2 }).load
    const near = setUp({ mode: 'cc', currentA: 2, remoteSense: false }).load
    expect(far.voltageV() - near.voltageV()).toBeCloseTo(0.12, 1)
  })

  it('goes off when it trips, and stays off until that is cleared', () => {
    const { load, options } = setUp({ mode: 'cc', currentA: 1 })
    options['fault'] = 'trip'
    expect(load.isOn()).toBe(false)
    options['fault'] = ''
    load.switchLoad(true)
    expect(load.isOn()).toBe(false)
    expect([...load.tripped()]).toEqual(['overTemperature'])
    load.clearTrips()
    load.switchLoad(true)
    expect(load.isOn()).toBe(true)
  })
})
