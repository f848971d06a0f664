import { existsSync, readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { evaluateBudget, standardUncertaintyOf } from './budget.ts'
import type { Budget } from './budget.ts'
import { monteCarlo, monteCarloBudget } from './monteCarlo.ts'
import { parseBudget } from './parseBudget.ts'
import { pmaxBudget, pmaxBudgetTemplate, pmaxUncertainty } from './pmaxBudget.ts'
import { propagate, typeAOfSeries } from './propagate.ts'

interface GumData {
  GUM_H2: {
    V: number[]
    I_mA: number[]
    phi_rad: number[]
    recomputed: Record<'R' | 'X' | 'Z' | 'u_R' | 'u_X' | 'u_Z' | 'r_RX' | 'r_RZ' | 'r_XZ', number>
  }
}
const file = new URL('../../../../shared/data/gum/expected.json', import.meta.url)
const data = existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as GumData) : null

const lengthNm = 50000623
/** JCGM 100 H.1.2 d: repeated observations, random and systematic effects of the comparator. */
const comparator: Budget = {
  measurand: 'd',
  unit: 'nm',
  inputs: [
    { name: 'repeated', standardUncertainty: 5.8, degreesOfFreedom: 24, source: 'H.1.3.2' },
    {
      name: 'random',
      halfWidth: 10,
      distribution: 'normal',
      coverageFactor: 2.571,
      degreesOfFreedom: 5,
      source: 'H.1.3.2',
    },
    {
      name: 'systematic',
      halfWidth: 20,
      distribution: 'normal',
      coverageFactor: 3,
      degreesOfFreedom: 8,
      source: 'H.1.3.2',
    },
  ],
}

const gauge = (ud: number, dofD: number): Budget => ({
  measurand: 'l',
  unit: 'nm',
  coverage: { kind: 't', level: 0.99 },
  inputs: [
    { name: 'ls', halfWidth: 75, distribution: 'normal', coverageFactor: 3, degreesOfFreedom: 18, source: 'H.1.3.1' },
    { name: 'd', standardUncertainty: ud, degreesOfFreedom: dofD, source: 'H.1.3.2' },
    { name: 'αs', halfWidth: 2e-6, distribution: 'rectangular', sensitivity: 0, source: 'H.1.3.3' },
    { name: 'θ', standardUncertainty: Math.hypot(0.2, 0.5 / Math.SQRT2), sensitivity: 0, source: 'H.1.3.4' },
    {
      name: 'δα',
      halfWidth: 1e-6,
      distribution: 'rectangular',
      sensitivity: lengthNm * 0.1,
      degreesOfFreedom: 50,
      source: 'H.1.3.5',
    },
    {
      name: 'δθ',
      halfWidth: 0.05,
      distribution: 'rectangular',
      sensitivity: -lengthNm * 11.5e-6,
      degreesOfFreedom: 2,
      source: 'H.1.3.6',
    },
  ],
})

