import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { capability, capabilityOfValues, cpkLowerBound } from './capability.ts'
import { individualsMovingRange, xbarR } from './charts.ts'
import { chartConstants } from './constants.ts'
import { applyRules, nelsonRules, westernElectricRules } from './runRules.ts'
import { cusum, ewma } from './sequential.ts'

/** NIST/SEMATECH e-Handbook 6.3.2.2: flow rate of ten batches. */
const flowRate = [49.6, 47.6, 49.9, 51.3, 47.8, 51.2, 52.6, 52.4, 53.6, 52.1]
/** Montgomery, table 6.6: cost of processing mortgage loans. */
const loanCost = [310, 288, 297, 298, 307, 303, 294, 297, 308, 306, 294, 299, 297, 299, 314, 295, 293, 306, 301, 304]
/** Montgomery, table 9.1: target 10, sigma 1, shifted to 11 after the twentieth. */
const shifted = [
  9.45, 7.99, 9.29, 11.66, 12.16, 10.18, 8.04, 11.46, 9.2, 10.34, 9.03, 11.47, 10.51, 9.4, 10.08, 9.37, 10.62, 10.31,
  8.52, 10.84, 10.9, 9.33, 12.29, 11.5, 10.6, 11.08, 10.38, 11.62, 11.31, 10.52,
]

describe('Shewhart charts of published sets', () => {
  it('NIST 6.3.2.2: 50.81, 55.8041 and 45.8159', () => {
    const { location, spread } = individualsMovingRange(flowRate)
    expect(location.center).toBeCloseTo(50.81, 10)
    expect(spread.center).toBeCloseTo(1.8778, 4)
    expect(location.upperLimit).toBeCloseTo(55.8041, 4)
    expect(location.lowerLimit).toBeCloseTo(45.8159, 4)
    expect(location.outside).toEqual([])
  })

  it('Montgomery example 6.5: 300.5, 321.22, 279.78, and 25.45 for the moving range', () => {
    const { location, spread } = individualsMovingRange(loanCost)
    expect(location.center).toBe(300.5)
    expect(spread.center).toBeCloseTo(7.79, 2)
    expect(location.upperLimit).toBeCloseTo(321.22, 1)
    expect(location.lowerLimit).toBeCloseTo(279.78, 1)
    expect(spread.upperLimit).toBeCloseTo(25.45, 2)
  })

  it('X̄-R: limits of Montgomery example 6.1 from X̿ = 1.5056 and R̄ = 0.32521 with n = 5', () => {
    // Two subgroups of that mean and range; the limits depend on nothing else.
    const [mean, range] = [1.5056, 0.32521]
    const group = [mean - range / 2, mean, mean, mean, mean + range / 2]
    const { location, spread, sigma } = xbarR([group, group])
    expect(location.upperLimit.toFixed(3)).toBe('1.693')
    expect(location.lowerLimit.toFixed(3)).toBe('1.318')
    expect(spread.upperLimit.toFixed(5)).toBe('0.68749')
    expect(spread.lowerLimit).toBe(0)
    // Montgomery: σ̂ = 0.32521/2.326 = 0.1398
    expect(sigma.toFixed(4)).toBe('0.1398')
  })

  it('flags a point outside phase II limits, and only strictly outside', () => {
    const known = { center: 10, sigma: 1 }
    expect(individualsMovingRange([10, 13, 13.001], { known }).location.outside).toEqual([2])
    expect(
      xbarR(
        [
          [10, 10, 10, 10],
          [12, 12, 12, 12],
        ],
        { known },
      ).location.outside,
    ).toEqual([1])
  })

  it('reports that constant data have no sigma for run rules', () => {
    expect(individualsMovingRange([5, 5, 5]).rulesApplied.value).toBeNull()
  })

  it('has consistent constants: A2 = 3/(d2·√n)', () => {
    for (const n of [2, 3, 4, 5, 6, 7, 8, 9, 10]) {
      const { A2, d2 } = chartConstants(n)
      expect(Math.abs(3 / (d2 * Math.sqrt(n)) - A2)).toBeLessThan(0.001)
    }
    expect(() => chartConstants(11)).toThrow('2 to 10')
  })
})

