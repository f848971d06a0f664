import { describe, expect, it } from 'vitest'
import { createRandom } from '../../src/base/random.ts'
import { createVirtualClock } from '../../src/base/virtualClock.ts'
import { createBench } from './bench.ts'
import { createSupplyTerminals, type TerminalLimits } from './supplyTerminals.ts'

const settle = () => new Promise<void>((resolve) => setImmediate(resolve))
const setUp = (isLit = false) => {
  const clock = createVirtualClock(0, settle)
  const bench = createBench({ clock, random: createRandom(3), disturbances: false })
  return { clock, bench, terminals: createSupplyTerminals(bench, isLit, clock) }
}
const limits = (more: Partial<TerminalLimits>): TerminalLimits => ({
  voltageV: 60,
  sourceA: 3,
  sourceW: 1000,
  sinkA: 0,
  sinkW: 1000,
  ...more,
})

describe('a supply on the dark module', () => {
  it('pushes the current that is set, at the voltage that the module takes for it', () => {
    const { bench, terminals } = setUp()
    const point = terminals.at(limits({}))
    expect(point).toMatchObject({ currentA: 3, regulation: 'CC' })
    expect(point.voltageV).toBeCloseTo(bench.forwardVoltageV(3), 9)
    expect(point.voltageV).toBeGreaterThan(15)
    expect(point.voltageV).toBeLessThan(25)
  })

  it('holds the voltage where the current would need more, and the current is the module’s at that voltage', () => {
    const { bench, terminals } = setUp()
    const point = terminals.at(limits({ voltageV: 18 }))
    expect(point.regulation).toBe('CV')
    expect(point.voltageV).toBeCloseTo(18, 5)
    expect(point.currentA).toBeLessThan(3)
    expect(bench.forwardVoltageV(point.currentA)).toBeCloseTo(18, 5)
  })

  it('limits the power', () => {
    const point = setUp().terminals.at(limits({ sourceW: 20 }))
    expect(point.regulation).toBe('CP')
    expect(point.voltageV * point.currentA).toBeCloseTo(20, 4)
  })

  it('follows a change of what is set at once, and the module’s within 50 ms', async () => {
    const { clock, bench, terminals } = setUp()
    bench.chamber.drive({ temperatureC: 85, rampKPerMin: null, humidityPercent: null })
    const cold = terminals.at(limits({})).voltageV
    expect(terminals.at(limits({ sourceA: 1 })).currentA).toBe(1)
    expect(terminals.at(limits({})).voltageV).toBe(cold)
    await clock.run(clock.sleep(3_600_000))
    expect(terminals.at(limits({})).voltageV).toBeLessThan(cold - 1)
  })

  it('shows nothing when it is off', () => {
    const { terminals } = setUp()
    terminals.at(limits({}))
    expect(terminals.open()).toMatchObject({ voltageV: 0, currentA: 0 })
  })
})

describe('a supply on the module in the light', () => {
  it('shows the open-circuit voltage when it is off', () => {
    const { bench, terminals } = setUp(true)
    expect(terminals.open().voltageV).toBe(bench.openCircuitVoltageV())
  })

  it('takes current out of the module, up to its limit', () => {
    const { bench, terminals } = setUp(true)
    const taken = terminals.at(limits({ voltageV: 10, sinkA: 10 }))
    expect(taken).toMatchObject({ voltageV: 10, regulation: 'CV' })
    expect(taken.currentA).toBeCloseTo(-bench.moduleCurrentA(10, 0), 9)
    const limited = terminals.at(limits({ voltageV: 0, sinkA: 1 }))
    expect(limited.regulation).toBe('CC')
    expect(limited.currentA).toBeCloseTo(-1, 4)
    expect(bench.moduleCurrentA(limited.voltageV, 0)).toBeCloseTo(1, 4)
  })

  it('pushes current in above the open-circuit voltage', () => {
    const { terminals } = setUp(true)
    expect(terminals.at(limits({})).currentA).toBeCloseTo(3, 3)
    expect(terminals.at(limits({ sinkA: 0, voltageV: 10 })).currentA).toBeCloseTo(0, 6)
  })
})
