import { describe, expect, it } from 'vitest'
import { createRandom, type Random } from './random.ts'

const count = 50_000
const uniforms = (random: Random, length = count): number[] => Array.from({ length }, () => random.uniform())
const normals = (random: Random): number[] => Array.from({ length: count }, () => random.normal())
const mean = (values: readonly number[]): number => values.reduce((sum, each) => sum + each, 0) / values.length
const moment = (values: readonly number[], order: number): number => mean(values.map((each) => each ** order))

describe('a seeded source of numbers', () => {
  it('gives the published sequence of mulberry32', () => {
    const random = createRandom(1)
    expect(uniforms(random, 3)).toEqual([0.6270739405881613, 0.002735721180215478, 0.5274470399599522])
  })

  it('gives the same sequence for the same seed, and another one for the next seed', () => {
    const [first, again, other] = [createRandom(7), createRandom(7), createRandom(8)]
    const numbers = uniforms(first, 100)
    expect(uniforms(again, 100)).toEqual(numbers)
    expect(uniforms(other, 100).filter((each, i) => each === numbers[i])).toEqual([])
  })

  it('spreads evenly over [0, 1)', () => {
    const values = uniforms(createRandom(3))
    expect(values.every((each) => each >= 0 && each < 1)).toBe(true)
    const bins = new Array<number>(10).fill(0)
    for (const each of values) bins[Math.floor(10 * each)]!++
    const chiSquare = bins.reduce((sum, each) => sum + (each - count / 10) ** 2 / (count / 10), 0)
    // χ² with 9 degrees of freedom: above 33.7 in one of 10 000 sources.
    expect(chiSquare).toBeLessThan(33.7)
  })

  it('has normal numbers of mean 0, standard deviation 1, no skew and the tails of a normal distribution', () => {
    const values = normals(createRandom(5))
    // Four standard errors each: 1/√n, √(2/n), √(15/n), √(96/n).
    expect(Math.abs(mean(values))).toBeLessThan(4 / Math.sqrt(count))
    expect(Math.abs(moment(values, 2) - 1)).toBeLessThan(4 * Math.sqrt(2 / count))
    expect(Math.abs(moment(values, 3))).toBeLessThan(4 * Math.sqrt(15 / count))
    expect(Math.abs(moment(values, 4) - 3)).toBeLessThan(4 * Math.sqrt(96 / count))
    expect(values.every(Number.isFinite)).toBe(true)
  })
})

describe('a fork', () => {
  it('depends on its name and the seed only, not on what was drawn before', () => {
    const [fresh, used] = [createRandom(1), createRandom(1)]
    uniforms(used, 10)
    expect(uniforms(used.fork('lamp'), 5)).toEqual(uniforms(fresh.fork('lamp'), 5))
    expect(createRandom(2).fork('lamp').uniform()).not.toBe(createRandom(1).fork('lamp').uniform())
  })

  it('shifts nothing in the source that it came from', () => {
    const [plain, forked] = [createRandom(1), createRandom(1)]
    uniforms(forked.fork('lamp'), 10)
    expect(uniforms(forked, 5)).toEqual(uniforms(plain, 5))
  })

  it('has nothing in common with its sisters and its source', () => {
    const source = createRandom(1)
    const streams = [source.fork('lamp'), source.fork('lamq'), source].map(normals)
    for (const [one, other] of [
      [0, 1],
      [0, 2],
      [1, 2],
    ] as const) {
      const correlation = mean(streams[one]!.map((each, i) => each * streams[other]![i]!))
      expect(Math.abs(correlation)).toBeLessThan(4 / Math.sqrt(count))
    }
  })
})
