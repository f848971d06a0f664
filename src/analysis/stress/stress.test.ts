import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createRandom } from '../../base/random.ts'
import { chamberCompliance } from './chamberCompliance.ts'
import { changePercent, letidCurrentA, letidMinimum, pidShunting, recoveryFraction } from './degradation.ts'
import { chargeC, chargeDensityCPerM2, integrate, irradiationKWhPerM2, uvCheck, voltHours } from './exposure.ts'
import { insulationResistance } from './insulation.ts'
import { stabilisation, stabilisationRules } from './stabilisation.ts'
import { cycleProblems, steepestRamps, temperatureCycles } from './temperatureCycles.ts'
import type { TemperatureSample } from './temperatureCycles.ts'

describe('stabilisation, MQT 19', () => {
  const rule = stabilisationRules['c-Si']
  const at = (...powers: number[]) => powers.map((pmaxW, i) => ({ doseKWhPerM2: 5 * i, pmaxW }))

  it('judges (max − min)/mean of the last three only', () => {
    const result = stabilisation(at(420, 401, 400, 399), rule)
    expect(result.spread.value).toBeCloseTo(2 / 400, 12)
    expect(result.stabilised).toBe(true)
    expect(stabilisation(at(420, 401, 400), rule).stabilised).toBe(false)
  })
  it('is strict: a spread equal to the limit is not stable', () => {
    expect(stabilisation(at(402, 400, 398), { ...rule, limit: 4 / 400 }).stabilised).toBe(false)
    expect(stabilisation(at(402, 400, 398.001), { ...rule, limit: 4 / 400 }).stabilised).toBe(true)
  })
  it('divides by the mean of three, not of the extremes', () => {
    expect(stabilisation(at(404, 404, 400), rule).spread.value).toBeCloseTo(4 / (1208 / 3), 12)
  })
  it('gives no verdict with two powers or a short interval, and says why', () => {
    expect(stabilisation(at(400, 400), rule)).toMatchObject({
      stabilised: null,
      reason: expect.stringContaining('three') as string,
    })
    const short = [0, 5, 9.9].map((doseKWhPerM2) => ({ doseKWhPerM2, pmaxW: 400 }))
    expect(stabilisation(short, rule)).toMatchObject({
      stabilised: null,
      reason: expect.stringContaining('4.90') as string,
    })
  })
})

describe('LeTID and PID', () => {
  it('finds the minimum and the regeneration of the pvdeg example: 0.96987 at 139 h, 0.97866 at 504 h', () => {
    const series = [
      [0, 1],
      [50, 0.985],
      [139, 0.96987],
      [300, 0.974],
      [504, 0.97866],
    ].map(([timeH, ratio]) => ({ timeH: timeH!, pmaxW: 400 * ratio! }))
    const result = letidMinimum(series)
    expect(result.minimumRatio).toBeCloseTo(0.96987, 10)
    expect(result.minimumTimeH).toBe(139)
    expect(result.state).toBe('regenerating')
    expect(result.regeneration.value).toBeCloseTo((0.97866 - 0.96987) / (1 - 0.96987), 9)
    expect(letidMinimum(series.slice(0, 3)).state).toBe('falling')
    expect(
      letidMinimum([
        { timeH: 0, pmaxW: 400 },
        { timeH: 162, pmaxW: 399.5 },
      ]).state,
    ).toBe('flat')
  })
  it('has the dark current 2·(Isc − Imp)', () => {
    expect(letidCurrentA(11, 10.4)).toBeCloseTo(1.2, 12)
    expect(letidCurrentA(11, 10.4, 1)).toBeCloseTo(0.6, 12)
  })
  it('419.3 W to 398.8 W is −4.89 %, and 417.1 W recovers 89.3 % of it', () => {
    expect(changePercent(419.3, 398.8).toFixed(2)).toBe('-4.89')
    const recovery = recoveryFraction({ initialW: 419.3, degradedW: 398.8, recoveredW: 417.1 })
    expect((100 * recovery.value!).toFixed(1)).toBe('89.3')
    expect(recoveryFraction({ initialW: 400, degradedW: 400, recoveredW: 401 }).value).toBeNull()
  })
  it('classes the loss of shunt resistance', () => {
    const classOf = (shuntAfterOhm: number) =>
      pidShunting({ shuntBeforeOhm: 1000, shuntAfterOhm, fillFactorBefore: 0.8, fillFactorAfter: null })
    expect([960, 900, 700].map((ohm) => classOf(ohm).shuntClass)).toEqual(['none', 'moderate', 'strong'])
    expect(classOf(900).fillFactorChangePercent).toEqual({ value: null, reason: 'fill factor after is missing' })
  })
})

