import { describe, expect, it } from 'vitest'
import type { EvaluatedCurve } from '../../contract/results.ts'
import { ivSummary, type IvSummary } from './ivSummary.ts'

const curve = (direction: EvaluatedCurve['direction'], pmaxW: number | null, more: Partial<EvaluatedCurve> = {}) => ({
  ...{ id: 'x', direction, irradianceWPerM2: 1000, temperatureC: 25, iscA: 10, vocV: 50, pmaxW },
  ...{ impA: 9.5, vmpV: 42, fillFactor: 0.8, flags: [] },
  ...more,
})
const summarise = (curves: unknown[], leftOut?: unknown[]): IvSummary =>
  ivSummary.run({ evaluated: { curves, ...(leftOut ? { leftOut } : {}) } }) as IvSummary

describe('the summary of a measurement', () => {
  it('has the means over all curves', () => {
    const other = { iscA: 12, vocV: 52, impA: 10.5, vmpV: 44, fillFactor: 0.7 }
    expect(summarise([curve('forward', 400), curve('reverse', 404, other)])).toMatchObject({
      iscA: 11,
      vocV: 51,
      pmaxW: 402,
      impA: 10,
      vmpV: 43,
      fillFactorPercent: 75,
    })
  })

  it('pairs each forward sweep with its reverse one, in whatever order they were measured', () => {
    const [f1, f2, r1, r2] = [
      curve('forward', 400),
      curve('forward', 402),
      curve('reverse', 398),
      curve('reverse', 400),
    ]
    for (const curves of [
      [f1, r1, f2, r2],
      [r1, f1, r2, f2],
    ]) {
      const found = summarise(curves)
      expect(found.repetitions).toBe(2)
      // Pairs of 399 W and 401 W, 2 W apart each.
      expect(found.hysteresisPercent).toBeCloseTo(50 * (2 / 399 + 2 / 401), 10)
      expect(found.spreadPercent).toBeCloseTo((100 * 2) / 400, 10)
      expect(found.standardDeviationPercent).toBeCloseTo((100 * Math.SQRT2) / 400, 10)
    }
  })

  it('tells hysteresis, but neither spread nor standard deviation, from one pair', () => {
    const found = summarise([curve('forward', 402), curve('reverse', 398)])
    expect(found).toMatchObject({ repetitions: 1, spreadPercent: null, standardDeviationPercent: null })
    expect(found.hysteresisPercent).toBeCloseTo(1, 12)
  })

  it('tells no hysteresis from curves of one direction, or of none', () => {
    for (const direction of ['forward', 'reverse', null] as const)
      expect(summarise([curve(direction, 400), curve(direction, 410)])).toMatchObject({
        repetitions: 0,
        pmaxW: 405,
        hysteresisPercent: null,
        spreadPercent: null,
      })
  })

  it('has no mean Pmax when one curve has none: the others do not stand for it', () => {
    const found = summarise([curve('forward', 400), curve('reverse', null), curve('forward', 400)])
    expect(found).toMatchObject({ pmaxW: null, iscA: 10, repetitions: 0, hysteresisPercent: null, spoiledCurves: 1 })
  })

  it('has nothing to say of no curve', () => {
    expect(summarise([])).toMatchObject({ pmaxW: null, fillFactorPercent: null, repetitions: 0, spoiledCurves: 0 })
  })
})

describe('spoiled curves', () => {
  const flagged = (code: string) => curve('forward', 400, { flags: [{ code, text: 'x' }] })

  it('are those with a fault that spoils their power, and those that could not be corrected', () => {
    const leftOut = [{ id: 'y', reason: 'its irradiance was not measured' }]
    expect(summarise([flagged('steps'), flagged('truncatedAtVoc'), curve('forward', 400)], leftOut).spoiledCurves).toBe(
      3,
    )
  })

  it('are not those that only bear a remark', () => {
    expect(summarise([flagged('farCorrection')]).spoiledCurves).toBe(0)
  })

  it('count once, however many faults they have', () => {
    const flags = ['steps', 'noisy'].map((code) => ({ code, text: 'x' }))
    expect(summarise([curve('forward', null, { flags })]).spoiledCurves).toBe(1)
  })
})
