import { describe, expect, it } from 'vitest'
import { createRandom } from '../../src/base/random.ts'
import { createVirtualClock } from '../../src/base/virtualClock.ts'
import { createBench } from './bench.ts'
import { fortyFiveWattModule, fourHundredWattModule, simulatedModuleLabel } from './modules.ts'
import { junctionVoltageV, openCircuitV, parametersAt, terminalCurrentA } from './singleDiode.ts'
import { operatingPoint } from './smuOutput.ts'

const settle = () => new Promise<void>((resolve) => setImmediate(resolve))
const modules = [fortyFiveWattModule, fourHundredWattModule]

const maximum = (parameters: ReturnType<typeof parametersAt>) => {
  const openV = openCircuitV(parameters)
  let best = { powerW: 0, voltageV: 0, currentA: 0 }
  for (let i = 0; i <= 5000; i++) {
    const voltageV = (openV * i) / 5000
    const currentA = terminalCurrentA(parameters, voltageV)
    if (voltageV * currentA > best.powerW) best = { powerW: voltageV * currentA, voltageV, currentA }
  }
  return best
}

describe('the single-diode equation', () => {
  it.each([-3, -0.5, 0, 5, 15, 19.2, 25, 60])('is solved at %d V: both sides agree to 1e-10 A', (voltageV) => {
    const p = parametersAt(fortyFiveWattModule.diode, 1000, 25)
    const currentA = terminalCurrentA(p, voltageV)
    const junctionV = voltageV + currentA * p.seriesOhm
    expect(junctionV).toBeCloseTo(junctionVoltageV(p, voltageV), 9)
    const rightSideA =
      p.photocurrentA - p.saturationCurrentA * Math.expm1(junctionV / p.slopeV) - junctionV * p.shuntSiemens
    // Far above open circuit the exponential magnifies rounding: compare relative to the current.
    expect(Math.abs(currentA - rightSideA)).toBeLessThan(1e-9 * (1 + Math.abs(currentA)))
  })

  it('keeps the reference parameters at 1000 W/m² and 25 °C, and has no current in the dark', () => {
    expect(fortyFiveWattModule.diode).toMatchObject(parametersAt(fortyFiveWattModule.diode, 1000, 25))
    const dark = parametersAt(fortyFiveWattModule.diode, 0, 25)
    expect(openCircuitV(dark)).toBe(0)
    expect(terminalCurrentA(dark, 0)).toBeCloseTo(0, 12)
  })
})

describe.each(modules)('the label of $label.model', (module) => {
  const { label } = module
  const stc = parametersAt(module.diode, 1000, 25)
  const warm = parametersAt(module.diode, 1000, 35)

  it('holds its ratings within its tolerances', () => {
    const best = maximum(stc)
    expect(Math.abs(best.powerW / label.ratedPmaxW - 1) * 100).toBeLessThan(label.pmaxTolerancePercent)
    expect(Math.abs(openCircuitV(stc) / label.ratedVocV - 1) * 100).toBeLessThan(label.vocTolerancePercent)
    expect(Math.abs(terminalCurrentA(stc, 0) / label.ratedIscA - 1) * 100).toBeLessThan(label.iscTolerancePercent)
    expect(label.ratedVmpV * label.ratedImpA).toBeCloseTo(label.ratedPmaxW, 0)
  })

  it('holds its temperature coefficients', () => {
    const perK = (at25: number, at35: number) => ((at35 / at25 - 1) * 100) / 10
    expect(perK(openCircuitV(stc), openCircuitV(warm))).toBeCloseTo(label.betaVocPercentPerK, 2)
    expect(perK(terminalCurrentA(stc, 0), terminalCurrentA(warm, 0))).toBeCloseTo(label.alphaIscPercentPerK, 2)
    expect(perK(maximum(stc).powerW, maximum(warm).powerW)).toBeCloseTo(label.gammaPmaxPercentPerK, 1)
  })
})

