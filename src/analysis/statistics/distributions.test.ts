import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  chiSquareProbability,
  chiSquareQuantile,
  chiSquareUpperTail,
  fQuantile,
  fUpperTail,
  normalProbability,
  normalQuantile,
  tProbability,
  tQuantile,
  tTwoSided,
  tUpperTail,
} from './distributions.ts'

/** Relative comparison with SciPy 1.17.1 (scipy.stats). */
const near = (actual: number, expected: number, relative = 1e-9) =>
  expect(Math.abs(actual / expected - 1)).toBeLessThan(relative)

describe('distributions against SciPy', () => {
  it('normal', () => {
    near(normalProbability(-1.96), 0.024997895148220435, 1e-13)
    near(normalProbability(-10), 7.61985302416047e-24, 1e-12)
    near(normalQuantile(0.975), 1.959963984540054, 1e-14)
    near(normalQuantile(1e-200), -30.20559417957964, 1e-12)
  })
  it('t', () => {
    near(tQuantile(0.975, 16), 2.1199052992212546, 1e-12)
    near(tQuantile(0.995, 16), 2.9207816224251, 1e-12)
    near(tQuantile(0.97725, 3.5), 3.045311012761779, 1e-12)
    near(tQuantile(0.9772, 0.3), 8947.686777117016)
    near(tUpperTail(2.5, 99999), 0.006210459604222498)
    near(tUpperTail(2.5, 100001), 0.006210459588336706, 2e-9)
    near(tTwoSided(0.001, 5), 0.99924078676719767)
  })
  it('χ² and F', () => {
    near(chiSquareQuantile(0.95, 10), 18.307038053275146, 1e-12)
    near(chiSquareQuantile(1e-6, 3), 0.00024181048720124264, 1e-11)
    near(chiSquareUpperTail(500, 400), 0.00048221275959343273)
    near(fQuantile(0.95, 3, 16), 3.2388715174535863, 1e-12)
    near(fUpperTail(3.2, 4, 7), 0.08572002753384364, 1e-12)
  })
  it('quantiles and probabilities are inverse', () => {
    const p = fc.double({ min: 1e-6, max: 1 - 1e-6, noNaN: true })
    fc.assert(
      fc.property(p, fc.double({ min: 0.5, max: 500, noNaN: true }), (probability, dof) => {
        near(normalProbability(normalQuantile(probability)), probability, 1e-9)
        near(tProbability(tQuantile(probability, dof), dof), probability, 1e-8)
        near(chiSquareProbability(chiSquareQuantile(probability, dof), dof), probability, 1e-8)
      }),
      { numRuns: 60 },
    )
  })
})
