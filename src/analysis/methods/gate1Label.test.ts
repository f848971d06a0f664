import { describe, expect, it } from 'vitest'
import { gate1Label } from './gate1Label.ts'

/** A module labelled 400 W ± 3 %, 49 V ± 3 %, 10.2 A ± 4 %, at a laboratory with m1 = 2 %, m2 = 1 %, m3 = 2 %. */
const inputs = {
  ...{ pmaxW: 381, vocV: 50.9, iscA: 10.9 },
  ...{ ratedPmaxW: 400, ratedVocV: 49, ratedIscA: 10.2 },
  ...{ m1Percent: 2, m2Percent: 1, m3Percent: 2 },
  ...{ t1Percent: 3, t2Percent: 3, t3Percent: 4 },
}
const run = (given: object = {}) => gate1Label.run({ ...inputs, ...given }) as Record<string, number | null>

describe('Gate No. 1 of one module (IEC 61215-1:2021, 7.2.2)', () => {
  it('gives both sides of each inequality for a module of 400 W', () => {
    const found = run()
    // Computed by hand: 381·1.02 against 400·0.97; 50.9·0.99 against 49·1.03; 10.9·0.98 against 10.2·1.04.
    expect(found['pmaxValueW']).toBeCloseTo(388.62, 10)
    expect(found['pmaxLimitW']).toBeCloseTo(388, 10)
    expect(found['vocValueV']).toBeCloseTo(50.391, 10)
    expect(found['vocLimitV']).toBeCloseTo(50.47, 10)
    expect(found['iscValueA']).toBeCloseTo(10.682, 10)
    expect(found['iscLimitA']).toBeCloseTo(10.608, 10)
  })

  it('states the formula of each condition', () => {
    expect(run()['formulas']).toEqual([
      'Pmax(Lab)·(1+|m1|/100) ≥ Pmax(NP)·(1−|t1|/100)',
      'Voc(Lab)·(1−|m2|/100) ≤ Voc(NP)·(1+|t2|/100)',
      'Isc(Lab)·(1−|m3|/100) ≤ Isc(NP)·(1+|t3|/100)',
    ])
  })

  it.each([
    ['pmaxW', 'pmaxValueW'],
    ['m1Percent', 'pmaxValueW'],
    ['ratedPmaxW', 'pmaxLimitW'],
    ['t1Percent', 'pmaxLimitW'],
    ['vocV', 'vocValueV'],
    ['m2Percent', 'vocValueV'],
    ['ratedVocV', 'vocLimitV'],
    ['t2Percent', 'vocLimitV'],
    ['iscA', 'iscValueA'],
    ['m3Percent', 'iscValueA'],
    ['ratedIscA', 'iscLimitA'],
    ['t3Percent', 'iscLimitA'],
  ])('without %s has no %s, and keeps every other side', (input, side) => {
    const missing = Object.entries(run({ [input]: null })).filter(([, value]) => value === null)
    expect(missing.map(([name]) => name)).toEqual([side])
  })

  it('refuses an input left out or not finite, by its name', () => {
    for (const value of [undefined, NaN, '381'])
      expect(() => run({ pmaxW: value })).toThrow(/^iec61215\.gate1: pmaxW: /)
  })
})
