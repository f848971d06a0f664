import { existsSync, readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createRandom } from '../../base/random.ts'
import { changePoints } from './changePoints.ts'
import { exponentialApproach } from './exponentialApproach.ts'
import { linearTrend, predict } from './linear.ts'
import { mannKendall, theilSen } from './monotonic.ts'

interface GumData {
  GUM_H3_thermometer: { t: number[]; b: number[]; t0: number }
}
const file = new URL('../../../../shared/data/gum/expected.json', import.meta.url)
const data = existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as GumData).GUM_H3_thermometer : null

describe('straight line', () => {
  it.skipIf(!data)('JCGM 100, H.3: thermometer calibration (skipped without ../shared/data/gum)', () => {
    const line = linearTrend(
      data!.t.map((t) => t - data!.t0),
      data!.b,
    )
    expect(line.intercept.toFixed(4)).toBe('-0.1712')
    expect(line.slope.toFixed(5)).toBe('0.00218')
    expect(line.interceptUncertainty.value!.toFixed(4)).toBe('0.0029')
    expect(line.slopeUncertainty.value!.toFixed(5)).toBe('0.00067')
    expect(line.slopeInterceptCorrelation.value!.toFixed(3)).toBe('-0.930')
    expect(line.residualStandardDeviation.value!.toFixed(4)).toBe('0.0035')
    const at30 = predict(line, 10)
    expect(at30.value.toFixed(4)).toBe('-0.1494')
    expect(at30.standardUncertainty.value!.toFixed(4)).toBe('0.0041')
  })

  it('Anscombe’s first set: 3.0001 + 0.5001·x, s(slope) = 0.1179, r² = 0.6665, p = 0.00217', () => {
    const x = [10, 8, 13, 9, 11, 14, 6, 4, 12, 7, 5]
    const y = [8.04, 6.95, 7.58, 8.81, 8.33, 9.96, 7.24, 4.26, 10.84, 4.82, 5.68]
    const line = linearTrend(x, y)
    expect(line.intercept).toBeCloseTo(3.0001, 4)
    expect(line.slope).toBeCloseTo(0.5001, 4)
    expect(line.slopeUncertainty.value).toBeCloseTo(0.1179, 4)
    expect(line.rSquared.value).toBeCloseTo(0.6665, 4)
    expect(line.pValue.value).toBeCloseTo(0.00217, 5)
  })

  it('keeps its digits on far-away x, and gives only finite numbers', () => {
    const days = [0, 1, 2, 3, 4].map((day) => 1.7e12 + day * 86_400_000)
    expect(linearTrend(days, [1, 3, 5, 7, 9]).slope * 86_400_000).toBeCloseTo(2, 9)
    const number = fc.double({ min: -1e6, max: 1e6, noNaN: true })
    fc.assert(
      fc.property(fc.array(number, { minLength: 2, maxLength: 30 }), (y) => {
        const line = linearTrend(
          y.map((_, i) => i),
          y,
        )
        expect(JSON.stringify(line)).toBe(
          JSON.stringify(line, (_key, value: unknown) => {
            if (typeof value === 'number' && !Number.isFinite(value)) throw new Error('not finite')
            return value
          }),
        )
      }),
    )
  })

  it('refuses an x without spread', () => {
    expect(() => linearTrend([1, 1], [1, 2])).toThrow('all x are the same')
  })
})

describe('Mann–Kendall', () => {
  it('counts pairs and ties: Gilbert’s formulas by hand', () => {
    // 10 pairs of 5 values; one tie; falling: (3,2), (3,2): S = 10 − 1 − 2·2
    const result = mannKendall([1, 3, 2, 2, 4])
    expect(result.S).toBe(5)
    expect(result.variance).toBeCloseTo((5 * 4 * 15 - 2 * 1 * 9) / 18, 12)
    expect(result.Z).toBeCloseTo(4 / Math.sqrt(282 / 18), 12)
    expect(result.tau.value).toBeCloseTo(5 / Math.sqrt(9 * 10), 12)
  })

  it('agrees with counting every pair, for any values with ties', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: -5, max: 5 }), { minLength: 3, maxLength: 40 }), (values) => {
        let S = 0
        values.forEach((a, i) => values.slice(i + 1).forEach((b) => (S += Math.sign(b - a))))
        expect(mannKendall(values).S).toBe(S)
      }),
    )
  })

  it('finds no trend in equal values, and a rising one in a ramp', () => {
    expect(mannKendall([2, 2, 2, 2])).toMatchObject({ S: 0, Z: 0, pValue: 1, trend: 'none', tau: { value: null } })
    expect(mannKendall(Array.from({ length: 12 }, (_, i) => i)).trend).toBe('rising')
  })
})

