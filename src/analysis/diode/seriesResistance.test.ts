import { describe, expect, it } from 'vitest'
import type { IvCurve } from '../../contract/curve.ts'
import {
  fillFactorSeriesResistance,
  idealFillFactor,
  lightDarkSeriesResistance,
  sunsVocSeriesResistance,
  swansonSeriesResistance,
} from './seriesResistance.ts'
import { currentA, keyPoints, type SingleDiode } from './singleDiode.ts'

const RS = 0.32
const at = (light: number): SingleDiode => ({
  photocurrentA: 9.2 * light,
  saturationCurrentA: 1.2e-10,
  seriesResistanceOhm: RS,
  shuntConductanceS: 1 / 4000,
  modifiedIdealityV: 1.58,
})

const sweep = (light: number): Pick<IvCurve, 'id' | 'voltageV' | 'currentA'> => {
  const { vocV } = keyPoints(at(light))!
  const voltages = Array.from({ length: 200 }, (_x, k) => (vocV * k) / 199)
  return { id: String(light), voltageV: voltages, currentA: voltages.map((v) => currentA(at(light), v)) }
}

const dark = {
  id: 'dark',
  voltageV: Array.from({ length: 400 }, (_x, k) => k * 0.11),
  currentA: Array.from({ length: 400 }, (_x, k) => currentA({ ...at(1), photocurrentA: 0 }, k * 0.11)),
}

describe('series resistance of a single-diode device with Rs = 0.32 ohm', () => {
  it('two curves, and four (Swanson), within 0.5 %', () => {
    for (const lights of [
      [1, 0.5],
      [1, 0.8, 0.6, 0.4],
    ]) {
      const found = swansonSeriesResistance(lights.map(sweep))
      expect(Math.abs(found.seriesResistanceOhm! / RS - 1)).toBeLessThan(0.005)
    }
  })

  it('light against dark within 1 %, with the dark resistance given or not', () => {
    const found = lightDarkSeriesResistance({ light: sweep(1), dark })
    expect(Math.abs(found.seriesResistanceOhm! / RS - 1)).toBeLessThan(0.01)
    const withDark = lightDarkSeriesResistance({ light: sweep(1), dark, darkSeriesResistanceOhm: RS })
    expect(Math.abs(withDark.seriesResistanceOhm! / RS - 1)).toBeLessThan(0.01)
  })

  it('Suns-Voc within 1 %', () => {
    const irradiances = Array.from({ length: 60 }, (_x, k) => 1000 * 1.08 ** -k)
    const sunsVoc = irradiances.map((g) => ({ irradianceWPerM2: g, vocV: keyPoints(at(g / 1000))!.vocV }))
    const found = sunsVocSeriesResistance({ light: sweep(1), irradianceWPerM2: 1000, sunsVoc })
    expect(Math.abs(found.seriesResistanceOhm! / RS - 1)).toBeLessThan(0.01)
  })

  it('from the fill factor within 4 %: the formula’s own accuracy', () => {
    const points = keyPoints({ ...at(1), shuntConductanceS: 0 })!
    const fillFactor = points.maximumPower.powerW / (points.iscA * points.vocV)
    const found = fillFactorSeriesResistance({ ...points, fillFactor, modifiedIdealityV: 1.58 })
    expect(Math.abs(found.seriesResistanceOhm! / RS - 1)).toBeLessThan(0.04)
  })

  it('the ideal fill factor is within 0.02 % of the exact one', () => {
    const points = keyPoints({ ...at(1), shuntConductanceS: 0, seriesResistanceOhm: 0 })!
    const exact = points.maximumPower.powerW / (points.iscA * points.vocV)
    expect(Math.abs(idealFillFactor(points.vocV, 1.58) / exact - 1)).toBeLessThan(2e-4)
  })
})

describe('no number without ground', () => {
  it.each([
    [swansonSeriesResistance([sweep(1)]), 'At least two curves'],
    [swansonSeriesResistance([sweep(1), sweep(0.98)]), 'less than 5 %'],
    [swansonSeriesResistance([sweep(1), sweep(0.5)], 1.2), 'between 0 and 1'],
    [swansonSeriesResistance([sweep(1), { id: '', voltageV: [], currentA: [] }]), 'At least two curves'],
    [lightDarkSeriesResistance({ light: sweep(1), dark: sweep(1) }), 'does not reach'],
    [sunsVocSeriesResistance({ light: sweep(1), irradianceWPerM2: 1000, sunsVoc: [] }), 'do not span'],
    [sunsVocSeriesResistance({ light: sweep(1), irradianceWPerM2: 0, sunsVoc: [] }), 'above 0'],
    [fillFactorSeriesResistance({ iscA: 9, vocV: 40, fillFactor: 0.95, modifiedIdealityV: 1.5 }), 'above the ideal'],
    [fillFactorSeriesResistance({ iscA: 9, vocV: 40, fillFactor: 0.2, modifiedIdealityV: 1.5 }), 'too low'],
    [fillFactorSeriesResistance({ iscA: 9, vocV: 40, fillFactor: 0.7, modifiedIdealityV: 8 }), 'above 10'],
  ])('%#', (found, reason) => {
    expect(found.seriesResistanceOhm).toBeNull()
    expect(found.reason).toContain(reason)
  })
})
