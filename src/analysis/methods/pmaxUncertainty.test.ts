import { describe, expect, it } from 'vitest'
import type { UncertaintyBudgetResult } from '../../contract/results.ts'
import { pmaxUncertainty } from './pmaxUncertainty.ts'

const inputs = {
  referencePercent: 1.6,
  spectralPercent: 0.4,
  uniformityPercent: 0.6,
  temperatureK: 1,
  electricalPercent: 0.2,
  contactPercent: 0.2,
  correctionPercent: 0.4,
  deltaPercentPerK: -0.4,
  repeatabilityPercent: 0.1,
  repetitions: 4,
  hysteresisPercent: 0.6,
  repeatabilitySettingPercent: 0.3,
  hysteresisSettingPercent: 0.5,
}
const run = (given: object = {}) => pmaxUncertainty.run({ ...inputs, ...given }) as UncertaintyBudgetResult
const rowOf = (budget: UncertaintyBudgetResult, name: RegExp) => budget.rows.find((row) => name.test(row.name))!

describe('the uncertainty of Pmax', () => {
  it('is what the GUM gives by hand', () => {
    const budget = run()
    // Half of k = 2: 0.8, 0.2, 0.3, 0.2, 0.1, 0.1, 0.2; 0.3/√3; 0.1/√4. Squares: 0.64 + 0.04 + 0.09 + 0.04 + 0.01 + 0.01
    // + 0.04 + 0.03 + 0.0025 = 0.9025 = 0.95².
    const expected = [0.8, 0.2, 0.3, 0.2, 0.1, 0.1, 0.2, Math.sqrt(0.03), 0.05]
    expect(budget.rows).toHaveLength(expected.length)
    budget.rows.forEach((row, i) => expect(row.standardUncertaintyPercent).toBeCloseTo(expected[i]!, 12))
    expect(budget.combinedPercent).toBeCloseTo(0.95, 12)
    expect(budget.coverageFactor).toBe(2)
    expect(budget.expandedPercent).toBeCloseTo(1.9, 12)
    // Welch–Satterthwaite: 0.9025² / (0.0025² / 3).
    expect(budget.effectiveDegreesOfFreedom).toBeCloseTo((3 * 0.9025 ** 2) / 0.0025 ** 2, 3)
  })

  it('shares the variance out to 100 %', () => {
    const { rows } = run()
    expect(rows[0]!.sharePercent).toBeCloseTo((100 * 0.64) / 0.9025, 10)
    expect(rows.reduce((sum, row) => sum + row.sharePercent, 0)).toBeCloseTo(100, 10)
  })

  it('takes the temperature by |δ|: its sign does not matter', () => {
    expect(run({ deltaPercentPerK: 0.4 }).combinedPercent).toBe(run().combinedPercent)
    const temperature = rowOf(run({ temperatureK: 2 }), /temperature/)
    expect(temperature.standardUncertaintyPercent).toBeCloseTo(0.4, 12)
  })

  it('says what the run did not measure, and puts the laboratory’s setting in its place', () => {
    const budget = run({ hysteresisPercent: null, repeatabilityPercent: null, repetitions: 0 })
    const [hysteresis, repeatability] = [rowOf(budget, /^Hysteresis/), rowOf(budget, /^Repeatability/)]
    expect(hysteresis.standardUncertaintyPercent).toBeCloseTo(0.25, 12)
    expect(repeatability.standardUncertaintyPercent).toBeCloseTo(0.15, 12)
    for (const row of [hysteresis, repeatability]) {
      expect(row.source).toContain('not measured in this run')
      expect(row.mark).toBe('C')
    }
    expect(budget.effectiveDegreesOfFreedom).toBeNull()
  })

  it('takes no repeatability from a single repetition', () => {
    expect(rowOf(run({ repetitions: 1 }), /^Repeatability/).standardUncertaintyPercent).toBeCloseTo(0.15, 12)
    expect(rowOf(run({ repetitions: 2 }), /^Repeatability/)).toMatchObject({ degreesOfFreedom: 1, mark: 'A' })
  })

  it('stays a measured hysteresis of 0 and not a setting', () => {
    const row = rowOf(run({ hysteresisPercent: 0 }), /^Hysteresis/)
    expect(row).toMatchObject({ standardUncertaintyPercent: 0, sharePercent: 0, mark: 'R' })
  })

  it('refuses a negative or missing setting by its name', () => {
    for (const value of [-0.1, null, NaN])
      expect(() => run({ referencePercent: value })).toThrow(/^uncertainty\.pmax: referencePercent: /)
  })
})
