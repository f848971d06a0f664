import { describe, expect, it } from 'vitest'
import { interpolateLinear, trapezoid } from './interpolate.ts'
import { fitLine, lineAt } from './line.ts'
import { leastSquares, solveLinear } from './linear.ts'
import { fitPolynomial, polynomialAt, polynomialMaximum, polynomialSlopeAt, realRoots } from './polynomial.ts'
import { extent, median, sampleStandardDeviation } from './statistics.ts'

const wamplerX = Array.from({ length: 21 }, (_, k) => k)

describe('least squares', () => {
  it('reaches the certified values of NIST StRD Wampler1 and Wampler2 (order 5, all residuals 0)', () => {
    for (const base of [1, 0.1]) {
      const y = wamplerX.map((x) => [0, 1, 2, 3, 4, 5].reduce((sum, k) => sum + base ** k * x ** k, 0))
      const fit = fitPolynomial(wamplerX, y, 5)!
      for (const x of [0, 0.5, 7.3, 20]) {
        const exact = [0, 1, 2, 3, 4, 5].reduce((sum, k) => sum + (base * x) ** k, 0)
        expect(Math.abs(polynomialAt(fit, x) / exact - 1)).toBeLessThan(1e-8)
      }
      const slope = [1, 2, 3, 4, 5].reduce((sum, k) => sum + k * base ** k * 10 ** (k - 1), 0)
      expect(polynomialSlopeAt(fit, 10) / slope).toBeCloseTo(1, 10)
    }
  })

  it('gives the covariance of the normal equations', () => {
    const rows = [1, 2, 3, 4, 5].map((x) => [1, x])
    const solved = leastSquares(rows, [1, 2, 2, 4, 5])!
    expect(solved.coefficients[0]).toBeCloseTo(-0.2, 12)
    expect(solved.coefficients[1]).toBeCloseTo(1, 12)
    expect(solved.inverseNormal[0]![0]).toBeCloseTo(1.1, 12)
    expect(solved.inverseNormal[0]![1]).toBeCloseTo(-0.3, 12)
    expect(solved.inverseNormal[1]![1]).toBeCloseTo(0.1, 12)
    expect(solved.residualSquares).toBeCloseTo(0.8, 12)
  })

  it('refuses dependent columns and too few rows', () => {
    expect(
      leastSquares(
        [
          [1, 2],
          [2, 4],
          [3, 6],
        ],
        [1, 2, 3],
      ),
    ).toBeNull()
    expect(leastSquares([[1, 2]], [1])).toBeNull()
    expect(fitPolynomial([1, 1, 1], [1, 2, 3], 1)).toBeNull()
  })

  it('solves and recognises singular systems', () => {
    expect(
      solveLinear(
        [
          [0, 2],
          [3, 1],
        ],
        [4, 5],
      ),
    ).toEqual([1, 2])
    expect(
      solveLinear(
        [
          [1, 2],
          [2, 4],
        ],
        [1, 2],
      ),
    ).toBeNull()
  })
})

describe('line', () => {
  it('reproduces JCGM 100 H.3 (thermometer calibration: intercept, slope, errors, correlation)', () => {
    // Table H.6 of JCGM 100:2008; t0 = 20 °C.
    const t = [21.521, 22.012, 22.512, 23.003, 23.507, 23.999, 24.513, 25.002, 25.503, 26.01, 26.511]
    const b = [-0.171, -0.169, -0.166, -0.159, -0.164, -0.165, -0.156, -0.157, -0.159, -0.161, -0.16]
    const fit = fitLine(
      t.map((x) => x - 20),
      b,
    )!
    expect(fit.intercept).toBeCloseTo(-0.1712, 4)
    expect(fit.slope).toBeCloseTo(0.00218, 5)
    expect(fit.interceptError).toBeCloseTo(0.0029, 4)
    expect(fit.slopeError).toBeCloseTo(0.00067, 5)
    expect(fit.covariance! / (fit.interceptError! * fit.slopeError!)).toBeCloseTo(-0.93, 2)
    expect(fit.residualDeviation).toBeCloseTo(0.0035, 4)
    const at30 = lineAt(fit, 10)
    expect(at30.value).toBeCloseTo(-0.1494, 4)
    expect(at30.error).toBeCloseTo(0.0041, 4)
  })

  it('weights points and refuses an x without spread', () => {
    expect(fitLine([0, 1, 2], [0, 1, 100], [1, 1, 0])!.slope).toBeCloseTo(1, 12)
    expect(fitLine([3, 3], [1, 2])).toBeNull()
    expect(fitLine([1], [1])).toBeNull()
    expect(fitLine([1e15, 1e15 + 0.125], [1, 2])).toBeNull()
  })
})

describe('polynomial', () => {
  it('finds every real root of (x + 0.9)(x + 0.1)(x − 0.3)(x − 0.8)', () => {
    // Expanded: (x² + x + 0.09)(x² − 1.1 x + 0.24).
    const exact = [0.09 * 0.24, 0.24 - 0.099, 0.24 - 1.1 + 0.09, -0.1, 1]
    const roots = realRoots(exact, -1, 1)
    expect(roots).toHaveLength(4)
    ;[-0.9, -0.1, 0.3, 0.8].forEach((root, k) => expect(roots[k]).toBeCloseTo(root, 12))
  })

  it('finds the maximum inside the range only', () => {
    const x = [0, 1, 2, 3, 4]
    expect(
      polynomialMaximum(
        fitPolynomial(
          x,
          x.map((v) => -((v - 1.7) ** 2)),
          2,
        )!,
      ),
    ).toBeCloseTo(1.7, 12)
    expect(
      polynomialMaximum(
        fitPolynomial(
          x,
          x.map((v) => v * v),
          2,
        )!,
      ),
    ).not.toBe(4)
    expect(
      polynomialMaximum(
        fitPolynomial(
          x,
          x.map((v) => 3 * v),
          1,
        )!,
      ),
    ).toBeNull()
  })
})

describe('small things', () => {
  it('interpolates inside and never outside', () => {
    expect(interpolateLinear([0, 1, 3], [0, 10, 30], 2)).toBe(20)
    expect(interpolateLinear([0, 1, 3], [0, 10, 30], 3)).toBe(30)
    expect(interpolateLinear([0, 1, 3], [0, 10, 30], 3.1)).toBeNull()
    expect(trapezoid([0, 1, 3], [0, 2, 2])).toBe(5)
  })

  it('gives null for what an empty list does not have', () => {
    expect(median([])).toBeNull()
    expect(median([4, 1, 3, 2])).toBe(2.5)
    expect(sampleStandardDeviation([1])).toBeNull()
    expect(sampleStandardDeviation([2, 4, 4, 4, 5, 5, 7, 9])).toBeCloseTo(2.138089935, 9)
    expect(extent([3, -1, 2])).toEqual([-1, 3])
  })
})
