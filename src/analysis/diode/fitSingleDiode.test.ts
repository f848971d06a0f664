import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createRandom } from '../../base/random.ts'
import type { IvCurve } from '../../contract/curve.ts'
import { averageFits } from './averageFits.ts'
import { fitSandiaSimple } from './fitSandiaSimple.ts'
import { fitSingleDiode, type SingleDiodeFit } from './fitSingleDiode.ts'
import { currentA, keyPoints, modifiedIdealityV, voltageV, type SingleDiode } from './singleDiode.ts'

const thinFilm = (given: { il: number; rs: number; rsh: number; n: number }): SingleDiode => ({
  photocurrentA: given.il,
  saturationCurrentA: given.il * 3e-9,
  seriesResistanceOhm: given.rs,
  shuntConductanceS: 1 / given.rsh,
  modifiedIdealityV: modifiedIdealityV({ idealityFactor: given.n, cellsInSeries: 140, temperatureC: 25 }),
})

const module60: SingleDiode = {
  photocurrentA: 9.2,
  saturationCurrentA: 1.2e-10,
  seriesResistanceOhm: 0.32,
  shuntConductanceS: 1 / 410,
  modifiedIdealityV: 1.58,
}

const curve = (voltages: number[], currents: number[]): IvCurve => ({
  id: 'c',
  voltageV: voltages,
  currentA: currents,
  irradianceWPerM2: 1000,
  temperatureC: 25,
})

const sweep = (d: SingleDiode, points = 100): IvCurve => {
  const { vocV } = keyPoints(d)!
  const v = Array.from({ length: points }, (_x, k) => (vocV * k) / (points - 1))
  return curve(
    v,
    v.map((x) => currentA(d, x)),
  )
}

const noisy = (c: IvCurve, seed: number, share = 0.001): IvCurve => {
  const random = createRandom(seed)
  const scaleA = Math.max(...c.currentA)
  return { ...c, currentA: c.currentA.map((x) => x + share * scaleA * random.normal()) }
}

const numbersOf = (fit: SingleDiodeFit): number[] => [
  fit.photocurrentA!,
  fit.saturationCurrentA!,
  fit.seriesResistanceOhm!,
  fit.shuntConductanceS!,
  fit.modifiedIdealityV!,
]

const codes = (fit: SingleDiodeFit): string[] => fit.flags.map((flag) => flag.code)
const relative = (a: number, b: number): number => Math.abs(a - b) / Math.abs(b)

describe('exact curves', () => {
  it('returns all five parameters of c-Si-like and thin-film-like devices to 1e-9', () => {
    for (const il of [0.3, 2, 8])
      for (const n of [1.01, 1.4, 1.9])
        for (const rs of [0.1, 1, 4])
          for (const rsh of [600, 1500, 15000]) {
            const d = thinFilm({ il, rs, rsh, n })
            const fit = fitSingleDiode(sweep(d), { cellsInSeries: 140 })
            expect(relative(fit.photocurrentA!, d.photocurrentA)).toBeLessThan(1e-9)
            expect(relative(fit.saturationCurrentA!, d.saturationCurrentA)).toBeLessThan(1e-9)
            expect(relative(fit.seriesResistanceOhm!, rs)).toBeLessThan(1e-9)
            expect(relative(fit.shuntResistanceOhm!, rsh)).toBeLessThan(1e-9)
            expect(relative(fit.idealityFactor!, n)).toBeLessThan(1e-9)
            expect(codes(fit)).toEqual([])
          }
  })

  it('finds no shunt where there is none: Gsh at 0, Rsh null, flagged', () => {
    const fit = fitSingleDiode(sweep({ ...module60, shuntConductanceS: 0 }), { cellsInSeries: 60 })
    expect(fit.shuntConductanceS!).toBeLessThan(1e-12)
    if (fit.shuntConductanceS === 0) expect(fit.shuntResistanceOhm).toBeNull()
    expect(relative(fit.seriesResistanceOhm!, 0.32)).toBeLessThan(1e-8)
  })

  it('gives the ideality only with cells and temperature, and says what is missing', () => {
    const c = sweep(module60)
    expect(fitSingleDiode(c, { cellsInSeries: null })).toMatchObject({
      idealityFactor: null,
      idealityReason: 'The number of cells in series is not known.',
    })
    const cold = fitSingleDiode({ ...c, temperatureC: null }, { cellsInSeries: 60 })
    expect(cold.idealityReason).toBe('The cell temperature is not known.')
    expect(cold.modifiedIdealityV).toBeCloseTo(1.58, 9)
    const warm = fitSingleDiode(c, { cellsInSeries: 60, temperatureC: 50 })
    expect(warm.idealityFactor! * 60 * 8.617333262e-5 * 323.15).toBeCloseTo(1.58, 7)
  })
})