describe('JCGM 100, H.1: end-gauge calibration', () => {
  it('u(d) = 9.7 nm with 25.6 degrees of freedom', () => {
    const result = evaluateBudget(comparator)
    expect(result.combinedStandardUncertainty).toBeCloseTo(9.7, 1)
    expect(result.effectiveDegreesOfFreedom.value).toBeCloseTo(25.6, 0)
  })

  it('uc = 32 nm (31.66), νeff = 16 (16.7), k = 2.92, U99 = 93 nm', () => {
    const result = evaluateBudget(gauge(evaluateBudget(comparator).combinedStandardUncertainty, 25.6))
    expect(result.combinedStandardUncertainty).toBeCloseTo(31.66, 2)
    expect(Math.round(result.combinedStandardUncertainty)).toBe(32)
    expect(result.effectiveDegreesOfFreedom.value).toBeCloseTo(16.7, 1)
    expect(Math.floor(result.effectiveDegreesOfFreedom.value!)).toBe(16)
    expect(result.coverageFactor).toBeCloseTo(2.92, 2)
    // The GUM multiplies the rounded 32 nm: 2.92 × 32 = 93.
    expect(Math.round(result.coverageFactor * 32)).toBe(93)
    expect(result.rows.reduce((sum, row) => sum + row.sharePercent!, 0)).toBeCloseTo(100, 10)
  })

  it('uc = 34 nm with the second-order terms, which the Monte Carlo method has by itself (H.1.7)', () => {
    const result = monteCarlo({
      seed: 1,
      trials: 200_000,
      inputs: [
        { mean: lengthNm, standardUncertainty: 25, distribution: 'normal' },
        { mean: 215, standardUncertainty: 9.7, distribution: 'normal' },
        { mean: 11.5e-6, standardUncertainty: 2e-6 / Math.sqrt(3), distribution: 'rectangular' },
        { mean: -0.1, standardUncertainty: 0.2, distribution: 'normal' },
        { mean: 0, standardUncertainty: 0.5 / Math.SQRT2, distribution: 'ushaped' },
        { mean: 0, standardUncertainty: 1e-6 / Math.sqrt(3), distribution: 'rectangular' },
        { mean: 0, standardUncertainty: 0.05 / Math.sqrt(3), distribution: 'rectangular' },
      ],
      model: (v) => v[0]! + v[1]! - v[0]! * (v[5]! * (v[3]! + v[4]!) + v[2]! * v[6]!),
    })
    expect(result.mean).toBeCloseTo(50000838, -0.5)
    expect(Math.round(result.standardUncertainty)).toBe(34)
  })
})

describe('JCGM 100, H.2: resistance and reactance (skipped without ../shared/data/gum)', () => {
  it.skipIf(!data)('R, X, Z with uncertainties and correlations to the printed digits', () => {
    const { V, I_mA, phi_rad, recomputed } = data!.GUM_H2
    const input = typeAOfSeries([V, I_mA.map((mA) => mA / 1000), phi_rad])
    expect(input.correlation[0]![1]).toBeCloseTo(-0.36, 2)
    expect(input.correlation[0]![2]).toBeCloseTo(0.86, 2)
    expect(input.correlation[1]![2]).toBeCloseTo(-0.65, 1)
    const impedance = ([v, i, phi]: readonly number[]) => {
      const z = v! / i!
      return [z * Math.cos(phi!), z * Math.sin(phi!), z]
    }
    const result = propagate(impedance, input.means, input.covariance)
    const [R, X, Z] = result.values
    expect([R, X, Z].map((value) => value!.toFixed(4))).toEqual(
      [recomputed.R, recomputed.X, recomputed.Z].map((value) => value.toFixed(4)),
    )
    const [uR, uX, uZ] = result.standardUncertainties
    expect(uR).toBeCloseTo(recomputed.u_R, 5)
    expect(uX).toBeCloseTo(recomputed.u_X, 5)
    expect(uZ).toBeCloseTo(recomputed.u_Z, 5)
    expect(result.correlation[0]![1]).toBeCloseTo(recomputed.r_RX, 4)
    expect(result.correlation[0]![2]).toBeCloseTo(recomputed.r_RZ, 4)
    expect(result.correlation[1]![2]).toBeCloseTo(recomputed.r_XZ, 4)
  })
})

const four = (distribution: 'normal' | 'rectangular', u: readonly number[]) =>
  monteCarlo({
    seed: 7,
    trials: 400_000,
    inputs: u.map((standardUncertainty) => ({ mean: 0, standardUncertainty, distribution })),
    model: (v) => v[0]! + v[1]! + v[2]! + v[3]!,
  })

