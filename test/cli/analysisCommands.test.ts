import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { sharedData } from '../support/cli.ts'
import { createCommandBench, moduleCurve, type ModelledCurve as Curve } from '../support/commandBench.ts'
import { runHere } from '../support/inProcess.ts'

const { put, answer, refusal } = createCommandBench()

interface Fitted {
  cellsInSeries: number | null
  notes: string[]
  curves: (Record<'photocurrentA' | 'seriesResistanceOhm' | 'shuntConductanceS', number> & {
    id: string
    idealityFactor: number | null
    shuntResistanceOhm: number | null
    saturationCurrentA: number
    rmsA: number
    flags: string[]
    messages: string[]
  })[]
}

describe('pvtp fit', () => {
  it('gives the parameters that made the curve, decimal texts of more than 17 digits included', async () => {
    const curve = moduleCurve('m', 1000)
    const long = (values: number[]): string[] => values.map((value) => value.toFixed(20))
    const asText = { ...curve, voltageV: long(curve.voltageV), currentA: long(curve.currentA) }
    const fitted = await answer<Fitted>('fit', put({ cellsInSeries: 60, curves: [asText] }))
    expect(fitted.cellsInSeries).toBe(60)
    const [one] = fitted.curves
    expect(one!.photocurrentA / 9).toBeCloseTo(1, 8)
    expect(one!.saturationCurrentA / 3e-10).toBeCloseTo(1, 6)
    expect(one!.seriesResistanceOhm / 0.3).toBeCloseTo(1, 7)
    expect(one!.shuntResistanceOhm! / 400).toBeCloseTo(1, 6)
    expect(one!.shuntConductanceS * 400).toBeCloseTo(1, 6)
    expect(one!.idealityFactor! / 1.1).toBeCloseTo(1, 7)
    expect(one!.flags).toEqual([])
  })

  it('says why there is no ideality factor, and takes --cells', async () => {
    const path = put({ curves: [moduleCurve('m', 1000)] })
    const without = (await answer<Fitted>('fit', path)).curves[0]!
    expect(without.idealityFactor).toBeNull()
    expect(without.messages.join()).toMatch(/cells in series/)
    const fitted = await answer<Fitted>('fit', path, '--cells', '60')
    expect(fitted.curves[0]!.idealityFactor).toBeCloseTo(1.1, 6)
    const other = await answer<Fitted>(
      'fit',
      put({ cellsInSeries: 60, curves: [moduleCurve('m', 1000)] }),
      '--cells',
      '72',
    )
    expect(other.notes.join()).toMatch(/states 60 cells in series; 72/)
    expect(await refusal(2, 'fit', path, '--cells', '0')).toMatch(/--cells 0/)
  })

  it('flags a stepped curve, and gives null with a flag where nothing can be fitted', async () => {
    const curve = moduleCurve('s', 1000)
    const stepped = { ...curve, currentA: curve.currentA.map((i, k) => Math.min(i, curve.voltageV[k]! > 22 ? 6.5 : 9)) }
    const dark = { id: 'd', voltageV: [0, 1, 2], currentA: [0, 0, 0] }
    const [first, second] = (await answer<Fitted>('fit', put({ cellsInSeries: 60, curves: [stepped, dark] }))).curves
    expect(first!.flags).toContain('stepped')
    expect(second).toMatchObject({ photocurrentA: null, rmsA: null, idealityFactor: null })
    expect(second!.flags).not.toEqual([])
    expect(second!.messages).not.toEqual([])
  })

  it('prints a table without --json', async () => {
    const ended = await runHere('fit', put({ cellsInSeries: 60, curves: [moduleCurve('m', 1000)] }))
    expect(ended.stdout).toMatch(/^id +IL \(A\).*\nm +9 +3e-10 +0\.3 +400 +1\.1/)
  })
})

interface Translated {
  curves: (Curve & { method: string; notes: string[]; flags: string[]; parameters: { iscA: number; pmaxW: number } })[]
  coefficients: Record<string, number> | null
  notes: string[]
}

const sharp = {
  ...{ alphaAPerK: 0.003784, betaVPerK: -0.12173, seriesResistanceOhm: 0.33, kappaOhmPerK: 0.0048 },
  ...{ alphaRelPerK: 0.003784 / 8.6, betaRelPerK: -0.12173 / 37, vocStcV: 37, iscStcA: 8.6, b1: 0.0424, b2: 0.0019 },
  ...{ irradianceFactor: 0.06, cellsInSeries: 60, iscRule: 'maximum' },
}
const target = { irradianceWPerM2: 850, temperatureC: 31 }
const towards = ['--to-irradiance', '850', '--to-temperature', '31']

