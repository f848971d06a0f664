import { describe, expect, it } from 'vitest'
import { recordedSweep, timed } from '../../../test/support/recordedSweep.ts'
import type { CorrectedCurves } from '../../contract/results.ts'
import type { RecordedSweep } from '../../contract/sample.ts'
import { createExactCurve } from '../iv/exactCurve.ts'
import { extractIv } from '../iv/extract.ts'
import { assembleCurve } from './assemble.ts'
import { stcProcedure1 } from './stcProcedure1.ts'

const alphaAPerK = 0.005

/** A module of 60 cells, about 300 W: single diode, photocurrent ∝ G, saturation current ∝ T³ exp(−Eg/kT). */
const moduleAt = (irradianceWPerM2: number, temperatureC: number) => {
  const [kelvin, reference, boltzmannEvPerK] = [temperatureC + 273.15, 298.15, 8.617333e-5]
  const growth = Math.exp((1.121 / boltzmannEvPerK) * (1 / reference - 1 / kelvin))
  return createExactCurve({
    photocurrentA: (irradianceWPerM2 / 1000) * (9.8 + alphaAPerK * (temperatureC - 25)),
    saturationCurrentA: 1e-10 * (kelvin / reference) ** 3 * growth,
    seriesResistanceOhm: 0.3,
    shuntResistanceOhm: 400,
    idealityVoltageV: (1.6 * kelvin) / reference,
  })
}
const truth = moduleAt(1000, 25)
const points = 200

/** A sweep of 100 ms from 0 V to just beyond Voc, each point with the light of its time; 15 samples of the sensor. */
const sweepOf = (light: (share: number) => number, temperatureC: number, more: Partial<RecordedSweep> = {}) => {
  const times = Array.from({ length: points }, (_each, i) => (100 * i) / (points - 1))
  const voltageV = times.map((ms) => (1.03 * truth.vocV * ms) / 100)
  const steady = light(0) === light(1) ? moduleAt(light(0), temperatureC) : null
  const measured = {
    voltageV,
    currentA: voltageV.map((v, i) => (steady ?? moduleAt(light(times[i]! / 100), temperatureC)).currentAt(v)),
  }
  return recordedSweep({
    ...measured,
    monotonicMs: times,
    irradiance: timed(...Array.from({ length: 15 }, (_each, i) => [(100 * i) / 14, light(i / 14)] as const)),
    temperatures: [{ name: 'back', ...timed([0, temperatureC], [100, temperatureC]) }],
    ...more,
  })
}

const settings = {
  rule: 'e1036',
  alphaPercentPerK: (100 * alphaAPerK) / 9.8,
  betaPercentPerK: (100 * (moduleAt(1000, 26).vocV - moduleAt(1000, 24).vocV)) / 2 / truth.vocV,
  seriesResistanceOhm: 0.3,
  kappaOhmPerK: 0,
  targetIrradianceWPerM2: 1000,
  targetTemperatureC: 25,
}
const correct = (sweeps: readonly RecordedSweep[], given: object = {}) =>
  stcProcedure1.run({ sweeps, ...settings, ...given }) as CorrectedCurves

const offPercent = (value: number | null | undefined, from: number): number =>
  100 * Math.abs((value ?? Infinity) / from - 1)
/** The same sweep the other way: the light of each time meets the voltages in reverse order. */
const reversed = (light: (share: number) => number) => {
  const mirrored = sweepOf((share) => light(1 - share), 25)
  return recordedSweep({
    ...mirrored,
    direction: 'reverse',
    voltageV: mirrored.voltageV.toReversed(),
    currentA: mirrored.currentA.toReversed(),
    irradiance: { ...mirrored.irradiance, value: mirrored.irradiance.value.toReversed() },
  })
}

