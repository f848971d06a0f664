import { describe, expect, it } from 'vitest'
import { createRandom } from '../../src/base/random.ts'
import { createVirtualClock } from '../../src/base/virtualClock.ts'
import { createBench } from './bench.ts'
import { createHvOutput } from './hvOutput.ts'

const setUp = (limitA = 0.001) => {
  const clock = createVirtualClock(0, () => new Promise<void>((turn) => setImmediate(turn)))
  const bench = createBench({ clock, random: createRandom(1), disturbances: false })
  const limits = { limitA, shortS: 0 }
  const output = createHvOutput({
    clock,
    bench,
    lane: 1,
    limitA: () => limits.limitA,
    shortS: () => limits.shortS,
  })
  return { clock, bench, output, limits, pass: (ms: number) => clock.run(clock.sleep(ms)) }
}

describe('a simulated high-voltage output', () => {
  it('ramps, and the module feels the end of it though nobody asks', async () => {
    const { bench, output, pass } = setUp()
    output.goTo(1000, 100)
    await pass(2500)
    expect(output.present()).toMatchObject({ voltageV: 250, isRamping: true })
    expect(bench.stress.voltageV(1)).toBe(250)
    await pass(60_000)
    expect(bench.stress.voltageV(1)).toBe(1000)
    expect(output.present()).toMatchObject({ voltageV: 1000, isRamping: false, isLimiting: false })
    expect(output.present().currentA).toBeCloseTo(bench.stress.leakageA(1), 15)
    expect(bench.stress.voltageV(0)).toBe(0)
  })

  it('turns round in the middle of a ramp', async () => {
    const { output, pass } = setUp()
    output.goTo(-500, 100)
    await pass(2000)
    output.goTo(0, 50)
    expect(output.present().voltageV).toBe(-200)
    await pass(2000)
    expect(output.present().voltageV).toBe(-100)
    await pass(2001)
    expect(output.present().voltageV).toBe(0)
  })

  it('empties over the bleeder without a ramp', async () => {
    const { bench, output, pass } = setUp()
    output.goTo(1000, 1e6)
    await pass(10)
    output.goTo(0, null)
    await pass(300)
    expect(output.present().voltageV).toBeCloseTo(1000 / Math.E, 0)
    await pass(3600)
    expect(bench.stress.voltageV(1)).toBe(0)
    output.goTo(1000, 1e6)
    await pass(10)
    output.jump(0)
    expect(bench.stress.voltageV(1)).toBe(0)
    await pass(100)
    expect(output.present()).toMatchObject({ voltageV: 0, currentA: 0, isRamping: false })
  })

  it('gives no more current than its limit', async () => {
    const { bench, output, limits, pass } = setUp(1e-8)
    output.goTo(1000, 1000)
    await pass(1500)
    const sagged = output.present()
    expect(sagged.isLimiting).toBe(true)
    expect(sagged.currentA).toBeCloseTo(1e-8, 12)
    // The leakage of lane 1 is 7 % above that of lane 0.
    expect(sagged.voltageV).toBeCloseTo((1e-8 * bench.stress.insulationOhm(1)) / 1.07, 0)
    limits.limitA = 0.001
    limits.shortS = 1e-4
    expect(output.present()).toMatchObject({ isLimiting: true })
    expect(output.present().voltageV).toBeCloseTo(10, 1)
  })
})