describe('Theil–Sen', () => {
  it('isn’t moved by an outlier that moves least squares', () => {
    const x = Array.from({ length: 11 }, (_, i) => i)
    const y = x.map((value) => 1 + 2 * value)
    y[10] = 1000
    expect(theilSen(x, y)).toMatchObject({ slope: 2, intercept: 1, pairs: 'all' })
    expect(linearTrend(x, y).slope).toBeGreaterThan(10)
  })

  it('gives the median of the pairs’ slopes whatever the order, and its interval holds the slope', () => {
    const random = createRandom(2)
    const x = Array.from({ length: 60 }, (_, i) => i)
    const y = x.map((value) => 0.5 * value + random.normal())
    const forward = theilSen(x, y)
    expect(theilSen([...x].reverse(), [...y].reverse()).slope).toBe(forward.slope)
    expect(forward.slopeInterval95![0]).toBeLessThan(0.5)
    expect(forward.slopeInterval95![1]).toBeGreaterThan(0.5)
    expect(forward.slopeInterval95![1] - forward.slopeInterval95![0]).toBeLessThan(0.05)
  })

  it('takes the incomplete method for long series and says so', () => {
    const x = Array.from({ length: 5000 }, (_, i) => i)
    expect(
      theilSen(
        x,
        x.map((value) => 3 * value),
      ),
    ).toMatchObject({ slope: 3, pairs: 'incomplete', slopeInterval95: null })
  })
})

describe('change points', () => {
  const noisy = (levels: readonly number[], each: number, seed: number) => {
    const random = createRandom(seed)
    return levels.flatMap((level) => Array.from({ length: each }, () => level + random.normal()))
  }

  it('finds the two changes of three levels that lie 4 sigma apart', () => {
    const result = changePoints(noisy([0, 4, 0], 50, 1))
    expect(result.algorithm).toBe('pelt')
    expect(result.changes).toHaveLength(2)
    expect(Math.abs(result.changes[0]! - 50)).toBeLessThanOrEqual(2)
    expect(Math.abs(result.changes[1]! - 100)).toBeLessThanOrEqual(2)
    expect(result.sigma).toBeGreaterThan(0.7)
    expect(result.sigma).toBeLessThan(1.3)
  })

  it('finds none in white noise in at least 190 of 200 series', () => {
    let alarms = 0
    for (let seed = 0; seed < 200; seed++)
      alarms += changePoints(noisy([0], 100, seed), { sigma: 1 }).changes.length > 0 ? 1 : 0
    expect(alarms).toBeLessThanOrEqual(10)
  })

  it('is exact on steps without noise, and finds nothing in a constant', () => {
    expect(changePoints([1, 1, 1, 5, 5, 5, 5, 2, 2]).changes).toEqual([3, 7])
    expect(changePoints([0.1, 0.1, 0.1, 0.1, 0.1]).changes).toEqual([])
  })

  it('segments long series by bisection', () => {
    const result = changePoints(noisy([0, 2, 5], 3000, 3))
    expect(result.algorithm).toBe('binarySegmentation')
    expect(result.changes).toHaveLength(2)
    expect(Math.abs(result.changes[1]! - 6000)).toBeLessThanOrEqual(5)
  })

  it('pelt finds the least cost: against every placing of two changes', () => {
    const values = noisy([0, 3, -1], 6, 8)
    const squares = (part: readonly number[]) => {
      const mean = part.reduce((a, b) => a + b, 0) / part.length
      return part.reduce((sum, value) => sum + (value - mean) ** 2, 0)
    }
    let best: number[] = []
    let least = Infinity
    for (let a = 2; a <= 14; a++) {
      for (let b = a + 2; b <= 16; b++) {
        const cost = squares(values.slice(0, a)) + squares(values.slice(a, b)) + squares(values.slice(b))
        if (cost < least) [least, best] = [cost, [a, b]]
      }
    }
    const found = changePoints(values, { sigma: 1, penalty: 6 }).changes
    expect(found).toEqual(best)
  })
})

describe('exponential approach', () => {
  const t = Array.from({ length: 20 }, (_, i) => 5 * i)
  it('recovers exact parameters', () => {
    const fit = exponentialApproach(
      t,
      t.map((time) => 398 + 12 * Math.exp(-time / 30)),
    )
    expect(fit.timeConstant.value).toBeCloseTo(30, 5)
    expect(fit.finalValue.value).toBeCloseTo(398, 6)
    expect(fit.startValue).toBeCloseTo(410, 6)
    expect(fit.rms).toBeLessThan(1e-6)
  })
  it('says that a straight line or a constant doesn’t determine τ', () => {
    expect(
      exponentialApproach(
        t,
        t.map((time) => 3 * time),
      ).timeConstant.value,
    ).toBeNull()
    expect(
      exponentialApproach(
        t,
        t.map(() => 7),
      ).finalValue.value,
    ).toBeNull()
  })
})
