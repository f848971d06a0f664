import { describe, expect, it } from 'vitest'
import { createRandom } from '../../base/random.ts'
import { fitPolynomial } from '../numeric/polynomial.ts'
import { squaresAboutCubic } from './cubic.ts'

describe('squares about a cubic', () => {
  it('are those of fitPolynomial within 1e-12', () => {
    const random = createRandom(20261122)
    for (const n of [5, 12, 40]) {
      const x = Array.from({ length: n }, (_, k) => k / n + 0.01 * random.uniform())
      const y = x.map((value) => 1 - value ** 5 + 0.01 * random.normal())
      const expected = fitPolynomial(x, y, 3)!.residualDeviation! ** 2 * (n - 4)
      expect(Math.abs(squaresAboutCubic(x, y)! / expected - 1), `${n} points`).toBeLessThan(1e-12)
    }
  })

  it('vanish for four points, and are null where the points determine no cubic', () => {
    expect(squaresAboutCubic([0, 1, 2, 3], [5, 1, 4, 2])).toBe(0)
    expect(squaresAboutCubic([0, 1, 2], [5, 1, 4])).toBeNull()
    expect(squaresAboutCubic([0, 1, 1, 2, 2], [5, 1, 4, 2, 3])).toBeNull()
    expect(squaresAboutCubic([1, 1, 1, 1, 1], [5, 1, 4, 2, 3])).toBeNull()
  })
})
