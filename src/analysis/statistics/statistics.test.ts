import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createRandom } from '../../base/random.ts'
import { compensatedSum, describeValues, median, quantiles } from './descriptive.ts'
import { gageRr, repeatabilityAndReproducibility } from './precision.ts'

/** NIST StRD, univariate: certified means and standard deviations. */
const alternating = (first: number, low: number, high: number) =>
  Array.from({ length: 1001 }, (_, i) => (i === 0 ? first : i % 2 === 1 ? low : high))

/** Michelson's 100 measurements of the speed of light (1879), km/s less 299000 (NIST StRD “Michelso”). */
const michelson = [
  850, 740, 900, 1070, 930, 850, 950, 980, 980, 880, 1000, 980, 930, 650, 760, 810, 1000, 1000, 960, 960, 960, 940, 960,
  940, 880, 800, 850, 880, 900, 840, 830, 790, 810, 880, 880, 830, 800, 790, 760, 800, 880, 880, 880, 860, 720, 720,
  620, 860, 970, 950, 880, 910, 850, 870, 840, 840, 850, 840, 840, 840, 890, 810, 810, 820, 800, 770, 760, 740, 750,
  760, 910, 920, 890, 860, 880, 720, 840, 850, 850, 780, 890, 840, 780, 810, 760, 810, 790, 810, 820, 850, 870, 870,
  810, 740, 810, 940, 950, 800, 810, 870,
]

describe('NIST StRD univariate sets', () => {
  it.each([
    ['NumAcc1', [10000001, 10000003, 10000002], 10000002, 1, 1e-15],
    ['NumAcc2', alternating(1.2, 1.1, 1.3), 1.2, 0.1, 1e-14],
    ['NumAcc3', alternating(1000000.2, 1000000.1, 1000000.3), 1000000.2, 0.1, 1e-9],
    ['NumAcc4', alternating(10000000.2, 10000000.1, 10000000.3), 10000000.2, 0.1, 1e-8],
    ['Michelso', michelson, 852.4, 79.0105478190518, 1e-14],
  ] as const)('%s', (...[, values, mean, s, relative]) => {
    const result = describeValues(values)
    expect(Math.abs(result.mean / mean - 1)).toBeLessThan(1e-15)
    expect(Math.abs(result.standardDeviation.value! / s - 1)).toBeLessThan(relative)
  })
})

describe('descriptive statistics', () => {
  it('has quantiles of type 7, as R gives them', () => {
    expect(quantiles([4, 1, 3, 2], [0, 0.25, 0.5, 0.75, 1])).toEqual([1, 1.75, 2.5, 3.25, 4])
    expect(median([5, 3, 1])).toBe(3)
  })

  it('sums what cancels', () => {
    expect(compensatedSum([1, 1e100, 1, -1e100])).toBe(2)
  })

  it('gives the median absolute deviation and the t interval of the mean', () => {
    const result = describeValues([1, 1, 2, 2, 4, 6, 9])
    expect(result.medianAbsoluteDeviation).toBe(1)
    const half = (2.446911851 * result.standardDeviation.value!) / Math.sqrt(7)
    expect(result.meanInterval95![1] - result.mean).toBeCloseTo(half, 6)
  })

  it('has no standard deviation for one value, and says why', () => {
    expect(describeValues([3]).standardDeviation).toEqual({
      value: null,
      reason: 'a standard deviation needs at least two values',
    })
    expect(() => describeValues([])).toThrow('there are none')
    expect(() => describeValues([1, NaN])).toThrow('not a finite number')
  })

  it('gives only finite numbers for any finite numbers, in any order', () => {
    // Without −0, which equals 0 and stands before or behind it by chance.
    const value = fc.double({ noNaN: true, noDefaultInfinity: true }).map((each) => each + 0)
    fc.assert(
      fc.property(fc.array(value, { minLength: 1, maxLength: 60 }), (values) => {
        const result = describeValues(values)
        const { meanInterval95, ...numbers } = result
        for (const end of meanInterval95 ?? []) expect(Number.isFinite(end)).toBe(true)
        for (const number of Object.values(numbers)) {
          const plain = typeof number === 'number' ? number : number.value
          if (plain !== null) expect(Number.isFinite(plain)).toBe(true)
        }
        const sorted = [...values].sort((a, b) => a - b)
        expect(result.median).toBe(median([...values].reverse()))
        expect(result.minimum).toBe(sorted[0])
        expect(quantiles(values, [0, 1])).toEqual([sorted[0], sorted.at(-1)])
      }),
    )
  })

  it('selects the same quantiles as sorting does, for a million samples', () => {
    const random = createRandom(9)
    const samples = Float64Array.from({ length: 1_000_000 }, () => Math.round(100 * random.normal()) / 100)
    const sorted = Float64Array.from(samples).sort()
    const result = describeValues(samples)
    expect(result.median).toBe((sorted[499_999]! + sorted[500_000]!) / 2)
    expect(result.standardDeviation.value).toBeCloseTo(1, 2)
  })
})