describe('procedure 1 on a curve of a known module', () => {
  it('brings 970 W/m² and 26.5 °C to STC within 0.3 % of the truth', () => {
    const sweep = sweepOf(() => 970, 26.5)
    expect(offPercent(extractIv(assembleCurve(sweep)).pmaxW, truth.pmaxW)).toBeGreaterThan(3)
    const [corrected] = correct([sweep]).curves
    expect(corrected).toMatchObject({ irradianceWPerM2: 1000, temperatureC: 25, direction: 'forward', flags: [] })
    expect(offPercent(corrected!.pmaxW, truth.pmaxW)).toBeLessThan(0.3)
    expect(offPercent(corrected!.iscA, truth.iscA)).toBeLessThan(0.05)
    expect(offPercent(corrected!.vocV, truth.vocV)).toBeLessThan(0.3)
  })

  it('leaves a curve that was measured at the target as it is', () => {
    const sweep = sweepOf(() => 1000, 25)
    const [corrected] = correct([sweep]).curves
    expect(corrected!.voltageV).toEqual(sweep.voltageV)
    expect(corrected!.currentA).toEqual(sweep.currentA)
  })

  it('follows the equations of IEC 60891:2021 at each point', () => {
    const sweep = sweepOf(() => 970, 26.5)
    const found = extractIv(assembleCurve(sweep), { rule: 'e1036' })
    const kappaOhmPerK = 0.002
    const [corrected] = correct([sweep], { kappaOhmPerK }).curves
    const alpha = ((settings.alphaPercentPerK / 100) * found.iscA!) / 0.97
    const beta = ((settings.betaPercentPerK / 100) * found.vocV!) / (1 + (settings.betaPercentPerK / 100) * 1.5)
    for (const k of [0, 120, points - 1]) {
      const before = sweep.currentA[k]!
      const after = before + found.iscA! * (1000 / 970 - 1) + alpha * -1.5
      expect(corrected!.currentA[k]).toBeCloseTo(after, 9)
      const voltage = sweep.voltageV[k]! - 0.3 * (after - before) - kappaOhmPerK * after * -1.5 + beta * -1.5
      expect(corrected!.voltageV[k]).toBeCloseTo(voltage, 9)
    }
  })
})

describe('light that drifts by 1 % along the sweep', () => {
  const falling = (share: number) => 1000 - 10 * share

  it.each([
    ['forward', sweepOf(falling, 25)],
    ['reverse', reversed(falling)],
  ])('is taken out point by point to less than 0.05 % of Pmax (%s)', (_direction, sweep) => {
    const curve = assembleCurve(sweep)
    const byMeanAlone = correct([{ ...sweep, irradiance: timed([50, curve.irradianceWPerM2]) }]).curves[0]!
    expect(offPercent(byMeanAlone.pmaxW, truth.pmaxW)).toBeGreaterThan(0.15)
    expect(offPercent(correct([sweep]).curves[0]!.pmaxW, truth.pmaxW)).toBeLessThan(0.05)
  })
})

describe('curves that can’t be corrected', () => {
  it.each<[string, Partial<RecordedSweep>, string]>([
    ['without irradiance', { irradiance: timed() }, 'its irradiance was not measured'],
    ['in the dark', { irradiance: timed([50, 0]) }, 'its irradiance was not measured'],
    ['without temperature', { temperatures: [] }, 'its temperature was not measured'],
    ['without Voc', recordedSweep({ voltageV: [0, 1, 2], currentA: [9.8, 9.79, 9.78] }), 'it has no Isc or no Voc'],
  ])('%s are left out with the reason, and the others go on', (_what, more, reason) => {
    const good = sweepOf(() => 970, 26.5, { id: 'good' })
    const light = { irradiance: timed([50, 970]), temperatures: [{ name: 'back', ...timed([50, 25]) }] }
    const bad = reason.startsWith('it has') ? { ...more, ...light } : more
    const result = correct([recordedSweep({ ...good, ...bad, id: 'bad' }), good])
    expect(result.leftOut).toEqual([{ id: 'bad', reason }])
    expect(result.curves.map((each) => each.id)).toEqual(['good'])
  })
})

describe('a correction over a far way', () => {
  it('is marked when the irradiance changes by more than 20 %, and not before', () => {
    const flagsAt = (g: number) => correct([sweepOf(() => g, 25)]).curves[0]!.flags.map((flag) => flag.code)
    expect(flagsAt(800)).toContain('farCorrection')
    expect(flagsAt(840)).not.toContain('farCorrection')
  })
})

describe('the paper trail of the correction', () => {
  it('names procedure, rule, target and every coefficient as given', () => {
    const result = correct([])
    expect(result).toMatchObject({ targetIrradianceWPerM2: 1000, targetTemperatureC: 25, curves: [], leftOut: [] })
    expect(result.procedure).toContain('IEC 60891:2021, procedure 1')
    expect(result.rule).toContain('E1036')
    expect(result.coefficients.map(({ name, unit }) => `${name} ${unit}`)).toEqual(['α %/K', 'β %/K', 'Rs Ω', 'κ Ω/K'])
  })

  it('refuses a coefficient that is missing, by its name', () => {
    expect(() => correct([], { betaPercentPerK: null })).toThrow(/^iec60891\.procedure1: betaPercentPerK: /)
  })
})