describe('insulation and wet leakage', () => {
  const input = { voltageV: 1500, currentA: 50e-6, blankCurrentA: 0, resolutionA: 1e-9, areaM2: 2.5 }
  it('1500 V and 2.5 m²: at least 16 MΩ, at most 94 µA', () => {
    const result = insulationResistance(input)
    expect(result.limitMohm).toBe(16)
    expect(result.limitCurrentA * 1e6).toBeCloseTo(93.75, 9)
    expect(result.resistanceAreaMohmM2.value).toBeCloseTo(75, 9)
    expect(result.verdict).toBe('pass')
    expect(insulationResistance({ ...input, currentA: 94e-6 }).verdict).toBe('fail')
    expect(insulationResistance({ ...input, currentA: 93.75e-6 }).verdict).toBe('pass')
  })
  it('takes the blank off', () => {
    const result = insulationResistance({ ...input, currentA: 100e-6, blankCurrentA: 10e-6 })
    expect(result.netCurrentA).toBeCloseTo(90e-6, 15)
    expect(result.verdict).toBe('pass')
  })
  it('needs 400 MΩ below 0.1 m², and agrees with the area rule at 0.1 m²', () => {
    expect(insulationResistance({ ...input, areaM2: 0.05 }).limitMohm).toBe(400)
    expect(insulationResistance({ ...input, areaM2: 0.1 }).limitMohm).toBe(400)
  })
  it('gives a lower bound when no current is seen, and no verdict when that can’t decide', () => {
    const unseen = insulationResistance({ ...input, currentA: 0 })
    expect(unseen).toMatchObject({ verdict: 'pass', isLowerBound: true })
    expect(insulationResistance({ ...input, currentA: 0, resolutionA: 1e-3 }).verdict).toBe('notMeasured')
    expect(insulationResistance({ ...input, currentA: 1e-6, blankCurrentA: 2e-6, resolutionA: null })).toMatchObject({
      verdict: 'notMeasured',
      resistanceMohm: { value: null },
    })
    expect(insulationResistance({ ...input, breakdown: true }).verdict).toBe('fail')
  })
})

describe('doses', () => {
  const hours = (count: number, value: (h: number) => number | null) =>
    Array.from({ length: count + 1 }, (_, i) => ({ timeMs: i * 3_600_000, value: value(i) }))

  it('10 h at 1000 W/m² are 10 kWh/m²; a ramp counts by trapezoids', () => {
    expect(
      irradiationKWhPerM2(
        integrate(
          hours(10, () => 1000),
          3_600_000,
        ),
      ),
    ).toBeCloseTo(10, 12)
    expect(
      voltHours(
        integrate(
          hours(4, (h) => 100 * h),
          3_600_000,
        ),
      ),
    ).toBeCloseTo(800, 12)
    const dose = integrate(
      hours(1, () => 1e-6),
      3_600_000,
    )
    expect(chargeC(dose)).toBeCloseTo(0.0036, 12)
    expect(chargeDensityCPerM2(dose, 2)).toBeCloseTo(0.0018, 12)
  })
  it('doesn’t fill gaps', () => {
    const dose = integrate(
      hours(10, (h) => (h === 5 ? null : 1000)),
      3_600_000,
    )
    expect(irradiationKWhPerM2(dose)).toBeCloseTo(8, 12)
    expect(dose.missingS).toBe(7200)
    expect(dose.gaps).toEqual([{ fromMs: 4 * 3_600_000, toMs: 6 * 3_600_000 }])
    expect(integrate([], 1).mean.value).toBeNull()
  })
  it('checks the share of UV below 320 nm', () => {
    expect(uvCheck({ totalKWhPerM2: 15, shortKWhPerM2: 0.75, requiredKWhPerM2: 15 })).toMatchObject({
      doseReached: true,
      shareInRange: true,
    })
    expect(uvCheck({ totalKWhPerM2: 15, shortKWhPerM2: 1.6, requiredKWhPerM2: 15 }).shareInRange).toBe(false)
  })
  it('adds up: the dose of the parts is the dose of the whole', () => {
    const value = fc.double({ min: -1e6, max: 1e6, noNaN: true })
    fc.assert(
      fc.property(fc.array(value, { minLength: 3, maxLength: 30 }), (values) => {
        const samples = values.map((one, i) => ({ timeMs: 1000 * i, value: one }))
        const whole = integrate(samples, 1000).integral
        const parts = integrate(samples.slice(0, 2), 1000).integral + integrate(samples.slice(1), 1000).integral
        expect(Math.abs(whole - parts)).toBeLessThanOrEqual(1e-6)
      }),
    )
  })
})

