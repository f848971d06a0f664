import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { thermalVoltageV } from './constants.ts'
import { translateDeSoto } from './deSoto.ts'
import { doubleDiodeJunction } from './doubleDiode.ts'
import { junctionCurrentA, junctionKeyPoints, junctionVoltageV } from './junction.ts'
import { bishop88, currentA, keyPoints, singleDiodeJunction, voltageV, type SingleDiode } from './singleDiode.ts'

const module60: SingleDiode = {
  photocurrentA: 9.2,
  saturationCurrentA: 1.2e-10,
  seriesResistanceOhm: 0.32,
  shuntConductanceS: 1 / 410,
  modifiedIdealityV: 1.58,
}

const cell: SingleDiode = {
  photocurrentA: 8,
  saturationCurrentA: 1e-9,
  seriesResistanceOhm: 0.005,
  shuntConductanceS: 0.1,
  modifiedIdealityV: 0.0257,
  breakdown: { fraction: 0.1, voltageV: -5.5, exponent: 3.28 },
}

/** Devices from low-light cells to large modules. */
const device = fc
  .record({
    il: fc.double({ min: 0.01, max: 20, noNaN: true }),
    a: fc.double({ min: 0.02, max: 8, noNaN: true }),
    logRatio: fc.double({ min: 8, max: 35, noNaN: true }),
    rs: fc.double({ min: 0, max: 0.3, noNaN: true }),
    g: fc.double({ min: 0, max: 0.5, noNaN: true }),
  })
  .map(({ il, a, logRatio, rs, g }): SingleDiode => {
    const characteristicOhm = (a * logRatio) / il
    return {
      photocurrentA: il,
      saturationCurrentA: il * Math.exp(-logRatio),
      seriesResistanceOhm: rs * characteristicOhm,
      shuntConductanceS: g / characteristicOhm,
      modifiedIdealityV: a,
    }
  })

describe('single diode', () => {
  it('V(I(V)) is V wherever the curve is steep enough to tell', () => {
    fc.assert(
      fc.property(device, fc.double({ min: -0.5, max: 1.1, noNaN: true }), (d, share) => {
        const v = keyPoints(d)!.vocV * share
        const i = currentA(d, v)
        const back = voltageV(d, i)
        expect(Number.isFinite(i)).toBe(true)
        const slopeS = Math.abs(bishop88(d, v + i * d.seriesResistanceOhm).slopeS)
        // One last bit of the current moves the voltage by this much.
        const blur = (4e-15 * (d.photocurrentA + Math.abs(i))) / slopeS
        if (blur < 1e-3) expect(Math.abs(back! - v)).toBeLessThan(blur + 1e-12 * Math.abs(v) + 1e-13)
      }),
    )
  })

  it('the current falls with the voltage, and the maximum power point is the highest of all', () => {
    fc.assert(
      fc.property(device, (d) => {
        const points = keyPoints(d)!
        const v = Array.from({ length: 51 }, (_x, k) => (points.vocV * 1.05 * k) / 50)
        const i = v.map((x) => currentA(d, x))
        for (let k = 1; k < 51; k++) expect(i[k]!).toBeLessThanOrEqual(i[k - 1]! + 1e-14 * d.photocurrentA)
        const best = Math.max(...v.map((x, k) => x * i[k]!))
        expect(points.maximumPower.powerW).toBeGreaterThanOrEqual(best * (1 - 1e-12))
        expect(currentA(d, points.vocV)).toBeCloseTo(0, 10)
        expect(currentA(d, 0)).toBeCloseTo(points.iscA, 10)
      }),
    )
  })

  it('Lambert W and plain iteration agree', () => {
    fc.assert(
      fc.property(device, fc.double({ min: -1, max: 1.2, noNaN: true }), (d, share) => {
        const v = keyPoints(d)!.vocV * share
        const i = currentA(d, v)
        expect(Math.abs(junctionCurrentA(singleDiodeJunction(d), v) - i)).toBeLessThan(
          1e-12 * (d.photocurrentA + Math.abs(i)),
        )
      }),
    )
  })

  it('stays finite far beyond where exp(V/a) overflows', () => {
    const i = currentA(module60, 1e6)
    expect(i).toBeCloseTo(-(1e6 - 1.58 * Math.log(-i / 1.2e-10)) / 0.32, 2)
    expect(() => currentA({ ...module60, seriesResistanceOhm: 0 }, 1e6)).toThrow('outside the model')
  })

  it('has no voltage for a current above IL + I0 without a shunt, and one with it', () => {
    expect(voltageV({ ...module60, shuntConductanceS: 0 }, 9.3)).toBeNull()
    expect(currentA(module60, voltageV(module60, 9.3)!)).toBeCloseTo(9.3, 12)
  })

  it('refuses parameters outside their range', () => {
    expect(() => currentA({ ...module60, seriesResistanceOhm: -0.1 }, 1)).toThrow('single-diode parameters')
    expect(() => voltageV({ ...module60, saturationCurrentA: 0 }, 1)).toThrow('single-diode parameters')
    expect(() => keyPoints({ ...module60, modifiedIdealityV: NaN })).toThrow('single-diode parameters')
  })
})

