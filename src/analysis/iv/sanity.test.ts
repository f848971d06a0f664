import { describe, expect, it } from 'vitest'
import type { IvCurve } from '../../contract/curve.ts'
import { createExactCurve } from './exactCurve.ts'
import { hysteresisOf, repeatabilityOf } from './repeatability.ts'
import { checkSweep, sanityVersion } from './sanity.ts'

const moduleWith = (seriesResistanceOhm: number, photocurrentA = 9): IvCurve => {
  const exact = createExactCurve({
    ...{ photocurrentA, saturationCurrentA: 3e-10, seriesResistanceOhm, shuntResistanceOhm: 400 },
    idealityVoltageV: 60 * 1.05 * 0.0256925791,
  })
  return { ...exact.sweep(150, 0, 1.01), irradianceWPerM2: 1000, temperatureC: 25 }
}
const good = moduleWith(0.25)

describe('checkSweep', () => {
  it('lets a good sweep stand, alone and beside its partners', () => {
    const result = checkSweep({ curve: good, otherDirection: good, earlier: good })
    expect(result).toMatchObject({ retake: false, findings: [], version: sanityVersion })
    expect(result.parameters.pmaxW).toBeGreaterThan(200)
  })

  it('finds a contact resistance that rose', () => {
    const result = checkSweep({ curve: moduleWith(0.4), earlier: good })
    expect(result.retake).toBe(true)
    expect(result.findings.map((f) => f.code)).toEqual(['contactResistance'])
    expect(result.findings[0]!.text).toContain('clean and re-seat')
  })

  it('does not compare unlike conditions, and says so', () => {
    const other = { ...moduleWith(0.25, 4.5), irradianceWPerM2: 500 }
    const result = checkSweep({ curve: good, earlier: other })
    expect(result.retake).toBe(false)
    expect(result.findings.map((f) => f.code)).toEqual(['notComparable'])
    expect(checkSweep({ curve: good, earlier: { ...good, temperatureC: null } }).findings).toHaveLength(1)
  })

  it('finds leads that carry current', () => {
    expect(checkSweep({ curve: moduleWith(1.6) }).findings.map((f) => f.code)).toContain('fourWireFault')
  })

  it('finds hysteresis', () => {
    const slow = { ...good, currentA: good.currentA.map((i, k) => i * (1 + 0.02 * (good.voltageV[k]! / 38))) }
    const result = checkSweep({ curve: good, otherDirection: slow })
    expect(result.retake).toBe(true)
    expect(result.findings.map((f) => f.code)).toEqual(['hysteresis'])
  })

  it('asks to retake steps, few points in the knee and drifting light, with words', () => {
    const stepped = { ...good, currentA: good.currentA.map((i, k) => (good.voltageV[k]! > 18 ? Math.min(i, 7.5) : i)) }
    const thin = {
      ...good,
      voltageV: good.voltageV.filter((_, k) => k % 15 === 0),
      currentA: good.currentA.filter((_, k) => k % 15 === 0),
    }
    const drifting = { ...good, pointIrradianceWPerM2: good.voltageV.map((_, k) => 1000 - k / 4) }
    for (const [curve, code] of [
      [stepped, 'steps'],
      [thin, 'fewPointsInKnee'],
      [drifting, 'irradianceDrift'],
    ] as const) {
      const result = checkSweep({ curve })
      expect(result.retake).toBe(true)
      expect(result.findings.find((f) => f.code === code)).toMatchObject({ weight: 'retake' })
    }
  })

  it('keeps a reversed sweep, with a notice', () => {
    const reversed = { ...good, voltageV: [...good.voltageV].reverse(), currentA: [...good.currentA].reverse() }
    expect(checkSweep({ curve: reversed })).toMatchObject({
      retake: false,
      findings: [{ code: 'reversed', weight: 'notice' }],
    })
  })
})

describe('repeatability', () => {
  it('gives mean, s and spread', () => {
    const r = repeatabilityOf([300, 301, 302])
    expect(r).toMatchObject({ mean: 301, count: 3 })
    expect(r.standardDeviation).toBeCloseTo(1, 12)
    expect(r.standardDeviationPercent).toBeCloseTo(100 / 301, 12)
    expect(r.spreadPercent).toBeCloseTo(200 / 301, 12)
    expect(() => repeatabilityOf([300])).toThrow(/Repeatability/)
    expect(() => repeatabilityOf([300, 0])).toThrow(/Repeatability/)
  })

  it('measures hysteresis against a curve scaled in current', () => {
    const scaled = { ...good, currentA: good.currentA.map((i) => i * 1.01) }
    const { pmaxPercent, areaPercent } = hysteresisOf(good, scaled)
    expect(pmaxPercent).toBeCloseTo((200 * 0.01) / 2.01, 6)
    // 1 % of the area under the curve, a little below 1 % of Isc · Voc; what lies beyond Voc counts as well.
    expect(areaPercent).toBeGreaterThan(0.8)
    expect(areaPercent).toBeLessThan(1)
    expect(hysteresisOf(good, good)).toEqual({ pmaxPercent: 0, areaPercent: 0 })
  })

  it('gives null where a sweep has no Pmax', () => {
    const dark = { ...good, currentA: good.currentA.map((i) => i - 10) }
    expect(hysteresisOf(good, dark)).toEqual({ pmaxPercent: null, areaPercent: null })
  })
})