describe('noisy curves', () => {
  it('standard errors tell the scatter of repeated fits', () => {
    const fits = Array.from({ length: 200 }, (_x, k) =>
      fitSingleDiode(noisy(sweep(module60, 200), k + 1), { cellsInSeries: 60, voltageNoiseRatio: 0 }),
    )
    const average = averageFits(fits)!
    const stated = (k: number): number =>
      fits.reduce((sum, fit) => sum + (fit.uncertainty?.standardError[k] ?? 0), 0) / fits.length
    // 200 repetitions know a standard deviation to 5 %; 20 % is four times that.
    expect(relative(average.photocurrentA.standardDeviation!, stated(0))).toBeLessThan(0.2)
    expect(relative(average.seriesResistanceOhm.standardDeviation!, stated(2))).toBeLessThan(0.2)
    expect(relative(average.shuntConductanceS.standardDeviation!, stated(3))).toBeLessThan(0.2)
    expect(relative(average.modifiedIdealityV.standardDeviation!, stated(4))).toBeLessThan(0.2)
    expect(Math.abs(average.seriesResistanceOhm.mean - 0.32)).toBeLessThan((4 * stated(2)) / Math.sqrt(200))
    expect(fits[0]!.uncertainty!.correlation[1]![4]!).toBeGreaterThan(0.99)
  })

  it('does not depend on the order of the points or on the units', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1e6 }), fc.double({ min: 1e-3, max: 1e3, noNaN: true }), (seed, scale) => {
        const c = noisy(sweep(module60), seed)
        const fit = numbersOf(fitSingleDiode(c, { cellsInSeries: 60 }))
        const random = createRandom(seed)
        const order = c.voltageV.map((_x, k) => ({ k, at: random.uniform() })).sort((a, b) => a.at - b.at)
        const shuffled = curve(
          order.map(({ k }) => c.voltageV[k]! * scale),
          order.map(({ k }) => c.currentA[k]! / scale),
        )
        const other = numbersOf(fitSingleDiode(shuffled, { cellsInSeries: 60 }))
        const factor = [1 / scale, 1 / scale, scale ** 2, 1 / scale ** 2, scale]
        // The fits end within the stopping tolerance of each other.
        other.forEach((x, k) =>
          expect(Math.abs(x - fit[k]! * factor[k]!)).toBeLessThan(1e-4 * fit[k]! * factor[k]! + 1e-12 * factor[k]!),
        )
      }),
      { numRuns: 40 },
    )
  })

  it('leaves lone spikes out, says so, and fits as without them', () => {
    const c = sweep(module60)
    const spiked = { ...c, currentA: c.currentA.map((x, k) => (k === 30 ? 14 : k === 71 ? 0.2 : x)) }
    const fit = fitSingleDiode(spiked, { cellsInSeries: 60 })
    expect(codes(fit)).toEqual(['spikesLeftOut'])
    expect(relative(fit.seriesResistanceOhm!, 0.32)).toBeLessThan(1e-8)
  })
})

/** A module of three substrings with bypass diodes, each lit as given. */
const partlyShaded = (light: number[]): IvCurve => {
  const strings = light.map((share): SingleDiode => ({
    photocurrentA: 9 * share,
    saturationCurrentA: 5e-10,
    seriesResistanceOhm: 0.1,
    shuntConductanceS: 0.01,
    modifiedIdealityV: 0.55,
  }))
  const all = Array.from({ length: 5000 }, (_x, k) => {
    const current = (9.1 * (5000 - k)) / 5000
    const bypassed = -0.4 - 0.03 * Math.log1p(current)
    return { current, voltage: strings.reduce((sum, d) => sum + Math.max(voltageV(d, current)!, bypassed), 0) }
  })
  // About 150 points, a step of voltage or current apart, as a tracer takes them.
  let last = { current: 99, voltage: -99 }
  const points = all.filter((p) => {
    const take = p.voltage >= 0 && (p.voltage - last.voltage > 0.4 || last.current - p.current > 0.2)
    if (take) last = p
    return take
  })
  return curve(
    points.map((p) => p.voltage),
    points.map((p) => p.current),
  )
}