describe('reverse breakdown', () => {
  // Evaluated from the equation with mpmath, 40 digits: Vd, I, V.
  const reference: [number, number, number][] = [
    [-5, 138.73808795774477, -5.6936904397887238],
    [-3, 8.6983525934027496, -3.0434917629670137],
    [0.5, 7.6648512115178303, 0.46167574394241085],
  ]

  it.each(reference)('at Vd = %d V', (vd, i, v) => {
    const point = bishop88(cell, vd)
    expect(Math.abs(point.currentA / i - 1)).toBeLessThan(1e-14)
    expect(Math.abs(point.voltageV / v - 1)).toBeLessThan(1e-14)
    expect(Math.abs(currentA(cell, v) / i - 1)).toBeLessThan(1e-11)
    expect(Math.abs(voltageV(cell, i)! - v)).toBeLessThan(1e-11)
  })

  it('carries any current in reverse, below the breakdown voltage too', () => {
    const i = currentA(cell, -8)
    expect(i).toBeGreaterThan(400)
    expect(voltageV(cell, i)!).toBeCloseTo(-8, 9)
  })

  it('the slope is the derivative of the curve', () => {
    for (const vd of [-4, -1, 0.4, 0.58]) {
      const h = 1e-6
      const [a, b] = [bishop88(cell, vd - h), bishop88(cell, vd + h)]
      const numeric = (b.currentA - a.currentA) / (b.voltageV - a.voltageV)
      expect(bishop88(cell, vd).slopeS / numeric).toBeCloseTo(1, 5)
    }
  })
})

describe('recombination term', () => {
  const thin: SingleDiode = { ...module60, recombination: { lossV: 1.5, builtInV: 54 } }

  it('takes IL·loss/(Vbi − Vd) and keeps I(V), V(I) consistent', () => {
    const [with_, without] = [bishop88(thin, 20), bishop88(module60, 20)]
    expect(without.currentA - with_.currentA).toBeCloseTo((9.2 * 1.5) / 34, 12)
    for (const v of [0, 15, 30]) expect(voltageV(thin, currentA(thin, v))!).toBeCloseTo(v, 9)
    expect(() => bishop88(thin, 55)).toThrow('outside the model')
  })
})

describe('double diode', () => {
  const { photocurrentA, seriesResistanceOhm, shuntConductanceS } = module60
  const common = { photocurrentA, seriesResistanceOhm, shuntConductanceS }

  it('equals the single diode when the second diode is absent', () => {
    const double = doubleDiodeJunction({
      ...common,
      firstSaturationCurrentA: 1.2e-10,
      secondSaturationCurrentA: 0,
      firstModifiedIdealityV: 1.58,
      secondModifiedIdealityV: 3.16,
    })
    for (const v of [-5, 0, 20, 35, 39, 45]) expect(junctionCurrentA(double, v)).toBeCloseTo(currentA(module60, v), 11)
    expect(junctionKeyPoints(double)!.vocV).toBeCloseTo(keyPoints(module60)!.vocV, 11)
  })

  it('the recombination diode lowers FF, and V(I) inverts I(V)', () => {
    const double = doubleDiodeJunction({
      ...common,
      firstSaturationCurrentA: 1.2e-10,
      secondSaturationCurrentA: 2e-6,
      firstModifiedIdealityV: 1.58,
      secondModifiedIdealityV: 3.16,
    })
    const ff = (p: NonNullable<ReturnType<typeof keyPoints>>): number => p.maximumPower.powerW / (p.iscA * p.vocV)
    expect(ff(junctionKeyPoints(double)!)).toBeLessThan(ff(keyPoints(module60)!))
    for (const v of [5, 25, 35]) expect(junctionVoltageV(double, junctionCurrentA(double, v))!).toBeCloseTo(v, 9)
  })
})

describe('De Soto translation', () => {
  const reference = { atStc: module60, alphaIscAPerK: 0.0046 }

  it('the thermal voltage at 25 °C is 0.0256925791 V', () => {
    expect(thermalVoltageV(25)).toBeCloseTo(0.0256925791, 10)
  })

  // Equations (8)–(13) evaluated with mpmath, 40 digits: IL, I0, Rsh, a.
  it.each([
    [800, 50, 0, [7.452, 5.84843624208798e-9, 512.5, 1.712483649169881]],
    [200, 10, 0, [1.8262, 8.471965620262461e-12, 2050, 1.500509810498071]],
    [800, 50, 12, [7.44096, 5.84843624208798e-9, 512.5, 1.712483649169881]],
  ] as const)('to %d W/m², %d °C with Adjust %d %%', (...[g, t, cecAdjustPercent, expected]) => {
    const d = translateDeSoto({ ...reference, cecAdjustPercent }, { irradianceWPerM2: g, temperatureC: t })
    const found = [d.photocurrentA, d.saturationCurrentA, 1 / d.shuntConductanceS, d.modifiedIdealityV]
    found.forEach((x, k) => expect(Math.abs(x / expected[k]! - 1)).toBeLessThan(1e-12))
    expect(d.seriesResistanceOhm).toBe(0.32)
  })

  it('is the identity at 1000 W/m² and 25 °C, and refuses no light', () => {
    const same = translateDeSoto(reference, { irradianceWPerM2: 1000, temperatureC: 25 })
    expect(same.saturationCurrentA).toBeCloseTo(1.2e-10, 20)
    expect(same.photocurrentA).toBe(9.2)
    expect(() => translateDeSoto(reference, { irradianceWPerM2: 0, temperatureC: 25 })).toThrow('conditions')
  })
})