/** −40…85 °C in one-minute samples: dwell, rise, dwell, fall. */
const cycleLog = (ramp: { kPerH: number; dwellMin: number; cycles: number; noiseK: number }): TemperatureSample[] => {
  const random = createRandom(4)
  const rampMin = (125 / ramp.kPerH) * 60
  const period = 2 * (rampMin + ramp.dwellMin)
  const at = (minute: number): number => {
    const phase = minute % period
    if (phase < ramp.dwellMin) return -40
    if (phase < ramp.dwellMin + rampMin) return -40 + ((phase - ramp.dwellMin) / rampMin) * 125
    if (phase < 2 * ramp.dwellMin + rampMin) return 85
    return 85 - ((phase - 2 * ramp.dwellMin - rampMin) / rampMin) * 125
  }
  const minutes = Math.floor(period * ramp.cycles + ramp.dwellMin)
  return Array.from({ length: minutes }, (_, i) => ({
    timeMs: i * 60_000,
    temperatureC: at(i) + ramp.noiseK * random.normal(),
  }))
}

describe('temperature cycles', () => {
  it('counts cycles and finds dwells, ramps and extremes', () => {
    const log = cycleLog({ kPerH: 90, dwellMin: 30, cycles: 3, noiseK: 0 })
    const { cycles } = temperatureCycles(log, { lowC: -40, highC: 85 })
    expect(cycles).toHaveLength(3)
    expect(cycles.every(({ closed }) => closed)).toBe(true)
    for (const cycle of cycles) {
      expect(cycle.steepestRiseKPerH.value).toBeCloseTo(90, 6)
      expect(cycle.steepestFallKPerH.value).toBeCloseTo(90, 6)
      expect(Math.abs(cycle.highDwellMin - 32.67)).toBeLessThan(2)
      expect(cycle.minimumC).toBe(-40)
      expect(cycle.maximumC).toBeGreaterThan(84)
      expect(cycleProblems(cycle)).toEqual([])
    }
  })
  it('isn’t fooled by sensor noise that neighbouring differences would take for a ramp', () => {
    const log = cycleLog({ kPerH: 90, dwellMin: 30, cycles: 2, noiseK: 0.1 })
    const { cycles } = temperatureCycles(log, { lowC: -40, highC: 85 })
    expect(cycles).toHaveLength(2)
    for (const cycle of cycles) expect(cycle.steepestRiseKPerH.value).toBeLessThan(98)
    const differences = log.slice(1).map((sample, i) => 60 * (sample.temperatureC - log[i]!.temperatureC))
    expect(Math.max(...differences)).toBeGreaterThan(105)
  })
  it('names what is wrong with a cycle', () => {
    const fast = temperatureCycles(cycleLog({ kPerH: 150, dwellMin: 4, cycles: 2, noiseK: 0 }), {
      lowC: -40,
      highC: 85,
    })
    const problems = cycleProblems(fast.cycles[0]!).join('; ')
    expect(problems).toContain('above 100 K/h')
    expect(problems).toContain('below 10 min')
  })
  it('has a reason when the samples are too sparse for a ramp', () => {
    const sparse = [0, 1, 2].map((i) => ({ timeMs: i * 600_000, temperatureC: i }))
    expect(steepestRamps(sparse).steepestRiseKPerH.value).toBeNull()
  })
})

describe('chamber compliance', () => {
  const bands = [
    { name: 'temperature', setPoint: 85, tolerance: 2 },
    { name: 'humidity', setPoint: 85, tolerance: 5 },
  ]
  it('counts only the time in which all are within tolerance', () => {
    const samples = Array.from({ length: 11 }, (_, i) => ({
      timeMs: i * 3_600_000,
      values: [i === 3 ? 88 : 87, i === 7 ? null : 85],
    }))
    const result = chamberCompliance(samples, bands, 3_600_000)
    expect(result).toMatchObject({ insideH: 6, outsideH: 2, unknownH: 2 })
    expect(result.insideShare.value).toBeCloseTo(0.75, 12)
    expect(result.excursions).toEqual([
      { fromMs: 3 * 3_600_000, toMs: 3 * 3_600_000, band: 'temperature', extreme: 88 },
    ])
  })
  it('doesn’t count a gap of the log as inside', () => {
    const samples = [0, 10].map((h) => ({ timeMs: h * 3_600_000, values: [85, 85] }))
    expect(chamberCompliance(samples, bands, 3_600_000)).toMatchObject({
      insideH: 0,
      unknownH: 10,
      insideShare: { value: null },
    })
  })
})
