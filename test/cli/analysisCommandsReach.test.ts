import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { sharedData } from '../support/cli.ts'
import { createCommandBench } from '../support/commandBench.ts'

// The reaches of the analysis on the published curves, by the command line; what is proved beside the code (forward
// model, GUM H.2 and H.3, EWMA, CUSUM, decision rules) is not repeated here.
const { put, answer } = createCommandBench()
const missing = sharedData === null
const why = missing ? ' (skipped: ../shared/data is absent)' : ''
const path = (...parts: string[]): string => join(sharedData ?? '', ...parts)

interface Fit {
  photocurrentA: number
  saturationCurrentA: number
  seriesResistanceOhm: number
  shuntConductanceS: number
  idealityFactor: number
  rmsA: number
  flags: string[]
}
interface Parameters {
  iscA: number
  vocV: number
  pmaxW: number
  flags: string[]
}

/** IL, I0, Rs, 1/Rsh, n as published. */
const truthOf = (name: string): number[][] =>
  readFileSync(path('ivcurves', `${name}.csv`), 'utf8')
    .trim()
    .split(/\r?\n/)
    .slice(1)
    .map((line) => line.split(',').map(Number))
    .map(([, il, i0, rs, rsh, n]) => [il!, i0!, rs!, 1 / rsh!, n!])

const parametersOf = (fit: Fit): number[] => [
  fit.photocurrentA,
  fit.saturationCurrentA,
  fit.seriesResistanceOhm,
  fit.shuntConductanceS,
  fit.idealityFactor,
]

const fitsOf = async (...parts: string[]): Promise<Fit[]> =>
  (await answer<{ curves: Fit[] }>('fit', path(...parts))).curves
const analysed = async (rule: string, file: string): Promise<Parameters[]> =>
  (await answer<{ curves: Parameters[] }>('analyze', file, '--rule', rule)).curves

const thermalVoltage = (72 * 1.380649e-23 * 298.15) / 1.602176634e-19

/** Voltage and current of a single diode at a diode voltage: no solver of the station's is in it. */
const pointAt = ([il, i0, rs, g, n]: readonly number[], vd: number): [number, number] => {
  const current = il! - i0! * Math.expm1(vd / (n! * thermalVoltage)) - g! * vd
  return [vd - rs! * current, current]
}

/** Current at a voltage by bisection. */
const currentAt = (model: readonly number[], voltage: number): number => {
  let [low, high] = [-10, 100]
  for (let k = 0; k < 100; k++) {
    const middle = (low + high) / 2
    if (pointAt(model, middle)[0] > voltage) high = middle
    else low = middle
  }
  return pointAt(model, low)[1]
}

/** Largest power by a fine search over the diode voltage. */
const largestPower = (model: readonly number[]): number => {
  let [low, high] = [0, 60]
  const power = (vd: number): number => pointAt(model, vd)[0] * pointAt(model, vd)[1]
  for (let k = 0; k < 200; k++) {
    const [a, b] = [low + (high - low) / 3, high - (high - low) / 3]
    if (power(a) < power(b)) low = a
    else high = b
  }
  return power((low + high) / 2)
}

const worst = (values: readonly number[]): number => Math.max(...values)
const median = (values: readonly number[]): number => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)]!