describe('JCGM 101, 9.2: additive model', () => {
  it.each([
    { distribution: 'normal', u: [1, 1, 1, 1], uc: 2, half: 3.92, tolerance: 0.02 },
    { distribution: 'rectangular', u: [1, 1, 1, 1], uc: 2, half: 3.88, tolerance: 0.02 },
    { distribution: 'rectangular', u: [1, 1, 1, 10], uc: Math.sqrt(103), half: 17, tolerance: 0.1 },
  ] as const)('four $distribution inputs: u = $uc, 95 % within ±$half', ({ distribution, u, uc, half, tolerance }) => {
    const result = four(distribution, u)
    expect(Math.abs(result.standardUncertainty - uc)).toBeLessThan(0.05)
    expect(Math.abs(result.symmetricInterval[1] - half)).toBeLessThan(tolerance)
    expect(Math.abs(result.symmetricInterval[0] + half)).toBeLessThan(tolerance)
    const [low, high] = result.shortestInterval
    expect(high - low).toBeLessThanOrEqual(result.symmetricInterval[1] - result.symmetricInterval[0])
    expect(high - low).toBeGreaterThan(2 * half - 0.08 * half)
  })

  it('finds the one-sided shortest interval of a skewed result', () => {
    // The square of a standard normal: χ² with one degree of freedom, whose shortest 95 % interval is 0…3.841.
    const result = monteCarlo({
      seed: 3,
      trials: 200_000,
      inputs: [{ mean: 0, standardUncertainty: 1, distribution: 'normal' }],
      model: (v) => v[0]! ** 2,
    })
    expect(result.shortestInterval[0]).toBeLessThan(1e-3)
    expect(Math.abs(result.shortestInterval[1] - 3.8415)).toBeLessThan(0.05)
    expect(result.symmetricInterval[1]).toBeGreaterThan(4.9)
  })

  it('draws correlated inputs, t inputs and every distribution with the stated spread', () => {
    const spread = (distribution: 'triangular' | 'ushaped' | 't') =>
      monteCarlo({
        seed: 11,
        trials: 200_000,
        inputs: [{ mean: 5, standardUncertainty: 2, distribution, degreesOfFreedom: 10 }],
        model: (v) => v[0]!,
      }).standardUncertainty
    expect(Math.abs(spread('triangular') - 2)).toBeLessThan(0.02)
    expect(Math.abs(spread('ushaped') - 2)).toBeLessThan(0.02)
    expect(Math.abs(spread('t') - 2 * Math.sqrt(10 / 8))).toBeLessThan(0.03)
    const normal = { mean: 0, standardUncertainty: 1, distribution: 'normal' } as const
    const difference = monteCarlo({
      seed: 5,
      trials: 200_000,
      inputs: [normal, normal],
      correlation: [
        [1, 0.8],
        [0.8, 1],
      ],
      model: (v) => v[0]! - v[1]!,
    })
    expect(Math.abs(difference.standardUncertainty - Math.sqrt(0.4))).toBeLessThan(0.01)
  })

  it('gives the same numbers for the same seed', () => {
    const run = (seed: number) => monteCarloBudget(pmaxBudget(), { seed, trials: 2000 })
    expect(run(4)).toEqual(run(4))
    expect(run(4).mean).not.toBe(run(5).mean)
  })
})