type Move = (v: number, i: number, from: Curve) => [number, number]

/** IEC 60891 written out a second time, with Isc as the largest current. */
const formulas: Record<'1' | '2' | '2-2009' | '4', Move> = {
  '1': (v, i, { currentA, irradianceWPerM2: g, temperatureC: t }) => {
    const moved = i + Math.max(...currentA) * (850 / g - 1) + sharp.alphaAPerK * (31 - t)
    return [v - 0.33 * (moved - i) - 0.0048 * moved * (31 - t) + sharp.betaVPerK * (31 - t), moved]
  },
  '2': (v, i, { irradianceWPerM2: g, temperatureC: t }) => {
    const f = (x: number): number => 1 + 0.0424 * Math.log(1000 / x) + 0.0019 * Math.log(1000 / x) ** 2
    const [a, b] = [sharp.alphaRelPerK, sharp.betaRelPerK]
    const moved = (i * 850 * (1 + a * (31 - 25))) / (g * (1 + a * (t - 25)))
    const light = b * (f(850) * (31 - 25) - f(g) * (t - 25)) + 1 / f(850) - 1 / f(g)
    return [v - (0.33 + 0.0048 * (t - 25)) * (moved - i) - 0.0048 * moved * (31 - t) + 37 * light, moved]
  },
  '2-2009': (v, i, { irradianceWPerM2: g, temperatureC: t }) => {
    const moved = (i * (1 + sharp.alphaRelPerK * (31 - t)) * 850) / g
    const shift = 36 * (sharp.betaRelPerK * (31 - t) + 0.06 * Math.log(850 / g))
    return [v + shift - 0.33 * (moved - i) - 0.0048 * moved * (31 - t), moved]
  },
  '4': (v, i, { currentA, irradianceWPerM2: g, temperatureC: t }) => {
    const light = Math.max(...currentA) * (850 / g - 1)
    const lit = v - 0.33 * light
    return [lit + ((31 - t) / (t + 273.15)) * (lit - 1.232 * 60), i + light + sharp.alphaAPerK * (31 - t)]
  },
}

/** The two simulated curves of the IVcorrection project; they stand as lists inside a CSV. */
const ivCorrectionCurves = (): Curve[] => {
  const text = readFileSync(join(sharedData!, 'ivcorrection', 'example.csv'), 'utf8')
  const list = (body: string): number[] => body.match(/[-+\d.eE]+/g)!.map(Number)
  return [...text.matchAll(/(?:^|\n)([\d.]+),([\d.]+),"\[([^\]]*)\]","\[([^\]]*)\]"/g)].map((found, k) => ({
    ...{ id: `c${k}`, irradianceWPerM2: Number(found[1]), temperatureC: Number(found[2]) },
    ...{ voltageV: list(found[3]!), currentA: list(found[4]!) },
  }))
}

const why = sharedData === null ? ' (skipped: ../shared/data is absent)' : ''

