import { existsSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { bifaciality, equivalentIrradiance, rearGain } from './bifacial.ts'
import { fitMartinRuiz, martinRuiz, martinRuizDiffuse } from './iamMartinRuiz.ts'
import { iscLinearity, twoLampRatio } from './linearity.ts'
import { relativeEfficiency } from './lowIrradiance.ts'
import { createPowerMatrix, requiredPlaces } from './matrix61853.ts'
import { fitNmot, fitNoct, type OutdoorPoint } from './nmot.ts'
import { spectralMismatch } from './spectralMismatch.ts'
import { temperatureCoefficient, temperatureCoefficients } from './temperatureCoefficients.ts'

const data = new URL('../../../../shared/data/iec61853_mse300sq5t/', import.meta.url)
const read = (name: string): string => readFileSync(new URL(name, data), 'utf8')
const matrix = () =>
  read('matrix.csv')
    .trim()
    .split(/\r?\n/)
    .slice(1)
    .map((line) => {
      const [irradianceWPerM2, temperatureC, iscA, vocV, , , pmaxW] = line.split(',').map(Number)
      return {
        irradianceWPerM2: irradianceWPerM2!,
        temperatureC: temperatureC!,
        iscA: iscA!,
        vocV: vocV!,
        pmaxW: pmaxW!,
      }
    })

describe.skipIf(!existsSync(data))('matrix of the MSE300SQ5T (skipped when ../shared/data is absent)', () => {
  const at25 = () => matrix().filter((p) => p.temperatureC === 25)

  it('temperature coefficients within 1e-9 of ordinary least squares', () => {
    const { alpha, beta, delta } = temperatureCoefficients(matrix().filter((p) => p.irradianceWPerM2 === 1000))
    const close = (a: number, b: number): void => expect(Math.abs(a / b - 1)).toBeLessThan(1e-9)
    close(alpha.perK, 0.0031533585465352352)
    close(alpha.percentPerK, 0.033474872544670985)
    close(alpha.percentPerKOfMeasured!, 0.03345659797858542)
    close(beta.perK, -0.11225008050464257)
    close(beta.percentPerK, -0.28513167965987024)
    close(delta.perK, -1.138137130593035)
    close(delta.percentPerK, -0.398302430617317)
    expect(alpha).toMatchObject({ count: 4, temperatureRangeC: [15, 75] })
  })

  it('low irradiance and linearity to the printed digits', () => {
    const expected = Object.values(JSON.parse(read('expected.json')) as object)[0] as Record<
      string,
      Record<string, number>
    >
    for (const { irradianceWPerM2, relative } of relativeEfficiency(at25())) {
      expect(Math.abs(relative - expected['relative_efficiency_25C']![irradianceWPerM2]!)).toBeLessThan(5.1e-6)
    }
    const linearity = iscLinearity(at25())
    for (const { irradianceWPerM2, percent } of linearity.deviations) {
      expect(Math.abs(percent - expected['Isc_linearity_dev_pct_25C']![irradianceWPerM2]!)).toBeLessThan(5.1e-5)
    }
    expect(linearity.linear).toBe(true)
    expect(iscLinearity(at25(), { limitPercent: 1 }).linear).toBe(false)
  })

  it('interpolates power, knows what is missing and extrapolates nothing beyond the grid', () => {
    const points = matrix()
    const map = createPowerMatrix(points)
    expect(map.missing).toEqual([])
    for (const point of points) expect(map.powerAt(point)! / point.pmaxW).toBeCloseTo(1, 12)
    const [a, b] = [600, 800].map((g) => points.find((p) => p.irradianceWPerM2 === g && p.temperatureC === 25)!)
    expect(map.powerAt({ irradianceWPerM2: 700, temperatureC: 25 })).toBeCloseTo(
      350 * (a!.pmaxW / 600 + b!.pmaxW / 800),
      9,
    )
    expect(map.powerAt({ irradianceWPerM2: 99, temperatureC: 25 })).toBeNull()
    expect(map.powerAt({ irradianceWPerM2: 500, temperatureC: 76 })).toBeNull()
    const gap = createPowerMatrix(points.filter((p) => !(p.irradianceWPerM2 === 400 && p.temperatureC === 50)))
    expect(gap.missing).toEqual([{ irradianceWPerM2: 400, temperatureC: 50 }])
    const whole = points.find((p) => p.irradianceWPerM2 === 400 && p.temperatureC === 50)!.pmaxW
    expect(gap.powerAt({ irradianceWPerM2: 400, temperatureC: 50 })! / whole).toBeCloseTo(1, 2)
  })
})

describe('temperature coefficient', () => {
  it('gives slope error, residual and refusals', () => {
    const fit = temperatureCoefficient(
      [15, 25, 35].map((temperatureC, k) => ({ temperatureC, value: [10, 9, 8.6][k]! })),
    )
    expect(fit.perK).toBeCloseTo(-0.07, 12)
    expect(fit.at25).toBeCloseTo(9.2, 12)
    // Residuals 0.1, −0.2, 0.1: s = √0.06, Σ(T − T̄)² = 200.
    expect(fit.perKError).toBeCloseTo(Math.sqrt(0.06 / 200), 12)
    expect(fit.largestResidual).toBeCloseTo(0.2, 12)
    expect(() => temperatureCoefficient([{ temperatureC: 25, value: 1 }])).toThrow(/two or more/)
    expect(() => temperatureCoefficient([{ temperatureC: 25, value: NaN }])).toThrow(/finite/)
  })
})

describe('NMOT and NOCT', () => {
  const point = (g: number, v: number, noise = 0): OutdoorPoint => ({
    ...{ irradianceWPerM2: g, windMPerS: v, ambientC: 18, moduleC: 18 + g / (25 + 6.84 * v + noise) },
  })

  it('recovers u0 and u1 of the Faiman model', () => {
    const fit = fitNmot([point(500, 1), point(700, 2), point(900, 4), point(1000, 7)])
    expect(fit.u0).toBeCloseTo(25, 9)
    expect(fit.u1).toBeCloseTo(6.84, 9)
    expect(fit.nmotC).toBeCloseTo(20 + 800 / 31.84, 9)
    const noct = fitNoct([point(500, 1), point(700, 1), point(900, 1), point(900, 5)])
    expect(noct.noctC).toBeCloseTo(20 + 800 / 31.84, 9)
    expect(noct.count).toBe(3)
  })

  it('refuses what has no answer', () => {
    expect(() => fitNmot([point(500, 1), point(600, 1)])).toThrow(/wind/)
    expect(() => fitNmot([point(500, 1), { ...point(500, 2), moduleC: 18 }])).toThrow(/not warmer/)
    expect(() => fitNoct([point(500, 5), point(600, 5)])).toThrow(/NOCT/)
  })
})

describe('linearity', () => {
  it('two lamps', () => {
    expect(twoLampRatio({ both: 3.01, lampA: 1.01, lampB: 2.01, dark: 0.01 })).toBeCloseTo(1, 12)
    expect(twoLampRatio({ both: 3.1, lampA: 1, lampB: 2, dark: 0 })).toBeCloseTo(3.1 / 3, 12)
    expect(() => twoLampRatio({ both: 1, lampA: 0, lampB: 0, dark: 0 })).toThrow()
  })

  it('needs the reference irradiance', () => {
    expect(() =>
      iscLinearity([
        { irradianceWPerM2: 900, iscA: 8 },
        { irradianceWPerM2: 500, iscA: 4 },
      ]),
    ).toThrow(/1000/)
    expect(() => relativeEfficiency([{ irradianceWPerM2: 900, pmaxW: 8 }])).toThrow(/1000/)
  })
})

describe('spectral mismatch', () => {
  const flat = { wavelengthNm: [300, 1200], value: [1, 1] }
  const red = { wavelengthNm: [300, 1200], value: [0, 2] }
  const rising = { wavelengthNm: [300, 600, 900, 1200], value: [0, 1, 2, 3] }

  it('is 1 for equal spectra or equal responsivities', () => {
    const same = { referenceSpectrum: red, measuredSpectrum: red, dutResponse: rising, referenceResponse: flat }
    expect(spectralMismatch(same).mismatch).toBeCloseTo(1, 14)
    expect(spectralMismatch({ ...same, referenceSpectrum: flat, referenceResponse: rising }).mismatch).toBeCloseTo(
      1,
      14,
    )
  })

  it('follows the trapezoid rule on the union grid', () => {
    const result = spectralMismatch({
      referenceSpectrum: flat,
      measuredSpectrum: red,
      dutResponse: rising,
      referenceResponse: null,
    })
    // Grid 300, 600, 900, 1200: ∫Eref = 900, ∫Emeas = 900, ∫Eref S = 1350, ∫Emeas S = 300 (0/2 + 2/3 + 8/3 + 6/2) = 1900.
    expect(result.mismatch).toBeCloseTo(1900 / 1350, 12)
    expect(result).toMatchObject({ rangeNm: [300, 1200], truncated: false })
  })

  it('says when a responsivity is cut and refuses what has no integral', () => {
    const narrow = { wavelengthNm: [400, 1000], value: [1, 1] }
    const base = { referenceSpectrum: flat, measuredSpectrum: narrow, dutResponse: rising, referenceResponse: null }
    expect(spectralMismatch(base)).toMatchObject({ rangeNm: [400, 1000], truncated: true })
    const far = { wavelengthNm: [1300, 1400], value: [1, 1] }
    expect(() => spectralMismatch({ ...base, dutResponse: far })).toThrow(/nothing in common/)
    expect(() => spectralMismatch({ ...base, measuredSpectrum: far })).toThrow(/no wavelengths/)
    expect(() => spectralMismatch({ ...base, dutResponse: { wavelengthNm: [2, 1], value: [1, 1] } })).toThrow(/ascend/)
  })
})

describe('bifacial', () => {
  const phi = bifaciality({ iscA: 10, vocV: 40, pmaxW: 300 }, { iscA: 7, vocV: 39.2, pmaxW: 204 })

  it('gives the coefficients and the equivalent irradiance of both editions', () => {
    expect(phi.phiIsc).toBeCloseTo(0.7, 12)
    expect(phi.phiVoc).toBeCloseTo(0.98, 12)
    expect(phi.phiPmax).toBeCloseTo(0.68, 12)
    expect(equivalentIrradiance(phi, 200, '2019').irradianceWPerM2).toBeCloseTo(1136, 9)
    expect(equivalentIrradiance(phi, 200, '2024').irradianceWPerM2).toBeCloseTo(1140, 9)
    expect(() => equivalentIrradiance(phi, -1, '2024')).toThrow()
  })

  it('forces the line of rear gain through Pmax at STC', () => {
    const gain = rearGain(
      [
        { rearWPerM2: 100, pmaxW: 320 },
        { rearWPerM2: 200, pmaxW: 342 },
      ],
      300,
    )
    expect(gain.bifiWPerWPerM2).toBeCloseTo((100 * 20 + 200 * 42) / 50000, 12)
    expect(gain.pmaxBnpiW).toBeCloseTo(300 + 135 * 0.208, 12)
    expect(gain.gains[1]!.gainPercent).toBeCloseTo(14, 12)
    expect(() => rearGain([{ rearWPerM2: 0, pmaxW: 300 }], 300)).toThrow()
  })
})

describe('G-T matrix', () => {
  it('has the 22 places of IEC 61853-1', () => {
    expect(requiredPlaces).toHaveLength(22)
    expect(() => createPowerMatrix([{ irradianceWPerM2: 1000, temperatureC: 25, pmaxW: 300 }])).toThrow(/two or more/)
  })
})

describe('incidence angle', () => {
  it('gives the values of pvlib iam.martin_ruiz (45°, a_r 0.16: 0.98986965; 0° 1; 90° 0)', () => {
    expect(martinRuiz(45, 0.16)).toBeCloseTo(0.98986965, 8)
    expect(martinRuiz(-45, 0.16)).toBeCloseTo(0.98986965, 8)
    expect(martinRuiz(0, 0.16)).toBe(1)
    expect(martinRuiz(90, 0.16)).toBe(0)
    expect(() => martinRuiz(45, 0)).toThrow(/a_r/)
  })

  it('gives equal diffuse losses of sky and ground for a vertical plane, and bounds elsewhere', () => {
    const { sky, ground } = martinRuizDiffuse(90, 0.16)
    expect(sky).toBeCloseTo(ground, 12)
    for (const tilt of [0, 20, 90, 150, 180]) {
      const both = martinRuizDiffuse(tilt, 0.16)
      for (const value of [both.sky, both.ground]) {
        expect(value).toBeGreaterThanOrEqual(0)
        expect(value).toBeLessThanOrEqual(1)
      }
    }
  })

  it('recovers a_r from measured transmittances', () => {
    const points = [20, 40, 60, 70, 80].map((angleDeg) => ({ angleDeg, relative: martinRuiz(angleDeg, 0.173) }))
    const fit = fitMartinRuiz(points)
    expect(fit.angularLoss).toBeCloseTo(0.173, 7)
    expect(fit.atLimit).toBe(false)
    expect(() => fitMartinRuiz([{ angleDeg: 0, relative: 1 }])).toThrow()
  })
})
