import { describe, expect, it } from 'vitest'
import { createRandom, type Random } from '../../base/random.ts'
import type { IvCurve } from '../../contract/curve.ts'
import { createExactCurve } from './exactCurve.ts'
import { extractIv } from './extract.ts'

const seed = 20261123
console.log(`Monte Carlo of the flags: seed ${seed}`)

interface Module {
  readonly iscA: number
  readonly vocV: number
  readonly idealityV: number
  readonly currentAt: (voltageV: number) => number
}

const moduleOf = (p: {
  cells: number
  iscA: number
  vocPerCellV: number
  n: number
  rs: number
  rsh: number
}): Module => {
  const idealityV = p.cells * p.n * 0.025693
  const vocV = p.cells * p.vocPerCellV
  const ohm = vocV / p.iscA
  const exact = createExactCurve({
    ...{ photocurrentA: p.iscA, saturationCurrentA: p.iscA / Math.expm1(vocV / idealityV) },
    ...{ seriesResistanceOhm: p.rs * ohm, shuntResistanceOhm: p.rsh * ohm, idealityVoltageV: idealityV },
  })
  const diodes = Math.max(1, Math.round(p.cells / 20))
  // Schottky diodes across the sub-strings: some mA at 0.25 V each, amperes at 0.45 V.
  const bypassA = (voltageV: number): number => 1e-6 * Math.expm1(Math.max(0, -voltageV) / diodes / 0.0273)
  const currentAt = (voltageV: number): number => exact.currentAt(voltageV) + bypassA(voltageV)
  return { iscA: exact.iscA, vocV: exact.vocV, idealityV, currentAt }
}

/** 30, 36, 60 and 72 crystalline cells, from sharp to soft, and 140 thin-film cells. */
const modules = [
  moduleOf({ cells: 30, iscA: 3, vocPerCellV: 0.64, n: 1.05, rs: 0.02, rsh: 40 }),
  moduleOf({ cells: 36, iscA: 6, vocPerCellV: 0.6, n: 1.3, rs: 0.04, rsh: 20 }),
  moduleOf({ cells: 60, iscA: 9, vocPerCellV: 0.64, n: 1.1, rs: 0.02, rsh: 200 }),
  moduleOf({ cells: 72, iscA: 13, vocPerCellV: 0.7, n: 1, rs: 0.01, rsh: 800 }),
  moduleOf({ cells: 140, iscA: 1.2, vocPerCellV: 0.75, n: 1.7, rs: 0.06, rsh: 12 }),
]

/** Even, dense near Voc, or even from negative voltage on; shares of Voc. */
const grids = [
  (s: number): number => 1.01 * s,
  (s: number): number => 1.01 * (1 - (1 - s) ** 2),
  (s: number): number => 1.065 * s - 0.025,
]

const walk = (random: Random, count: number, length: number): number[] => {
  const keep = Math.exp(-1 / length)
  let level = random.normal()
  return Array.from({ length: count }, () => (level = keep * level + Math.sqrt(1 - keep * keep) * random.normal()))
}

/** What good benches do to a curve, on currents in shares of Isc. */
type Disturbance = (j: number[], random: Random, at: { u: readonly number[]; idealityShare: number }) => number[]
type Noise = (j: number[], random: Random) => number[]
const white = (deviation: number): Noise => {
  return (j, random) => j.map((x) => x + deviation * random.normal())
}
const disturbances: Record<string, Disturbance> = {
  'noise of 0.01 %': white(0.0001),
  'noise of 0.1 %': white(0.001),
  'noise of 0.3 %': white(0.003),
  'wander of 0.1 % over 60 points': (j, random) => {
    const level = walk(random, j.length, 60)
    return j.map((x, k) => x * (1 + 0.001 * level[k]!))
  },
  '12 bits': (j, random) => j.map((x) => Math.round((x + 2e-4 * random.normal()) * 3000) / 3000),
  'steps of 0.3 %': (j) => j.map((x) => Math.round(x / 0.003) * 0.003),
  'drift of 1 %': (j, random) => {
    const phase = 2 * Math.PI * random.uniform()
    const swing = (k: number): number => 0.005 * Math.sin(phase + (2 * Math.PI * k) / j.length)
    return j.map((x, k) => x * (1 + swing(k)) + 5e-4 * random.normal())
  },
  'capacitance, backwards': (j, random, { u, idealityShare }) => {
    const charge = 0.03 * random.uniform()
    return j.map((x, k) => x + charge * Math.exp((u[k]! - 1) / (1.5 * idealityShare)) + 5e-4 * random.normal())
  },
}

const sweep = (module: Module, shares: readonly number[], change: (j: number[]) => number[]): IvCurve => {
  const voltageV = shares.map((u) => u * module.vocV)
  const currentA = change(voltageV.map((v) => module.currentAt(v) / module.iscA)).map((j) => j * module.iscA)
  return { id: 'm', voltageV, currentA, irradianceWPerM2: null, temperatureC: null }
}

const cleanSweeps = new Map<string, IvCurve>()
const cleanSweep = (module: Module, shares: readonly number[], key: string): IvCurve => {
  const curve = cleanSweeps.get(key) ?? sweep(module, shares, (j) => j)
  cleanSweeps.set(key, curve)
  return curve
}

