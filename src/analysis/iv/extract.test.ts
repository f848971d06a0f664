import { existsSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import type { IvCurve } from '../../contract/curve.ts'
import { createRandom } from '../../base/random.ts'
import { parseCurveFile } from './curveFile.ts'
import { createExactCurve } from './exactCurve.ts'
import { extractIv, type IvParameters } from './extract.ts'

const data = new URL('../../../../shared/data/', import.meta.url)
const missing = !existsSync(data)
const read = (path: string): string => readFileSync(new URL(path, data), 'utf8')

const codes = (parameters: IvParameters): string[] => parameters.flags.map((flag) => flag.code)
const curveOf = (voltageV: readonly number[], currentA: readonly number[]): IvCurve => ({
  ...{ id: 'c', voltageV, currentA, irradianceWPerM2: null, temperatureC: null },
})

/** pvlib-python tests/ivtools/test_utils.py (BSD-3): a cell curve and the results of pvlib's astm_e1036 on it. */
const pvlibV = Array.from({ length: 33 }, (_, k) => -0.005 + 0.02 * k)
const pvlibI = [
  8.09403993, 8.09382549, 8.09361103, 8.09339656, 8.09318205, 8.09296748, 8.09275275, 8.09253771, 8.09232204,
  8.09210506, 8.09188538, 8.09166014, 8.09142342, 8.09116305, 8.09085392, 8.09044425, 8.08982734, 8.08878333,
  8.08685945, 8.08312463, 8.07566926, 8.06059856, 8.03005836, 7.96856869, 7.8469714, 7.61489584, 7.19789314, 6.51138396,
  5.49373476, 4.13267172, 2.46021487, 0.52838624, -1.61055289,
]

describe('rule e1036', () => {
  it('gives the published results of pvlib astm_e1036 within 1e-6', () => {
    const p = extractIv(curveOf(pvlibV, pvlibI), { rule: 'e1036' })
    const expected = {
      ...{ vocV: 0.6195097477985162, iscA: 8.093986320386227, vmpV: 0.494283417170082 },
      ...{ impA: 7.626088301548568, pmaxW: 3.7694489853302127, fillFactor: 0.7517393078504361 },
    }
    for (const [key, value] of Object.entries(expected)) {
      expect(Math.abs(Number(p[key as keyof IvParameters]) / value - 1), key).toBeLessThan(1e-6)
    }
    expect(p.rule).toContain('E1036')
  })

  it('takes samples close to the axes as they are', () => {
    const p = extractIv(curveOf([...pvlibV, 0.001, 0.6201], [...pvlibI, 8.0939756, 7.10653445e-4]), { rule: 'e1036' })
    expect(p.vocV).toBeCloseTo(0.6201, 9)
    expect(p.iscA).toBeCloseTo(8.0939756, 9)
    expect(p.fillFactor! / 0.751024747526615).toBeCloseTo(1, 6)
  })
})

const silicon = createExactCurve({
  ...{ photocurrentA: 9, saturationCurrentA: 3e-10, seriesResistanceOhm: 0.25, shuntResistanceOhm: 400 },
  idealityVoltageV: 60 * 1.05 * 0.0256925791,
})
const measured = silicon.sweep(120, 0, 1.02)
const withPoints = (change: (v: number[], i: number[]) => [number[], number[]]): IvCurve =>
  curveOf(...change([...measured.voltageV], [...measured.currentA]))

describe('damaged curves are flagged and never silently wrong', () => {
  const near = (p: IvParameters, tolerance: number): void => {
    expect(Math.abs(p.pmaxW! / silicon.pmaxW - 1)).toBeLessThan(tolerance)
    expect(Math.abs(p.iscA! / silicon.iscA - 1)).toBeLessThan(tolerance)
    expect(Math.abs(p.vocV! / silicon.vocV - 1)).toBeLessThan(tolerance)
  }

  it('leaves the undamaged curve without a flag', () => {
    for (const rule of ['station', 'e1036'] as const) expect(codes(extractIv(measured, { rule }))).toEqual([])
    near(extractIv(measured), 2e-4)
  })

  it('stepped', () => {
    for (const [height, from] of [
      [0.98, 0.3],
      [0.9, 0.5],
      [0.6, 0.6],
      [0.3, 0.6],
    ] as const) {
      const p = extractIv(
        withPoints((v, i) => [v, i.map((x, k) => (v[k]! > from * silicon.vocV ? Math.min(x, height * 9) : x))]),
      )
      expect(codes(p), `height ${height}`).toContain('steps')
    }
  })

  it('in no order, backwards, repeated', () => {
    const random = createRandom(1)
    const order = measured.voltageV.map((_, k) => ({ k, at: random.uniform() })).sort((a, b) => a.at - b.at)
    const shuffled = extractIv(withPoints((v, i) => [order.map(({ k }) => v[k]!), order.map(({ k }) => i[k]!)]))
    expect(codes(shuffled)).toEqual(['unsorted'])
    near(shuffled, 2e-4)
    const reversed = withPoints((v, i) => [v.reverse(), i.reverse()])
    expect(codes(extractIv(reversed))).toEqual(['reversed'])
    expect(codes(extractIv({ ...reversed, direction: 'reverse' }))).toEqual([])
    const doubled = extractIv(withPoints((v, i) => [v.flatMap((x) => [x, x]), i.flatMap((x) => [x, x])]))
    expect(codes(doubled)).toEqual(['duplicates'])
    near(doubled, 2e-4)
  })

  it('starting with a crowd at 9 % of Voc, or ending with one voltage repeated', () => {
    for (const rule of ['station', 'e1036'] as const) {
      const crowd = Array.from({ length: 6 }, (_, k) => 0.09 * silicon.vocV + 1e-4 * k)
      const currents = crowd.map((_, k) => silicon.currentAt(0.09 * silicon.vocV) + (k % 2 ? 0.004 : -0.004))
      const start = extractIv(
        withPoints((v, i) => {
          const kept = v.map((_, k) => k).filter((k) => v[k]! > 0.12 * silicon.vocV)
          return [
            [...crowd, ...kept.map((k) => v[k]!)],
            [...currents, ...kept.map((k) => i[k]!)],
          ]
        }),
        { rule },
      )
      expect(codes(start)).toEqual(expect.arrayContaining(['clustered', 'iscExtrapolated']))
      near(start, rule === 'station' ? 1e-3 : 3e-3)
      const end = extractIv(
        withPoints((v, i) => {
          const kept = v.map((_, k) => k).filter((k) => v[k]! < silicon.vocV * 0.995)
          const last = [0.004, 0.0042, 0.0038, 0.0041]
          return [
            [...kept.map((k) => v[k]!), ...last.map(() => silicon.vocV)],
            [...kept.map((k) => i[k]!), ...last],
          ]
        }),
        { rule },
      )
      near(end, 3e-3)
    }
  })

  it('truncated', () => {
    const cut = (keep: (u: number) => boolean): IvParameters =>
      extractIv(
        withPoints((v, i) => {
          const kept = v.map((_, k) => k).filter((k) => keep(v[k]! / silicon.vocV))
          return [kept.map((k) => v[k]!), kept.map((k) => i[k]!)]
        }),
      )
    const beforeVoc = cut((u) => u < 0.93)
    expect(beforeVoc.vocV).toBeNull()
    expect(codes(beforeVoc)).toContain('truncatedAtVoc')
    near({ ...beforeVoc, vocV: silicon.vocV }, 2e-4)
    const slightly = cut((u) => u < 0.995)
    expect(codes(slightly)).toContain('vocExtrapolated')
    near(slightly, 2e-3)
    const beforePeak = cut((u) => u < 0.7)
    expect(beforePeak.pmaxW).toBeNull()
    expect(codes(beforePeak)).toContain('noPmaxBracket')
    const late = cut((u) => u > 0.6)
    expect(late.iscA).toBeNull()
    expect(codes(late)).toContain('truncatedAtIsc')
  })

  it('noisy, with a wild point, or with few points', () => {
    const random = createRandom(7)
    const noisy = extractIv(withPoints((v, i) => [v, i.map((x) => x + 0.05 * random.normal())]))
    expect(codes(noisy)).toContain('noisy')
    expect(codes(noisy)).not.toContain('steps')
    near(noisy, 0.01)
    const wild = extractIv(withPoints((v, i) => [v, i.map((x, k) => (k === 60 ? x * 0.9 : x))]))
    expect(codes(wild)).toContain('outliers')
    near(wild, 2e-3)
    const few = extractIv(silicon.sweep(12))
    expect(codes(few)).toContain('fewPointsInKnee')
    expect(codes(extractIv(silicon.sweep(6)))).toContain('fewPoints')
  })

  it('dark, with swapped voltage leads, without voltage, with drifting light', () => {
    expect(codes(extractIv(withPoints((v, i) => [v, i.map((x) => x - 9)])))).toContain('notDelivering')
    expect(codes(extractIv(withPoints((v, i) => [v, i.map((x) => -x)])))).toContain('notDelivering')
    expect(codes(extractIv(withPoints((v, i) => [v.map((x) => -x), i])))).toContain('voltagePolarity')
    expect(codes(extractIv(withPoints((v, i) => [v.map((_, k) => 20 + 1e-5 * k), i])))).toContain('noVoltageSpan')
    const pointIrradianceWPerM2 = measured.voltageV.map((_, k) => 1000 + 0.2 * k)
    expect(codes(extractIv({ ...measured, pointIrradianceWPerM2 }))).toEqual(['irradianceDrift'])
  })

  it('gives slopes with their errors', () => {
    const p = extractIv(measured)
    expect(p.rshSlopeOhm! / 400).toBeCloseTo(1, 2)
    // −dV/dI at Voc = Rs + a / (I0 exp(Voc/a)) to first order, measured over a window.
    const a = 60 * 1.05 * 0.0256925791
    expect(p.rsSlopeOhm! / (0.25 + a / 9)).toBeCloseTo(1, 1)
    expect(p.rshSlopeErrorOhm).toBeGreaterThan(0)
  })
})

const thermalVoltage = (1.380649e-23 * 298.15) / 1.602176634e-19
const exactOf = (row: string) => {
  const [, il, i0, rs, rsh, n, cells] = row.split(',').map(Number)
  return createExactCurve({
    ...{ photocurrentA: il!, saturationCurrentA: i0!, seriesResistanceOhm: rs!, shuntResistanceOhm: rsh! },
    idealityVoltageV: n! * cells! * thermalVoltage,
  })
}

describe.skipIf(missing)('reference data (skipped when ../shared/data is absent)', () => {
  it('exact curves: Pmax within 0.02 % (station) and 0.30 % (e1036), no flags', () => {
    const set = parseCurveFile(read('ivcurves/case1.json'), 'case1.json')
    const truths = read('ivcurves/case1.csv').trim().split(/\r?\n/).slice(1).map(exactOf)
    const worst = { station: 0, e1036: 0 }
    set.curves.forEach((curve, k) => {
      for (const rule of ['station', 'e1036'] as const) {
        const p = extractIv(curve, { rule })
        expect(codes(p)).toEqual([])
        worst[rule] = Math.max(worst[rule], Math.abs(p.pmaxW! / truths[k]!.pmaxW - 1))
        expect(Math.abs(p.iscA! / truths[k]!.iscA - 1)).toBeLessThan(1e-4)
        expect(Math.abs(p.vocV! / truths[k]!.vocV - 1)).toBeLessThan(1e-4)
      }
    })
    console.log(`exact curves: worst Pmax error station ${100 * worst.station} %, e1036 ${100 * worst.e1036} %`)
    expect(worst.station).toBeLessThan(2e-4)
    expect(worst.e1036).toBeLessThan(3e-3)
  })

  it('real outdoor curves: Pmax within 0.2 %, Isc and Voc within 1 % on every curve, no flags', () => {
    const text = read('pvsyst_demo/curves.json')
    const stated = (JSON.parse(text) as { curves: Record<string, number>[] }).curves
    const worst = [0, 0, 0]
    parseCurveFile(text, 'curves.json').curves.forEach((curve, k) => {
      const p = extractIv(curve)
      expect(codes(p), curve.id).toEqual([])
      for (const value of Object.values(p)) if (typeof value === 'number') expect(Number.isFinite(value)).toBe(true)
      const { headerImpA, headerVmpV, headerIscA, headerVocV } = stated[k]!
      const errors = [p.pmaxW! / (headerImpA! * headerVmpV!), p.iscA! / headerIscA!, p.vocV! / headerVocV!]
      errors.forEach((ratio, which) => (worst[which] = Math.max(worst[which]!, Math.abs(ratio - 1))))
    })
    console.log(
      `outdoor curves: worst Pmax, Isc, Voc against header ${worst.map((w) => (100 * w).toFixed(4)).join(', ')} %`,
    )
    expect(worst[0]).toBeLessThan(0.002)
    expect(worst[1]).toBeLessThan(0.01)
    expect(worst[2]).toBeLessThan(0.01)
  })

  it('noisy curves: Pmax within 0.30 % of the truth on every curve', () => {
    const truth = exactOf(read('ivcurves/case1.csv').trim().split(/\r?\n/)[19]!)
    const errors = parseCurveFile(read('ivcurves/case3a.json'), 'case3a.json').curves.map((curve) =>
      Math.abs(extractIv(curve).pmaxW! / truth.pmaxW - 1),
    )
    console.log(`noisy curves: worst Pmax error ${100 * Math.max(...errors)} %`)
    expect(Math.max(...errors)).toBeLessThan(0.003)
  })
})