describe('pvtp translate', () => {
  const sources = [
    { what: 'a modelled module', curves: () => [moduleCurve('a', 1000, 25), moduleCurve('b', 900, 40)], there: true },
    { what: `the curves of IVcorrection${why}`, curves: ivCorrectionCurves, there: sharedData !== null },
  ]
  for (const { what, curves, there } of sources) {
    it.skipIf(!there)(
      `procedures 1, 2, 2-2009 and 4 by the formulas, point by point to 1e-9: ${what} ${why}`,
      async () => {
        const measured = curves()
        expect(measured).toHaveLength(2)
        for (const procedure of ['1', '2', '2-2009', '4'] as const) {
          const coefficients = put({ ...sharp, vocV: 36 })
          const args = ['translate', put({ curves: measured }), '--procedure', procedure, ...towards]
          const found = await answer<Translated>(...args, '--coefficients', coefficients)
          found.curves.forEach((curve, n) => {
            expect(curve).toMatchObject({ id: measured[n]!.id, ...target })
            curve.voltageV.forEach((v, k) => {
              const [wantV, wantA] = formulas[procedure](
                measured[n]!.voltageV[k]!,
                measured[n]!.currentA[k]!,
                measured[n]!,
              )
              expect(Math.abs(v - wantV), `${procedure} V ${k}`).toBeLessThan(1e-9)
              expect(Math.abs(curve.currentA[k]! - wantA), `${procedure} A ${k}`).toBeLessThan(1e-9)
            })
          })
        }
      },
    )
  }

  it('procedure 2 there and back gives the curve back, through its own JSON', async () => {
    const coefficients = put(sharp)
    const curve = moduleCurve('a', 600, 50)
    const there = await answer(
      'translate',
      put({ curves: [curve] }),
      '--procedure',
      '2',
      ...towards,
      '--coefficients',
      coefficients,
    )
    const back = ['--to-irradiance', '600', '--to-temperature', '50', '--coefficients', coefficients]
    const again = (await answer<Translated>('translate', put(there), '--procedure', '2', ...back)).curves[0]!
    again.voltageV.forEach((v, k) => expect(Math.abs(v - curve.voltageV[k]!)).toBeLessThan(1e-9))
    again.currentA.forEach((i, k) => expect(Math.abs(i - curve.currentA[k]!)).toBeLessThan(1e-9))
  })

  it('procedure 3: a measured place gives that curve, a place between interpolates to 0.1 %', async () => {
    const file = put({ curves: [moduleCurve('low', 800), moduleCurve('high', 1200)] })
    const at = (g: number) =>
      answer<Translated>('translate', file, '--procedure', '3', '--to-irradiance', `${g}`, '--to-temperature', '25')
    const same = (await at(1200)).curves
    expect(same).toHaveLength(1)
    expect(same[0]).toMatchObject({ id: 'high', ...pointsOf(moduleCurve('high', 1200)) })
    const [middle] = (await at(1000)).curves
    expect(middle!.irradianceWPerM2).toBeCloseTo(1000, 9)
    const analysed = await answer<{ curves: { pmaxW: number; iscA: number }[] }>(
      'analyze',
      put({ curves: [moduleCurve('t', 1000)] }),
    )
    expect(middle!.parameters.pmaxW / analysed.curves[0]!.pmaxW).toBeCloseTo(1, 3)
    expect(Math.abs(middle!.parameters.pmaxW / analysed.curves[0]!.pmaxW - 1)).toBeLessThan(0.001)
    expect(await refusal(1, 'translate', file, '--procedure', '3', ...towards)).toMatch(/no two of the 2 curves/)
  })

  it('converts α and β, takes Isc by curve, and notes what it does not know', async () => {
    const given = {
      ...{ seriesResistanceOhm: 0.33, kappaOhmPerK: 0.0048, iscStcA: 8.6, vocStcV: 37 },
      ...{ alphaPercentPerK: 0.044, betaPercentPerK: -0.329 },
    }
    const args = [
      'translate',
      put({ curves: [moduleCurve('a', 1000)] }),
      '--procedure',
      '1',
      ...towards,
      '--coefficients',
    ]
    const found = await answer<Translated>(...args, put({ ...given, iscA: { a: 9.5 }, kapa: 1 }))
    expect(found.coefficients).toMatchObject({
      alphaAPerK: expect.closeTo(0.00044 * 8.6, 12) as unknown,
      betaVPerK: expect.closeTo(-0.00329 * 37, 12) as unknown,
    })
    expect(found.notes.join()).toMatch(/“kapa”/)
    const first = moduleCurve('a', 1000).currentA[0]! + 9.5 * (0.85 - 1) + 0.00044 * 8.6 * 6
    expect(found.curves[0]!.currentA[0]).toBeCloseTo(first, 12)
  })

  it('names what is missing or wrong', async () => {
    const file = put({ curves: [moduleCurve('a', 1000)] })
    const args = ['translate', file, ...towards]
    expect(await refusal(2, ...args, '--procedure', '1')).toMatch(
      /alphaAPerK, or .*betaVPerK, or .*seriesResistanceOhm; kappaOhmPerK/,
    )
    expect(await refusal(2, ...args, '--procedure', '5')).toMatch(/--procedure 5/)
    expect(await refusal(2, ...args, '--procedure', '1', '--coefficients', put({ b1: 'x' }))).toMatch(/b1: “x”/)
    expect(await refusal(2, ...args, '--procedure', '1', '--coefficients', put('{'))).toMatch(/not valid JSON/)
    expect(await refusal(2, 'translate', file, '--procedure', '1', '--to-irradiance', '0')).toMatch(/--to-irradiance 0/)
    const dark = put({ curves: [{ ...moduleCurve('a', 1000), irradianceWPerM2: null }] })
    const whole = ['--procedure', '1', ...towards, '--coefficients', put(sharp)]
    expect(await refusal(1, 'translate', dark, ...whole)).toMatch(/Curve a: its irradiance is missing/)
  })
})

const pointsOf = ({ voltageV, currentA }: Curve) => ({ voltageV, currentA })