/** Codes of every disturbance over all modules, grids and these numbers of points. */
const codesOf = (disturb: Disturbance, counts: readonly number[], repeats: number): string[][] => {
  const random = createRandom(seed)
  const found: string[][] = []
  for (const [m, module] of modules.entries())
    for (const [g, grid] of grids.entries())
      for (const count of counts) {
        const shares = Array.from({ length: count }, (_, k) => grid(k / (count - 1)))
        const clean = cleanSweep(module, shares, `${m} ${g} ${count}`)
        for (let repeat = 0; repeat < repeats; repeat++) {
          const j = clean.currentA.map((current) => current / module.iscA)
          const changed = disturb(j, random, { u: shares, idealityShare: module.idealityV / module.vocV })
          const curve = { ...clean, currentA: changed.map((x) => x * module.iscA) }
          found.push(extractIv(curve).flags.map((flag) => flag.code))
        }
      }
  return found
}
const share = (found: readonly string[][], code: string): number =>
  found.filter((codes) => codes.includes(code)).length / found.length

describe('flags on curves of good benches', () => {
  it.each(Object.entries(disturbances))('%s: no step, no outlier, no irregular fit', (_, disturb) => {
    const found = codesOf(disturb, [30, 56, 100, 200, 500], 2)
    for (const code of ['steps', 'outliers', 'irregularAtIsc', 'irregularAtVoc', 'irregularKnee', 'duplicates']) {
      expect(share(found, code), code).toBe(0)
    }
  })

  it('calls 0.3 % of noise noisy and 0.1 % not', () => {
    expect(share(codesOf(white(0.003), [100, 200, 500], 4), 'noisy')).toBe(1)
    expect(share(codesOf(white(0.001), [56, 100, 200, 500], 4), 'noisy')).toBe(0)
    expect(share(codesOf(white(0.003), [30, 56], 8), 'noisy')).toBeGreaterThan(0.95)
    expect(share(codesOf(white(0.001), [30], 16), 'noisy')).toBeLessThan(0.02)
  })

  it('says that the current rises only where it does', () => {
    const flat = createExactCurve({
      ...{ photocurrentA: 9, saturationCurrentA: 1e-9, seriesResistanceOhm: 0.2, shuntResistanceOhm: 1e6 },
      idealityVoltageV: 1.6,
    }).sweep(100, 0, 1.01)
    const random = createRandom(seed)
    const changes = (slope: number): string[][] =>
      Array.from({ length: 200 }, () => {
        const level = walk(random, 100, 60)
        const currentA = flat.currentA.map((x, k) => x * (1 + 0.001 * level[k]!) + (slope * 9 * k) / 100)
        return extractIv({ ...flat, currentA }).flags.map((flag) => flag.code)
      })
    expect(share(changes(0), 'positiveSlopeAtIsc')).toBeLessThan(0.01)
    expect(share(changes(0.08), 'positiveSlopeAtIsc')).toBeGreaterThan(0.9)
  })
})

describe('Isc beside conducting bypass diodes', () => {
  it('is not lifted by them, nor is the slope', () => {
    const shares = Array.from({ length: 200 }, (_, k) => -0.026 + (1.066 * k) / 199)
    const p = extractIv(sweep(modules[0]!, shares, (j) => j))
    expect(p.flags).toEqual([])
    expect(p.iscA! / modules[0]!.iscA).toBeCloseTo(1, 3)
    expect((p.rshSlopeOhm! * modules[0]!.iscA) / modules[0]!.vocV / 40).toBeCloseTo(1, 1)
  })
})

describe('steps are found', () => {
  /** Detected share for a fall of `height` at places drawn between the given shares of Voc, with a soft edge. */
  const detected = (height: number, plan: { from: number; to: number; width: number; counts: number[] }): number => {
    const random = createRandom(seed)
    const found: string[][] = []
    for (const [m, module] of modules.entries())
      for (const count of plan.counts) {
        const shares = Array.from({ length: count }, (_, k) => (1.01 * k) / (count - 1))
        const clean = cleanSweep(module, shares, `${m} steps ${count}`)
        for (let repeat = 0; repeat < 6; repeat++) {
          const at = plan.from + (plan.to - plan.from) * random.uniform()
          const fall = (u: number): number => height / (1 + Math.exp((at - u) / plan.width))
          const j = clean.currentA.map((current, k) => current / module.iscA - fall(shares[k]!))
          const curve = { ...clean, currentA: white(0.001)(j, random).map((x) => x * module.iscA) }
          found.push(extractIv(curve).flags.map((flag) => flag.code))
        }
      }
    return share(found, 'steps')
  }
  const counts = [60, 100, 200, 500]

  it('of 2 % under 0.1 % of noise, sharp and soft, beside Isc and on the level part', () => {
    expect(detected(0.02, { from: 0.05, to: 0.15, width: 1e-4, counts })).toBeGreaterThan(0.97)
    expect(detected(0.02, { from: 0.15, to: 0.6, width: 1e-4, counts })).toBeGreaterThan(0.97)
    expect(detected(0.02, { from: 0.1, to: 0.5, width: 0.01, counts })).toBeGreaterThan(0.97)
  })

  it('of 5 % everywhere up to the knee', () => {
    expect(detected(0.05, { from: 0.05, to: 0.65, width: 1e-4, counts: [50, ...counts] })).toBe(1)
    expect(detected(0.05, { from: 0.05, to: 0.65, width: 0.01, counts })).toBe(1)
    expect(detected(0.05, { from: 0.65, to: 0.72, width: 1e-4, counts: [200, 500] })).toBe(1)
  })

  it('two on one curve, counted', () => {
    const random = createRandom(seed)
    const shares = Array.from({ length: 200 }, (_, k) => (1.01 * k) / 199)
    const fall = (u: number): number => (u > 0.3 ? 0.05 : 0) + (u > 0.55 ? 0.1 : 0)
    const curve = sweep(modules[2]!, shares, (j) =>
      white(0.001)(
        j.map((x, k) => x - fall(shares[k]!)),
        random,
      ),
    )
    const step = extractIv(curve).flags.find((flag) => flag.code === 'steps')
    expect(step?.text).toContain('2 steps')
  })
})