describe.skipIf(missing)(`reaches on the published curves${why}`, () => {
  it('fit, 32 exact curves: all five parameters to 1e-6', async () => {
    const truth = truthOf('case1')
    const fits = await fitsOf('ivcurves', 'case1.json')
    expect(fits).toHaveLength(32)
    const errors = fits.flatMap((fit, n) => parametersOf(fit).map((x, k) => Math.abs(x / truth[n]![k]! - 1)))
    console.log(`fit, exact: worst parameter ${worst(errors).toExponential(1)}`)
    expect(worst(errors)).toBeLessThan(1e-6)
  })

  it('fit, 50 noisy curves: 0.25 % of Isc each, 0.10 % median, Pmp 0.30 %, average 0.3', async () => {
    const truth = truthOf('case3a')[0]!
    const isc = currentAt(truth, 0)
    const grid = Array.from({ length: 60 }, (_, k) => (43.8 * k) / 59)
    const exact = grid.map((v) => currentAt(truth, v))
    const models = (await fitsOf('ivcurves', 'case3a.json')).map(parametersOf)
    expect(models).toHaveLength(50)
    const rms = models.map((model) => {
      const squares = grid.reduce((sum, v, k) => sum + (currentAt(model, v) - exact[k]!) ** 2, 0)
      return Math.sqrt(squares / grid.length) / isc
    })
    const power = models.map((model) => Math.abs(largestPower(model) / largestPower(truth) - 1))
    const mean = truth.map((_, k) => models.reduce((sum, model) => sum + model[k]! / models.length, 0))
    const score = mean.reduce((sum, x, k) => sum + Math.abs(x / truth[k]! - 1), 0)
    const shown = [worst(rms), median(rms), worst(power)].map((share) => `${(100 * share).toFixed(3)} %`)
    console.log(
      `fit, noisy: RMS worst ${shown[0]}, median ${shown[1]}, Pmp worst ${shown[2]}, score ${score.toFixed(3)}`,
    )
    expect(worst(rms)).toBeLessThan(0.0025)
    expect(median(rms)).toBeLessThan(0.001)
    expect(worst(power)).toBeLessThan(0.003)
    expect(score).toBeLessThan(0.3)
  })

  it('analyze, 32 exact curves: Pmax to 0.02 % by the station’s rule and 0.30 % by E1036', async () => {
    const powers = truthOf('case1').map(largestPower)
    for (const [rule, reach] of [
      ['station', 2e-4],
      ['e1036', 3e-3],
    ] as const) {
      const found = await analysed(rule, path('ivcurves', 'case1.json'))
      const errors = found.map((each, n) => Math.abs(each.pmaxW / powers[n]! - 1))
      console.log(`analyze ${rule}, exact: Pmax worst ${(100 * worst(errors)).toFixed(4)} %`)
      expect(errors).toHaveLength(32)
      expect(worst(errors)).toBeLessThan(reach)
    }
  })

  it('60 outdoor curves: all finite, Pmp to 0.2 %, Isc and Voc to 1 % of what their source states', async () => {
    const file = path('pvsyst_demo', 'curves.json')
    const stated = (JSON.parse(readFileSync(file, 'utf8')) as { curves: Record<string, number>[] }).curves
    const found = await analysed('station', file)
    const off = (value: number, of: number): number => Math.abs(value / of - 1)
    const errors = found.map((each, k) => {
      const { headerIscA, headerVocV, headerImpA, headerVmpV } = stated[k]!
      return [off(each.pmaxW, headerImpA! * headerVmpV!), off(each.iscA, headerIscA!), off(each.vocV, headerVocV!)]
    })
    const largest = [0, 1, 2].map((k) => worst(errors.map((row) => row[k]!)))
    console.log(`analyze, outdoor: Pmp, Isc, Voc worst ${largest.map((x) => `${(100 * x).toFixed(3)} %`).join(', ')}`)
    expect(errors).toHaveLength(60)
    expect(largest[0]).toBeLessThan(0.002)
    expect(largest[1]).toBeLessThan(0.01)
    expect(largest[2]).toBeLessThan(0.01)
    const fits = await fitsOf('pvsyst_demo', 'curves.json')
    expect(fits.flatMap(parametersOf).every(Number.isFinite)).toBe(true)
    const rms = fits.map((fit, k) => fit.rmsA / stated[k]!['headerIscA']!)
    console.log(
      `fit, outdoor: RMS of Isc median ${(100 * median(rms)).toFixed(3)} %, worst ${(100 * worst(rms)).toFixed(3)} %`,
    )
    expect(worst(rms)).toBeLessThan(0.0025)
  })

  it('outdoor curves damaged by a shaded substring are flagged by analyze and fit, each', async () => {
    const { cellsInSeries, curves } = JSON.parse(readFileSync(path('pvsyst_demo', 'curves.json'), 'utf8')) as {
      cellsInSeries: number
      curves: { voltageV: number[]; currentA: number[]; headerVocV: number; headerIscA: number }[]
    }
    // Beyond 45 % of Voc one of two substrings, a fifth darker, sets the current.
    const stepped = curves.map((curve) => ({
      ...curve,
      currentA: curve.currentA.map((i, k) =>
        curve.voltageV[k]! > 0.45 * curve.headerVocV ? Math.min(i, 0.8 * curve.headerIscA) : i,
      ),
    }))
    const file = put({ cellsInSeries, curves: stepped })
    expect((await analysed('station', file)).map((each) => each.flags.includes('steps'))).not.toContain(false)
    const fits = (await answer<{ curves: Fit[] }>('fit', file)).curves
    expect(fits.map((each) => each.flags.includes('stepped'))).not.toContain(false)
  })
})