describe('the bench', () => {
  const createAt = (seed: number) => {
    const clock = createVirtualClock(0, settle)
    return { clock, bench: createBench({ clock, random: createRandom(seed) }) }
  }
  const valuesOf = (bench: ReturnType<typeof createBench>) => [
    bench.irradianceWPerM2(),
    bench.moduleCurrentA(10, 1),
    bench.openCircuitVoltageV(),
    bench.moduleTemperatureC(2),
    bench.ambientTemperatureC(),
  ]

  it('gives the same values at the same time, however often it was asked before', async () => {
    const [often, seldom] = [createAt(3), createAt(3)]
    await often.clock.run(
      (async () => {
        for (let i = 0; i < 300; i++) {
          valuesOf(often.bench)
          await often.clock.sleep(10)
        }
      })(),
    )
    await seldom.clock.run(seldom.clock.sleep(3000))
    expect(valuesOf(often.bench)).toEqual(valuesOf(seldom.bench))
    expect(valuesOf(createAt(4).bench)).not.toEqual(valuesOf(createAt(3).bench))
  })

  it('stays near 1000 W/m² and 25 °C with four sensors less than 1 K apart, for an hour', async () => {
    const { clock, bench } = createAt(5)
    const irradiances: number[] = []
    await clock.run(
      (async () => {
        for (let i = 0; i < 720; i++) {
          await clock.sleep(5000)
          irradiances.push(bench.irradianceWPerM2())
          const sensors = [0, 1, 2, 3].map((sensor) => bench.moduleTemperatureC(sensor))
          expect(Math.max(...sensors) - Math.min(...sensors)).toBeLessThan(1)
          for (const each of sensors) expect(Math.abs(each - 25)).toBeLessThan(1.5)
        }
      })(),
    )
    expect(Math.max(...irradiances)).toBeLessThan(1010)
    expect(Math.min(...irradiances)).toBeGreaterThan(990)
    expect(Math.max(...irradiances) - Math.min(...irradiances)).toBeGreaterThan(1)
  })

  it('reads low on a fast rising sweep and high on a falling one, most of all near the maximum', () => {
    const { bench } = createAt(6)
    const loss = (voltageV: number) => bench.moduleCurrentA(voltageV, -200) - bench.moduleCurrentA(voltageV, 200)
    expect(loss(17)).toBeGreaterThan(1e-3)
    expect(loss(5)).toBeLessThan(1e-6)
    expect(bench.moduleCurrentA(17, 0)).toBeCloseTo(
      (bench.moduleCurrentA(17, -200) + bench.moduleCurrentA(17, 200)) / 2,
      9,
    )
  })

  it('lets bypass diodes conduct where the voltage is reversed', () => {
    const { bench } = createAt(6)
    expect(bench.moduleCurrentA(-0.5, 0)).toBeLessThan(3.2)
    expect(bench.moduleCurrentA(-0.9, 0)).toBeGreaterThan(10)
  })

  it('takes under 200 µs a point (about 15 on an idle PC), lead resistance and limit included', () => {
    const { bench } = createAt(6)
    const settings = { source: 'voltage', limit: 2, fourWire: false, sweepRateVPerS: 1 } as const
    const pointsUs = Array.from({ length: 20 }, (_each, k) => {
      const start = performance.now()
      for (let i = 0; i < 100; i++) operatingPoint(bench, { ...settings, level: (100 * i) / 500 + k / 100 })
      return ((performance.now() - start) * 1000) / 100
    })
    // Another process may have had the core in some of them.
    expect(pointsUs.sort((a, b) => a - b)[5]).toBeLessThan(200)
  })
})

describe('a source on the module', () => {
  const clock = createVirtualClock(0, settle)
  const bench = createBench({ clock, random: createRandom(1), disturbances: false })
  const at = { source: 'voltage', level: 10, limit: 3.1, fourWire: true, sweepRateVPerS: 0 } as const

  it('takes the current in: negative as the instrument counts', () => {
    expect(operatingPoint(bench, at)).toEqual({
      voltageV: 10,
      currentA: -bench.moduleCurrentA(10, 0),
      limiting: false,
    })
  })

  it('drops voltage along the leads in two-wire only', () => {
    const two = operatingPoint(bench, { ...at, level: 17, fourWire: false })
    expect(two.voltageV).toBeCloseTo(17, 8)
    expect(-two.currentA).toBeCloseTo(bench.moduleCurrentA(17 - two.currentA * 0.06, 0), 8)
    expect(-two.currentA).toBeLessThan(bench.moduleCurrentA(17, 0) - 0.01)
  })

  it('holds the limit: below open circuit the voltage rises, above it falls', () => {
    const low = operatingPoint(bench, { ...at, level: 0, limit: 1 })
    expect(low).toMatchObject({ currentA: -1, limiting: true })
    expect(bench.moduleCurrentA(low.voltageV, 0)).toBeCloseTo(1, 6)
    const high = operatingPoint(bench, { ...at, level: 40, limit: 1 })
    expect(high).toMatchObject({ currentA: 1, limiting: true })
    expect(high.voltageV).toBeGreaterThan(simulatedModuleLabel.ratedVocV)
  })
})