describe('curves that one diode can’t describe', () => {
  it.each([[[1, 1, 0.97]], [[1, 1, 0.9]], [[1, 0.8, 0.5]], [[1, 1, 0.3]], [[1, 0.95, 0.9]]])(
    'substrings lit %j: flagged',
    (light) => {
      const fit = fitSingleDiode(partlyShaded(light), { cellsInSeries: 60 })
      expect(codes(fit)).toContain('stepped')
      expect(codes(fit)).toContain('structuredResiduals')
    },
  )

  it('an evenly lit module of the same build is not flagged', () => {
    expect(codes(fitSingleDiode(partlyShaded([1, 1, 1]), { cellsInSeries: 60 }))).toEqual([])
  })

  it('a change of light of 3 % during the sweep is flagged', () => {
    const c = sweep(module60)
    const changed = { ...c, currentA: c.currentA.map((x, k) => (k > 40 ? x - 0.03 * 9.2 : x)) }
    expect(codes(fitSingleDiode(changed, { cellsInSeries: 60 }))).toContain('stepped')
  })

  it('names truncation, too few points, noise and the wrong number of cells', () => {
    const c = sweep(module60)
    const cut = (from: number, to: number): IvCurve => curve(c.voltageV.slice(from, to), c.currentA.slice(from, to))
    expect(codes(fitSingleDiode(cut(0, 92), { cellsInSeries: 60 }))).toContain('truncatedAtOpenCircuit')
    expect(codes(fitSingleDiode(cut(30, 100), { cellsInSeries: 60 }))).toContain('truncatedAtShortCircuit')
    expect(codes(fitSingleDiode(cut(0, 6), { cellsInSeries: 60 }))).toEqual(['tooFewPoints'])
    expect(codes(fitSingleDiode(sweep(module60, 12), { cellsInSeries: 60 }))).toContain('fewPointsInKnee')
    expect(codes(fitSingleDiode(noisy(c, 5, 0.03), { cellsInSeries: 60 }))).toContain('noisy')
    expect(codes(fitSingleDiode(c, { cellsInSeries: 6 }))).toContain('nonPhysical')
  })

  it('a curve that the shunt makes a straight line is flagged', () => {
    const fit = fitSingleDiode(sweep({ ...module60, shuntConductanceS: 1 / 3.5 }), { cellsInSeries: 60 })
    expect(codes(fit)).toContain('shuntDominates')
  })

  it('a curve in load convention is not fitted', () => {
    const c = sweep(module60)
    const fit = fitSingleDiode({ ...c, currentA: c.currentA.map((x) => -x) }, { cellsInSeries: 60 })
    expect(fit).toMatchObject({ photocurrentA: null, rmsA: null, uncertainty: null })
    expect(codes(fit)).toEqual(['noGeneratingQuadrant'])
  })
})

const allFinite = (value: unknown): boolean => {
  if (typeof value === 'number') return Number.isFinite(value)
  return value === null || typeof value !== 'object' || Object.values(value).every(allFinite)
}

describe('hostile curves', () => {
  const wild = fc.double({ noNaN: true, noDefaultInfinity: true })
  const tame = fc.double({ min: -2, max: 12, noNaN: true })

  it('any finite numbers give finite numbers or null, a flag, and no exception', () => {
    const points = fc.array(fc.oneof(fc.tuple(wild, wild), fc.tuple(tame, tame)), { maxLength: 60 })
    fc.assert(
      fc.property(points, (pairs) => {
        const c = curve(
          pairs.map(([v]) => v),
          pairs.map(([, i]) => i),
        )
        const fit = fitSingleDiode(c, { cellsInSeries: 60 })
        expect(allFinite(fit)).toBe(true)
        expect(allFinite(fitSandiaSimple(c))).toBe(true)
        expect(fit.flags.length).toBeGreaterThan(0)
      }),
      { numRuns: 500 },
    )
  })

  it('a damaged model curve gives finite numbers', () => {
    const damage = fc.record({
      step: fc.double({ min: 0, max: 1, noNaN: true }),
      drop: fc.double({ min: -0.5, max: 0.9, noNaN: true }),
      noise: fc.double({ min: 0, max: 0.3, noNaN: true }),
      points: fc.integer({ min: 2, max: 300 }),
      seed: fc.integer(),
    })
    fc.assert(
      fc.property(damage, ({ step, drop, noise, points, seed }) => {
        const c = sweep(module60, points)
        const currents = c.currentA.map((x, k) => (k > step * points ? x - drop * 9.2 : x))
        const fit = fitSingleDiode(noisy(curve([...c.voltageV], currents), seed, noise), { cellsInSeries: 60 })
        expect(allFinite(fit)).toBe(true)
      }),
      { numRuns: 200 },
    )
  })

  it('refuses unequal lengths and numbers that are not finite', () => {
    expect(() => fitSingleDiode(curve([1, 2], [1]), { cellsInSeries: 60 })).toThrow('finite and of equal number')
    expect(() => fitSingleDiode(curve([1, NaN], [1, 1]), { cellsInSeries: 60 })).toThrow('finite and of equal number')
  })
})

describe('averages', () => {
  it('are taken on the conductance and count what could not be fitted', () => {
    const fit = fitSingleDiode(sweep(module60), { cellsInSeries: 60 })
    const none = fitSingleDiode(curve([], []), { cellsInSeries: 60 })
    const open = { ...fit, shuntConductanceS: 0, shuntResistanceOhm: null }
    const mean = averageFits([fit, none, open])!
    expect([mean.used, mean.without]).toEqual([2, 1])
    expect(relative(mean.shuntResistanceOhm!, 820)).toBeLessThan(1e-8)
    expect(averageFits([none])).toBeNull()
  })
})