describe('budget', () => {
  it('has the divisors of the GUM', () => {
    const of = (distribution: 'normal' | 'rectangular' | 'triangular' | 'ushaped') =>
      standardUncertaintyOf({ name: 'x', halfWidth: 1, distribution, source: '' })
    expect([of('normal'), of('rectangular'), of('triangular'), of('ushaped')]).toEqual([
      0.5,
      1 / Math.sqrt(3),
      1 / Math.sqrt(6),
      1 / Math.SQRT2,
    ])
  })

  it('adds fully correlated lines linearly (JCGM 100, 5.2.2 example: ten resistors in series)', () => {
    const inputs = Array.from({ length: 10 }, (_, i) => ({
      name: `R${i}`,
      value: 1000,
      standardUncertainty: 0.1,
      source: 'one standard',
    }))
    const correlations = inputs.flatMap((a, i) =>
      inputs.slice(i + 1).map((b) => ({ between: [a.name, b.name] as [string, string], coefficient: 1 })),
    )
    const together = evaluateBudget({ measurand: 'R', unit: 'Ω', inputs, correlations })
    expect(together.combinedStandardUncertainty).toBeCloseTo(1, 12)
    expect(together.correlationSharePercent).toBeCloseTo(90, 9)
    expect(evaluateBudget({ measurand: 'R', unit: 'Ω', inputs }).combinedStandardUncertainty).toBeCloseTo(
      0.1 * Math.sqrt(10),
      12,
    )
  })

  it('does not give degrees of freedom for correlated inputs', () => {
    const inputs = ['a', 'b'].map((name) => ({ name, standardUncertainty: 1, degreesOfFreedom: 5, source: '' }))
    const correlations = [{ between: ['a', 'b'] as [string, string], coefficient: 0.5 }]
    const result = evaluateBudget({ measurand: 'y', unit: '', inputs, correlations })
    expect(result.effectiveDegreesOfFreedom).toMatchObject({ value: null })
    expect(result.combinedStandardUncertainty).toBeCloseTo(Math.sqrt(3), 12)
  })

  it('refuses correlations that cannot exist together, unknown names and lines with two uncertainties', () => {
    const inputs = ['a', 'b', 'c'].map((name) => ({ name, standardUncertainty: 1, source: '' }))
    const pair = (a: string, b: string, coefficient: number) => ({ between: [a, b] as [string, string], coefficient })
    const base = { measurand: 'y', unit: '', inputs }
    expect(() =>
      evaluateBudget({ ...base, correlations: [pair('a', 'b', 1), pair('b', 'c', 1), pair('a', 'c', -1)] }),
    ).toThrow('can exist')
    expect(() => evaluateBudget({ ...base, correlations: [pair('a', 'x', 1)] })).toThrow('not two lines')
    const both = [{ name: 'a', standardUncertainty: 1, halfWidth: 1, source: '' }]
    expect(() => evaluateBudget({ ...base, inputs: both })).toThrow('not both')
  })

  it('is independent of the order and scales with the unit', () => {
    const line = fc.record({
      standardUncertainty: fc.double({ min: 0, max: 1e6, noNaN: true }),
      sensitivity: fc.double({ min: -1e3, max: 1e3, noNaN: true }),
    })
    fc.assert(
      fc.property(fc.array(line, { minLength: 1, maxLength: 8 }), (lines) => {
        const inputs = lines.map((one, i) => ({ ...one, name: `x${i}`, degreesOfFreedom: 4, source: '' }))
        const one = evaluateBudget({ measurand: 'y', unit: 'V', inputs })
        const turned = evaluateBudget({ measurand: 'y', unit: 'V', inputs: [...inputs].reverse() })
        const milli = evaluateBudget({
          measurand: 'y',
          unit: 'mV',
          inputs: inputs.map((x) => ({ ...x, sensitivity: x.sensitivity * 1000 })),
        })
        const uc = one.combinedStandardUncertainty
        expect(Math.abs(turned.combinedStandardUncertainty - uc)).toBeLessThanOrEqual(1e-12 * uc + 1e-300)
        expect(Math.abs(milli.combinedStandardUncertainty - 1000 * uc)).toBeLessThanOrEqual(1e-9 * uc + 1e-300)
        expect(JSON.stringify(one)).not.toMatch(/NaN|Infinity/)
      }),
    )
  })

  it('reads plain JSON and names a wrong field', () => {
    const budget = gauge(9.7, 25.6)
    expect(evaluateBudget(parseBudget(JSON.parse(JSON.stringify(budget))))).toEqual(evaluateBudget(budget))
    expect(() =>
      parseBudget({ measurand: 'y', unit: 'W', inputs: [{ name: 'a', standardUncertainty: '1', source: '' }] }),
    ).toThrow('standardUncertainty')
    expect(() => parseBudget({ measurand: 'y', unit: 'W', inputs: [{ name: 'a', sigma: 1, source: '' }] })).toThrow(
      'sigma',
    )
  })
})

describe('Pmax budget template', () => {
  it('gives U of a test laboratory (1.6 to 2.5 %) unedited', () => {
    const result = pmaxUncertainty(400, pmaxBudget())
    expect(result.expandedUncertainty).toBeGreaterThan(1.6)
    expect(result.expandedUncertainty).toBeLessThan(2.5)
    expect(result.expandedUncertaintyW).toBeCloseTo(4 * result.expandedUncertainty, 10)
  })

  it('replaces the line on repeatability by measurements', () => {
    const budget = pmaxBudget(pmaxBudgetTemplate, { standardDeviationPercent: 0.09, count: 10, averaged: 3 })
    const last = evaluateBudget(budget).rows.filter((row) => row.name === 'repeatability')
    expect(last).toHaveLength(1)
    expect(last[0]!.standardUncertainty).toBeCloseTo(0.09 / Math.sqrt(3), 12)
    expect(last[0]!.degreesOfFreedom).toBe(9)
  })
})
