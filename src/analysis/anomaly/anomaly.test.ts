import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { isolateByShape } from './curveIsolation.ts'
import type { ShapeCurve } from './curveIsolation.ts'
import { compareCurveShape } from './curveShape.ts'
import { grubbs, hampel, robustZ, tukeyFences } from './outliers.ts'

describe('outliers', () => {
  /** NIST/SEMATECH e-Handbook 1.3.5.17.1: eight mass-spectrometer readings. */
  const uranium = [199.31, 199.53, 200.19, 200.82, 201.92, 201.95, 202.18, 245.57]

  it('Grubbs, NIST 1.3.5.17.1: G = 2.4687 above 2.032 (one-sided at 5 %: two-sided at 10 %)', () => {
    const result = grubbs(uranium, 0.1)
    expect(result.G.value).toBeCloseTo(2.4687, 3)
    expect(result.critical.value).toBeCloseTo(2.032, 3)
    expect(result.outlierIndex).toBe(7)
    expect(grubbs(uranium.slice(0, 7)).outlierIndex).toBeNull()
  })

  it('robust z: 0.6745·(x − median)/MAD, strictly above 3.5', () => {
    const result = robustZ([1, 2, 3, 4, 5, 100])
    // median 3.5, MAD 1.5
    expect(result.scores[5]).toBeCloseTo((0.6745 * 96.5) / 1.5, 10)
    expect(result.outliers).toEqual([5])
    expect(robustZ(uranium).outliers).toEqual([7])
  })

  it('robust z without spread: names the odd one, without a made-up score', () => {
    expect(robustZ([5, 5, 5, 5, 6])).toMatchObject({ outliers: [4], scores: [0, 0, 0, 0, null] })
    expect(robustZ([5, 5, 5]).outliers).toEqual([])
  })

  it('Tukey’s fences', () => {
    // Quartiles of 1…9: 3 and 7; fences −3 and 13.
    expect(tukeyFences([1, 2, 3, 4, 5, 6, 7, 8, 9]).outliers).toEqual([])
    expect(tukeyFences([1, 2, 3, 4, 5, 6, 7, 8, 14]).outliers).toEqual([8])
  })

  it('Hampel finds a spike on a ramp that the whole set hides', () => {
    const ramp = Array.from({ length: 40 }, (_, i) => i)
    ramp[10] = 25
    expect(hampel(ramp).outliers).toEqual([10])
    expect(robustZ(ramp).outliers).toEqual([])
  })

  it('gives finite scores for any finite values', () => {
    fc.assert(
      fc.property(
        fc.array(fc.double({ noNaN: true, noDefaultInfinity: true }), { minLength: 3, maxLength: 20 }),
        (values) => {
          for (const { scores } of [robustZ(values), tukeyFences(values), hampel(values)]) {
            for (const score of scores) if (score !== null) expect(Number.isFinite(score)).toBe(true)
          }
        },
      ),
    )
  })
})

describe('curve shape against a baseline', () => {
  const baseline = { iscA: 10, vocV: 48, fillFactor: 0.8, seriesResistanceOhm: 0.3, shuntResistanceOhm: 500 }
  const causes = (change: Partial<typeof baseline>) =>
    compareCurveShape(baseline, { ...baseline, ...change }, { substrings: 3 }).findings.map(({ cause }) => cause)

  it('names the cause of each change, and nothing for small ones', () => {
    expect(causes({})).toEqual([])
    expect(causes({ iscA: 9.72, vocV: 47.1, fillFactor: 0.785 })).toEqual([])
    expect(causes({ iscA: 9.6 })).toEqual(['currentLoss'])
    expect(causes({ vocV: 32 })).toEqual(['bypassedSubstring'])
    expect(causes({ vocV: 46 })).toEqual(['voltageLoss'])
    expect(causes({ fillFactor: 0.77, seriesResistanceOhm: 0.4 })).toEqual(['fillFactorLoss', 'seriesResistance'])
    expect(causes({ shuntResistanceOhm: 200 })).toEqual(['shunt'])
  })

  it('says what it could not compare', () => {
    const result = compareCurveShape({ ...baseline, shuntResistanceOhm: null }, baseline)
    expect(result.notCompared).toEqual([{ parameter: 'shuntResistanceOhm', reason: 'not determined at the baseline' }])
  })
})

describe('isolation by curve shape', () => {
  const curve = (id: string, knee: number, step = 0): ShapeCurve => {
    const voltageV = Array.from({ length: 60 }, (_, i) => (40 * i) / 59)
    const currentA = voltageV.map((v) => 9 * (1 - (v / 40) ** knee) - (v > 15 && v < 39 ? step : 0))
    return { id, voltageV, currentA, iscA: 9, vocV: 40 }
  }
  const good = [18, 18.1, 17.9, 18.2, 17.8, 18.05, 17.95].map((knee, i) => curve(`good-${i}`, knee))

  it('finds the stepped curve and only that', () => {
    const result = isolateByShape([...good, curve('stepped', 18, 1)])
    expect(result.filter(({ isolated }) => isolated).map(({ id }) => id)).toEqual(['stepped'])
  })
  it('isolates nothing among good curves, in any order', () => {
    expect(isolateByShape([...good].reverse()).some(({ isolated }) => isolated)).toBe(false)
  })
})
