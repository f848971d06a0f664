import { existsSync, readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { acceptanceFraction, globalRisk } from './globalRisk.ts'
import { conformanceProbability, decide, guardFactors } from './rules.ts'
import type { DecisionRule } from './rules.ts'

describe('conformance probability: worked examples of JCGM 106:2012', () => {
  it('7.3.3 example 1: Zener diode, -5.47 V, u = 0.05 V, at most -5.40 V: 0.92', () => {
    expect(conformanceProbability(-5.47, 0.05, { lower: null, upper: -5.4 })).toBeCloseTo(0.92, 2)
  })
  it('7.3.3 example 2: burst strength 509.7 kPa, u = 8.6 kPa, at least 490 kPa: 0.99', () => {
    expect(conformanceProbability(509.7, 8.6, { lower: 490, upper: null })).toBeCloseTo(0.99, 2)
  })
  it('7.4 example: motor oil 13.6, u = 1.8, 12.5 to 16.3 mm²/s: 0.66', () => {
    expect(conformanceProbability(13.6, 1.8, { lower: 12.5, upper: 16.3 })).toBeCloseTo(0.66, 2)
  })
})

describe('decision rules of ILAC-G8:09/2019', () => {
  const at = (measured: number, rule: DecisionRule) =>
    decide({ measured, expandedUncertainty: 1, limits: { lower: null, upper: 10 }, rule })

  it.each([
    // guard band, and the specific risk at the acceptance limit as in table 1
    [3, 1e-6],
    [1.5, 0.0016],
    [guardFactors.expandedUncertainty, 0.025],
    [0.83, 0.05],
    [0, 0.5],
  ])('table 1: w = %f·U keeps the false acceptance at or below %f', (guardFactor, most) => {
    const risk = at(10 - guardFactor, { kind: 'guarded', guardFactor }).falseAcceptProbability!
    expect(risk).toBeLessThanOrEqual(most + 1e-12)
    expect(risk).toBeGreaterThan(most * (guardFactor === 3 ? 1e-4 : 0.8))
  })

  it('table 1, uncritical: w = -U keeps the false rejection below 2.5 %', () => {
    const rejected = at(11.0001, { kind: 'guarded', guardFactor: -1 })
    expect(rejected.outcome).toBe('fail')
    expect(rejected.falseRejectProbability).toBeLessThan(0.025)
    expect(at(10.9, { kind: 'guarded', guardFactor: -1 }).outcome).toBe('pass')
  })

  it('simple acceptance passes on the limit and fails beyond', () => {
    expect(at(10, { kind: 'simple' }).outcome).toBe('pass')
    expect(at(10.0001, { kind: 'simple' }).outcome).toBe('fail')
  })

  it('non-binary has four outcomes (4.2.3)', () => {
    const outcomes = [8.9, 9, 9.5, 10, 10.5, 11, 11.1].map((y) => at(y, { kind: 'nonBinary' }).outcome)
    expect(outcomes).toEqual([
      'pass',
      'pass',
      'conditionalPass',
      'conditionalPass',
      'conditionalFail',
      'conditionalFail',
      'fail',
    ])
  })

  it('says so when two guard bands leave nothing to accept', () => {
    const decision = decide({
      measured: 5,
      expandedUncertainty: 6,
      limits: { lower: 0, upper: 10 },
      rule: { kind: 'guarded' },
    })
    expect(decision.outcome).toBe('fail')
    expect(decision.reason).toContain('nothing can be accepted')
  })

  it('passes on a missing value with its reason, and refuses missing limits', () => {
    const measured = { value: null, reason: 'the sweep was cut off' }
    const rule = { kind: 'simple' } as const
    expect(decide({ measured, expandedUncertainty: 1, limits: { lower: 0, upper: 1 }, rule })).toMatchObject({
      outcome: 'notMeasured',
      reason: 'the sweep was cut off',
      margin: null,
    })
    expect(() => decide({ measured: 1, expandedUncertainty: 1, limits: { lower: null, upper: null }, rule })).toThrow()
  })

  it('is the same in any unit, and gives probabilities within 0…1', () => {
    const number = fc.double({ min: -1e3, max: 1e3, noNaN: true })
    fc.assert(
      fc.property(number, fc.double({ min: 0, max: 10, noNaN: true }), number, (measured, U, upper) => {
        const rule = { kind: 'nonBinary' } as const
        const one = decide({ measured, expandedUncertainty: U, limits: { lower: null, upper }, rule })
        const kilo = decide({
          measured: 1024 * measured,
          expandedUncertainty: 1024 * U,
          limits: { lower: null, upper: 1024 * upper },
          rule,
        })
        expect(kilo.outcome).toBe(one.outcome)
        expect(one.conformanceProbability).toBeGreaterThanOrEqual(0)
        expect(one.conformanceProbability).toBeLessThanOrEqual(1)
      }),
    )
  })
})

interface RiskData {
  'risk (suncal test_risk)': {
    Cpk: { LL: number; UL: number; mean: number; sd: number; cpk: number; risk: number }[]
    'global PFA % TUR=4 itp .6 .7 .8 .9 .95 .99': number[]
    'conditional PFA %': number[]
    'PFA/PFR process sd 4 test sd 1 limits +-8': [number, number]
  }
}

const file = new URL('../../../../shared/data/gum/expected.json', import.meta.url)

describe('risks of ../shared/data/gum (skipped when that folder is absent)', () => {
  const data = existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as RiskData) : null
  const risk = data?.['risk (suncal test_risk)']

  it.skipIf(!data)('global false acceptance with a test deviation of a quarter of the process, to 1e-5 %', () => {
    const quantiles = [0.6, 0.7, 0.8, 0.9, 0.95, 0.99].map((itp) => itp)
    quantiles.forEach((itp, i) => {
      // In-tolerance probability itp fixes the process: Φ(1/sd) = (1 + itp)/2.
      const sd =
        1 /
        {
          0.6: 0.8416212335729143,
          0.7: 1.0364333894937898,
          0.8: 1.2815515655446004,
          0.9: 1.6448536269514722,
          0.95: 1.959963984540054,
          0.99: 2.5758293035489004,
        }[itp as 0.6]
      const result = globalRisk({
        processMean: 0,
        processStandardDeviation: sd,
        standardUncertainty: sd / 4,
        limits: { lower: -1, upper: 1 },
      })
      expect(result.conformingProbability).toBeCloseTo(itp, 9)
      expect(100 * result.consumerRisk).toBeCloseTo(risk!['global PFA % TUR=4 itp .6 .7 .8 .9 .95 .99'][i]!, 5)
      expect(100 * result.consumerRiskAmongAccepted!).toBeCloseTo(risk!['conditional PFA %'][i]!, 5)
    })
  })

  it.skipIf(!data)('consumer’s and producer’s risk of a process with sd 4, a test with sd 1 and limits ±8', () => {
    const result = globalRisk({
      processMean: 0,
      processStandardDeviation: 4,
      standardUncertainty: 1,
      limits: { lower: -8, upper: 8 },
    })
    const [consumer, producer] = risk!['PFA/PFR process sd 4 test sd 1 limits +-8']
    expect(result.consumerRisk).toBeCloseTo(consumer, 3)
    expect(result.producerRisk).toBeCloseTo(producer, 3)
    // SciPy's quad on the same integrals:
    expect(result.consumerRisk).toBeCloseTo(0.008006084834450096, 11)
    expect(result.producerRisk).toBeCloseTo(0.014850884211254906, 11)
  })

  it.skipIf(!data)('share of items out of tolerance', () => {
    for (const { LL, UL, mean, sd, risk: expected } of risk!.Cpk) {
      expect(1 - conformanceProbability(mean, sd, { lower: LL, upper: UL })).toBeCloseTo(expected, 5)
    }
  })
})

describe('global risk', () => {
  it('balances: accepted = conforming − producer’s + consumer’s risk, for any process', () => {
    const positive = fc.double({ min: 0.01, max: 20, noNaN: true })
    fc.assert(
      fc.property(positive, positive, fc.double({ min: -5, max: 5, noNaN: true }), (sd, u, processMean) => {
        const limits = { lower: -2, upper: 3 }
        const r = globalRisk({
          processMean,
          processStandardDeviation: sd,
          standardUncertainty: u,
          limits,
          guardBand: 0.2,
        })
        expect(r.conformingProbability - r.producerRisk + r.consumerRisk).toBeCloseTo(r.acceptedProbability, 9)
      }),
      { numRuns: 50 },
    )
  })

  it('has the guard-band factors of the literature', () => {
    expect(acceptanceFraction('rss', 4)).toBeCloseTo(Math.sqrt(15 / 16), 12)
    expect(acceptanceFraction('test95', 4)).toBe(0.75)
    expect(acceptanceFraction('rp10', 4)).toBe(1)
    expect(acceptanceFraction('dobbert', 2)).toBeCloseTo(1 - (1.04 - Math.exp(0.38 * Math.log(2) - 0.54)) / 2, 12)
  })
})