describe('EWMA', () => {
  it('NIST 6.3.2.4: λ = 0.3, limits 52.5884 and 47.4115, and all printed values', () => {
    const data = [
      52, 47, 53, 49.3, 50.1, 47, 51, 50.1, 51.2, 50.5, 49.6, 47.6, 49.9, 51.3, 47.8, 51.2, 52.6, 52.4, 53.6, 52.1,
    ]
    const result = ewma(data, { target: 50, sigma: 2.0539, lambda: 0.3, width: 3, steadyLimits: true })
    expect(result.upperLimits[0]).toBeCloseTo(52.5884, 3)
    expect(result.lowerLimits[0]).toBeCloseTo(47.4115, 3)
    const printed = [
      50.6, 49.52, 50.56, 50.18, 50.16, 49.21, 49.75, 49.85, 50.26, 50.33, 50.11, 49.36, 49.52, 50.05, 49.38, 49.92,
      50.73, 51.23, 51.94, 51.99,
    ]
    // The Handbook rounds each step to two digits and goes on with the rounded value.
    result.values.forEach((value, i) => expect(Math.abs(value - printed[i]!)).toBeLessThan(0.011))
    expect(result.signals).toEqual([])
  })

  it('Montgomery table 9.10: λ = 0.1, L = 2.7, first limits 10.27 and 9.73, steady 10.62 and 9.38, z29 = 10.6468 outside', () => {
    const result = ewma(shifted, { target: 10, sigma: 1, lambda: 0.1, width: 2.7 })
    expect(result.values[0]).toBeCloseTo(9.945, 10)
    expect(result.upperLimits[0]!.toFixed(2)).toBe('10.27')
    expect(result.lowerLimits[0]!.toFixed(2)).toBe('9.73')
    expect(result.upperLimits[29]!.toFixed(2)).toBe('10.62')
    expect(result.lowerLimits[29]!.toFixed(2)).toBe('9.38')
    expect(result.values[28]!.toFixed(4)).toBe('10.6468')
    expect(result.signals).toEqual([28, 29])
  })
})

describe('CUSUM', () => {
  it('Montgomery table 9.2: C⁺ = 5.28 at period 29, the first signal, after a shift at about 23', () => {
    const result = cusum(shifted, { target: 10, sigma: 1 })
    expect(result.up[28]).toBeCloseTo(5.28, 10)
    expect(result.signals[0]).toEqual({ index: 28, side: 'up', since: 22 })
  })

  it('NIST 6.3.2.3: 3.0075 at group 13 and 4.94 above h = 4.1959 at group 14', () => {
    const data = [
      324.925, 324.675, 324.725, 324.35, 325.35, 325.225, 324.125, 324.525, 325.225, 324.6, 324.625, 325.15, 328.325,
      327.25,
    ]
    const result = cusum(data, { target: 325, sigma: 1, reference: 0.3175, decision: 4.1959 })
    expect(result.up[12]).toBeCloseTo(3.0075, 6)
    expect(result.up[13]).toBeCloseTo(4.94, 6)
    expect(result.signals.map(({ index }) => index)).toEqual([13])
  })
})