/** AIAG MSA, 4th edition, table III-B 6: rows are trials of operators A, B, C; columns are ten parts. */
const aiag = [
  [0.29, -0.56, 1.34, 0.47, -0.8, 0.02, 0.59, -0.31, 2.26, -1.36],
  [0.41, -0.68, 1.17, 0.5, -0.92, -0.11, 0.75, -0.2, 1.99, -1.25],
  [0.64, -0.58, 1.27, 0.64, -0.84, -0.21, 0.66, -0.17, 2.01, -1.31],
  [0.08, -0.47, 1.19, 0.01, -0.56, -0.2, 0.47, -0.63, 1.8, -1.68],
  [0.25, -1.22, 0.94, 1.03, -1.2, 0.22, 0.55, 0.08, 2.12, -1.62],
  [0.07, -0.68, 1.34, 0.2, -1.28, 0.06, 0.83, -0.34, 2.19, -1.5],
  [0.04, -1.38, 0.88, 0.14, -1.46, -0.29, 0.02, -0.46, 1.77, -1.49],
  [-0.11, -1.13, 1.09, 0.2, -1.07, -0.67, 0.01, -0.56, 1.45, -1.77],
  [-0.15, -0.96, 0.67, 0.11, -1.45, -0.49, 0.21, -0.49, 1.87, -2.16],
]
const measurements = Array.from({ length: 10 }, (_, part) =>
  [0, 1, 2].map((operator) => [0, 1, 2].map((trial) => aiag[3 * operator + trial]![part]!)),
)

describe('gauge study: the example of AIAG MSA', () => {
  const result = gageRr({ measurements, toleranceWidth: 8 })
  it('has the printed sums of squares', () => {
    expect(result.table.map((row) => row.sumOfSquares.toFixed(4))).toEqual(['88.3619', '3.1673', '0.3590', '2.7589'])
    expect(result.interactionPooled).toBe(true)
  })
  it('has the printed EV, AV, GRR and PV', () => {
    expect(result.equipmentVariation).toBeCloseTo(0.199933, 5)
    expect(result.appraiserVariation).toBeCloseTo(0.226838, 5)
    expect(result.gageRr).toBeCloseTo(0.302373, 5)
    expect(result.partVariation).toBeCloseTo(1.042327, 5)
    expect(result.percentOfStudy.value).toBeCloseTo(27.9, 1)
    expect(result.distinctCategories.value).toBe(4)
    expect(result.percentOfTolerance.value).toBeCloseTo((600 * 0.302373) / 8, 3)
  })
  it('refuses an unbalanced study', () => {
    expect(() => gageRr({ measurements: [...measurements, [[1, 2, 3]]] })).toThrow('every operator')
  })
})

describe('ISO 5725-2', () => {
  it('separates within and between: two days that differ by 2 with s_r = 1', () => {
    // Within: variance 1 in each group of three. Between: MSb = 3·(1² + 1²)/1 = 6, s_L² = (6 − 1)/3.
    const result = repeatabilityAndReproducibility([
      [9, 10, 11],
      [11, 12, 13],
    ])
    expect(result.repeatability).toBeCloseTo(1, 12)
    expect(result.betweenGroups).toBeCloseTo(Math.sqrt(5 / 3), 12)
    expect(result.reproducibility).toBeCloseTo(Math.sqrt(8 / 3), 12)
    expect(result.repeatabilityLimit).toBeCloseTo(2.8, 12)
  })
  it('takes groups of unequal size by the effective size', () => {
    const result = repeatabilityAndReproducibility([[1, 3], [4, 6, 8, 10], [5]])
    // n̄ = (7 − 21/7)/2 = 2; MSw = 22/4; means 2, 7, 5 about 37/7.
    const center = 37 / 7
    const between = (2 * (2 - center) ** 2 + 4 * (7 - center) ** 2 + (5 - center) ** 2) / 2
    expect(result.betweenGroups).toBeCloseTo(Math.sqrt((between - 5.5) / 2), 12)
  })
  it('needs repeats', () => {
    expect(() => repeatabilityAndReproducibility([[1], [2]])).toThrow('no repeatability')
  })
})

describe('quartiles of the description', () => {
  it('are those of the sorted values, for any count', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: -9, max: 9 }), { minLength: 1, maxLength: 40 }), (values) => {
        const { lowerQuartile, median: middle, upperQuartile } = describeValues(values)
        const sorted = [...values].sort((a, b) => a - b)
        const at = (p: number) => {
          const place = (sorted.length - 1) * p
          const low = sorted[Math.floor(place)]!
          return low + (place % 1) * (sorted[Math.ceil(place)]! - low)
        }
        expect(lowerQuartile).toBeCloseTo(at(0.25), 12)
        expect(middle).toBeCloseTo(at(0.5), 12)
        expect(upperQuartile).toBeCloseTo(at(0.75), 12)
      }),
      { numRuns: 1000 },
    )
  })
})