describe('run rules, each at its own edge', () => {
  const we = (z: (number | null)[]) =>
    applyRules(z, westernElectricRules).map(({ ruleId, index }) => `${ruleId}@${index}`)
  const nelson = (z: (number | null)[], id: string) =>
    applyRules(z, nelsonRules)
      .filter((violation) => violation.ruleId === id)
      .map(({ index }) => index)

  it('1 point strictly beyond 3 sigma', () => {
    expect(we([3, -3])).toEqual([])
    expect(we([3.01])).toEqual(['WE1@0'])
  })
  it('2 of 3 beyond 2 sigma on the same side', () => {
    expect(we([2.1, 0.1, 2.1])).toEqual(['WE2@2'])
    expect(we([2.1, 0.1, -2.1])).toEqual([])
    expect(we([2.1, 0.1, 0.1, 2.1])).toEqual([])
    expect(we([2.1, 2.1, 0.1])).toEqual(['WE2@1'])
  })
  it('4 of 5 beyond 1 sigma on the same side', () => {
    expect(we([1.1, 1.1, -0.1, 1.1, 1.1])).toEqual(['WE3@4'])
    expect(we([1.1, 1.1, 1, 1, 1.1])).toEqual([])
  })
  it('8 on one side for Western Electric, 9 for Nelson; the centre line ends a run', () => {
    const run = (count: number) => new Array<number>(count).fill(0.5)
    expect(we(run(7))).toEqual([])
    expect(we(run(8))).toEqual(['WE4@7'])
    expect(nelson(run(8), 'N2')).toEqual([])
    expect(nelson(run(9), 'N2')).toEqual([8])
    expect(nelson([...run(5), 0, ...run(5)], 'N2')).toEqual([])
    expect(nelson([...run(5), null, ...run(5)], 'N2')).toEqual([])
  })
  it('6 points steadily rising (5 differences); a tie ends the run', () => {
    expect(nelson([0.1, 0.2, 0.3, 0.4, 0.5], 'N3')).toEqual([])
    expect(nelson([0.1, 0.2, 0.3, 0.4, 0.5, 0.6], 'N3')).toEqual([5])
    expect(nelson([0.1, 0.2, 0.3, 0.3, 0.5, 0.6], 'N3')).toEqual([])
    expect(nelson([0.6, 0.5, 0.4, 0.3, 0.2, 0.1], 'N3')).toEqual([5])
  })
  it('14 points alternating', () => {
    const zigzag = Array.from({ length: 14 }, (_, i) => (i % 2 === 0 ? 0.2 : -0.2))
    expect(nelson(zigzag, 'N4')).toEqual([13])
    expect(nelson(zigzag.slice(1), 'N4')).toEqual([])
  })
  it('15 within 1 sigma, strictly', () => {
    const quiet = Array.from({ length: 15 }, (_, i) => (i % 3 === 0 ? 0.9 : -0.3))
    expect(nelson(quiet, 'N7')).toEqual([14])
    expect(nelson([...quiet.slice(0, 14), 1], 'N7')).toEqual([])
  })
  it('8 outside 1 sigma on either side', () => {
    const torn = [1.2, -1.2, 1.3, -1.1, 1.2, -1.4, 1.2, -1.2]
    expect(nelson(torn, 'N8')).toEqual([7])
    expect(nelson([...torn.slice(0, 7), 1], 'N8')).toEqual([])
  })
  it('a mirrored chart breaks the same rules', () => {
    fc.assert(
      fc.property(fc.array(fc.double({ min: -4, max: 4, noNaN: true }), { maxLength: 40 }), (z) => {
        const mirrored = applyRules(
          z.map((value) => -value),
          nelsonRules,
        )
        expect(mirrored).toEqual(applyRules(z, nelsonRules))
      }),
    )
  })
})

describe('capability', () => {
  it('NIST 6.1.6: limits 8 and 20, mean 16, s = 2: Cp = 1.0, Cpk = 0.6667', () => {
    const input = { mean: 16, withinSigma: 2, overallSigma: 2, count: 50, limits: { lower: 8, upper: 20 } }
    const result = capability(input)
    expect(result.cp.value).toBe(1)
    expect(result.cpk.value).toBeCloseTo(0.6667, 4)
    expect(capability({ ...input, limits: { lower: 8, upper: null } }).cpk.value).toBeCloseTo(1.3333, 4)
    expect(result.cpm.value).toBeNull()
    expect(capability({ ...input, limits: { lower: 8, upper: 20, target: 14 } }).cpm.value).toBeCloseTo(
      12 / (6 * Math.sqrt(8)),
      12,
    )
  })
  it.each([
    [10, 0.833333],
    [10.5, 0.416667],
    [12, -0.833333],
  ])('limits 9 and 11, sd 0.4, mean %f: Cpk = %f (suncal)', (mean, cpk) => {
    const result = capability({ mean, withinSigma: 0.4, overallSigma: 0.4, count: 30, limits: { lower: 9, upper: 11 } })
    expect(result.cpk.value).toBeCloseTo(cpk, 6)
  })
  it('lower bound: Cpk = 1.33 from 20 values, by hand 1.33 − 1.645·√(1/180 + 1.7689/38) = 0.954', () => {
    expect(cpkLowerBound(1.33, 20).value).toBeCloseTo(1.33 - 1.644853627 * Math.sqrt(1 / 180 + 1.7689 / 38), 9)
    expect(cpkLowerBound(1.33, 20).value!.toFixed(3)).toBe('0.955')
  })
  it('has a reason where there is no index', () => {
    const result = capabilityOfValues([5, 5, 5], { lower: 0, upper: 10 })
    expect(result.cp).toEqual({ value: null, reason: 'the standard deviation is 0' })
    expect(() => capabilityOfValues([1, 2], { lower: 3, upper: 3 })).toThrow('crossed')
  })
})
