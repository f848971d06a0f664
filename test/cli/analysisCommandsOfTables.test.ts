import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { sharedData } from '../support/cli.ts'
import { createCommandBench, moduleCurve } from '../support/commandBench.ts'

const { put, answer, refusal } = createCommandBench()

const why = sharedData === null ? ' (skipped: ../shared/data is absent)' : ''

interface Coefficient {
  perK: number | null
  reason: string
  perKStandardError: number
  percentPerK: { ofFitAt25C: number; ofMeasuredNearest25C: number | null }
  rSquared: number
  temperatureRangeC: number[]
  count: number
}
type Tempco = Record<'isc' | 'voc' | 'pmax' | 'imp' | 'vmp', Coefficient> & { notes: string[]; rowsUsed: number }

describe('pvtp tempco', () => {
  it('is least squares of a table, whatever the spelling of its columns', async () => {
    // Isc 8, 8.1, 8.4 at 15, 25, 55 °C: slope by hand Σdx·dy/Σdx² with dx −16.67, −6.67, 23.33.
    const slope = (-16.666666666666668 * 8 - 6.666666666666668 * 8.1 + 23.333333333333332 * 8.4) / 866.6666666666666
    const rows = [
      [15, 8, 38],
      [25, 8.1, 37],
      [55, 8.4, 34],
    ]
    const spelled = [
      ['irradiance_W_m2,temperature_C,i_sc_A,v_oc_V', ','],
      ['G (W/m²);T (°C);Isc [A];Voc/V', ';'],
      ['irradianceWPerM2\ttemperatureC\tiscA\tvocV', '\t'],
    ] as const
    for (const [header, separator] of spelled) {
      const body = rows.map((row) => [1000, ...row].join(separator)).join('\n')
      const found = await answer<Tempco>('tempco', put(`${header}\n${body}\n`, 'csv'))
      expect(found.isc.perK).toBeCloseTo(slope, 12)
      expect(found.isc.percentPerK.ofMeasuredNearest25C).toBeCloseTo((100 * slope) / 8.1, 10)
      expect(found.voc.perK).toBeCloseTo(-0.1, 12)
      expect(found.voc).toMatchObject({ count: 3, temperatureRangeC: [15, 55] })
      expect(found.pmax).toMatchObject({ perK: null, reason: expect.stringMatching(/no values/) as unknown })
    }
    const list = rows.map(([temperatureC, iscA, vocV]) => ({
      irradianceWPerM2: 1000,
      temperatureC,
      iscA,
      vocV: `${vocV}`,
    }))
    expect((await answer<Tempco>('tempco', put(list))).isc.perK).toBeCloseTo(slope, 12)
  })

  it('scales currents and powers to the exact irradiance, and says so; extracts from curves', async () => {
    const curves = [
      moduleCurve('a', 1000, 15),
      moduleCurve('b', 990, 25),
      moduleCurve('c', 1000, 45),
      moduleCurve('d', 500, 45),
    ]
    const found = await answer<Tempco>('tempco', put({ curves }))
    expect(found.rowsUsed).toBe(3)
    expect(found.isc.perK).toBeCloseTo(0.004, 4)
    expect(found.notes.join()).toMatch(/1 rows were scaled/)
  })

  it('names the irradiances where none fits, and a missing unit', async () => {
    const table = 'irradiance (W/m²),temperature (°C),Isc (A)\n1000,25,8\n1000,50,8.1\n'
    expect(await refusal(1, 'tempco', put(table, 'csv'), '--irradiance', '800')).toMatch(/it has 1000 W\/m²/)
    expect(await refusal(1, 'tempco', put(table.replace('Isc (A)', 'Isc'), 'csv'))).toMatch(/\(none\).*“Isc”/)
  })

  it.skipIf(sharedData === null)(`the matrix of the MSE300SQ5T within 1e-9 of least squares${why}`, async () => {
    const folderOf = join(sharedData!, 'iec61853_mse300sq5t')
    const found = await answer<Tempco>('tempco', join(folderOf, 'matrix.csv'))
    const published = JSON.parse(readFileSync(join(folderOf, 'expected.json'), 'utf8')) as {
      MSE300SQ5T: Record<string, Record<string, Record<string, number>>>
    }
    const want = Object.entries(published.MSE300SQ5T).find(([name]) => name.startsWith('OLS'))![1]
    expect(Math.abs(found.isc.perK! - want['Isc']!['slope_A_per_K']!)).toBeLessThan(1e-9)
    expect(Math.abs(found.voc.perK! - want['Voc']!['slope_V_per_K']!)).toBeLessThan(1e-9)
    expect(Math.abs(found.pmax.perK! - want['Pmp']!['slope_W_per_K']!)).toBeLessThan(1e-9)
    expect(Math.abs(found.isc.percentPerK.ofFitAt25C - want['Isc']!['pct_per_K_ref_fit25']!)).toBeLessThan(1e-9)
    const measured = found.isc.percentPerK.ofMeasuredNearest25C!
    expect(Math.abs(measured - want['Isc']!['pct_per_K_ref_meas25']!)).toBeLessThan(1e-9)
  })
})

interface Evaluated {
  combinedStandardUncertainty: number
  effectiveDegreesOfFreedom: { value: number | null }
  coverageFactor: number
  expandedUncertainty: number
  rows: { sharePercent: number }[]
  monteCarlo: { standardUncertainty: number; shortestInterval: [number, number]; trials: number; seed: number } | null
}

describe('pvtp uncertainty', () => {
  // JCGM 100:2008, H.1: the end gauge, in nm; d is put together from its three parts.
  const endGauge = {
    measurand: 'length of the end gauge',
    unit: 'nm',
    inputs: [
      { name: 'standard', standardUncertainty: 25, degreesOfFreedom: 18, source: 'certificate, U = 75 with k = 3' },
      { name: 'd: repeatability', standardUncertainty: 13 / Math.sqrt(5), degreesOfFreedom: 24, source: '5 readings' },
      { name: 'd: random', standardUncertainty: 10 / 2.57, degreesOfFreedom: 5, source: 'comparator' },
      { name: 'd: systematic', standardUncertainty: 20 / 3, degreesOfFreedom: 8, source: 'comparator' },
      {
        name: 'difference of expansion',
        halfWidth: 1e-6,
        distribution: 'rectangular',
        sensitivity: 50000623 * 0.1,
        degreesOfFreedom: 50,
      },
      {
        name: 'difference of temperature',
        halfWidth: 0.05,
        distribution: 'rectangular',
        sensitivity: -50000623 * 1.15e-5,
        degreesOfFreedom: 2,
      },
    ],
    coverage: { kind: 't', level: 0.99 },
  }

  it('GUM H.1: uc 32 nm, ν 16, k 2.92, U 93 nm', async () => {
    const found = await answer<Evaluated>('uncertainty', put(endGauge))
    expect(found.combinedStandardUncertainty.toFixed(0)).toBe('32')
    expect(Math.floor(found.effectiveDegreesOfFreedom.value!)).toBe(16)
    expect(found.coverageFactor.toFixed(2)).toBe('2.92')
    // 2.92 · 32 = 93 with the printed, rounded uc; 2.92 · 31.66 without rounding.
    expect((found.coverageFactor * 32).toFixed(0)).toBe('93')
    expect(found.expandedUncertainty).toBeCloseTo(found.coverageFactor * found.combinedStandardUncertainty, 12)
    expect(found.monteCarlo).toBeNull()
  })

  it('JCGM 101, 9.2.3: four rectangular inputs, 95 % within ± 3.88; the same seed gives the same numbers', async () => {
    const inputs = ['a', 'b', 'c', 'd'].map((name) => ({ name, halfWidth: Math.sqrt(3), distribution: 'rectangular' }))
    const args = [
      'uncertainty',
      put({ measurand: 'sum', unit: '1', inputs }),
      '--monte-carlo',
      '200000',
      '--seed',
      '7',
    ] as const
    const found = await answer<Evaluated>(...args)
    expect(found.combinedStandardUncertainty).toBeCloseTo(2, 12)
    expect(found.monteCarlo!.standardUncertainty).toBeCloseTo(2, 1)
    found.monteCarlo!.shortestInterval.forEach((end) => expect(Math.abs(Math.abs(end) - 3.88)).toBeLessThan(0.05))
    expect(await answer(...args)).toEqual(found)
  })

  it('names the field that is wrong', async () => {
    expect(await refusal(1, 'uncertainty', put({ ...endGauge, unit: 3 }))).toMatch(/“unit”/)
    expect(await refusal(2, 'uncertainty', put('[1'))).toMatch(/not valid JSON/)
    expect(await refusal(2, 'uncertainty', put(endGauge), '--seed', '1')).toMatch(/--monte-carlo/)
    expect(await refusal(2, 'uncertainty', put(endGauge), '--monte-carlo', '10')).toMatch(/1000/)
  })
})

interface Chart {
  chart: string
  unit: string | null
  center: number
  lowerLimit: number
  upperLimit: number
  violations: { set: string; ruleId: string; index: number }[]
  signals: { index: number }[] | null
  capability: Record<'cp' | 'cpk' | 'ppk', { value: number | null }> | null
}

// NIST/SEMATECH e-Handbook 6.3.2.2: flow rates of ten batches.
const flowRates = [49.6, 47.6, 49.9, 51.3, 47.8, 51.2, 52.6, 52.4, 53.6, 52.1]

describe('pvtp spc', () => {
  it('individuals of NIST 6.3.2.2: 50.81, 55.8041, 45.8159, from a table and from JSON', async () => {
    const table = put(
      `batch;flow rate (l/min)\n${flowRates.map((x, k) => `${k + 1};${`${x}`.replace('.', ',')}`).join('\n')}\n`,
      'csv',
    )
    for (const path of [table, put(flowRates), put(`flow rate (l/min)\n${flowRates.join('\n')}\n`, 'csv')]) {
      const found = await answer<Chart>('spc', path)
      expect(found).toMatchObject({ chart: 'i-mr', violations: [], capability: null })
      expect(found.center.toFixed(2)).toBe('50.81')
      expect(found.upperLimit.toFixed(4)).toBe('55.8041')
      expect(found.lowerLimit.toFixed(4)).toBe('45.8159')
    }
  })

  it('X̄-R of subgroups, and the rules of both sets by name', async () => {
    const quiet = Array.from({ length: 20 }, (_, k) => [10 + 0.1 * (k % 2), 10.2 - 0.1 * (k % 2)])
    const found = await answer<Chart>('spc', put({ subgroups: [...quiet, [12, 12.1]], unit: 'W' }))
    expect(found).toMatchObject({ chart: 'xbar-r', unit: 'W' })
    const at = found.violations.filter((each) => each.index === 20).map((each) => `${each.set} ${each.ruleId}`)
    expect(at).toEqual(expect.arrayContaining(['westernElectric WE1', 'nelson N1']))
    const table = `x1 (mm),x2 (mm)\n${quiet.map((row) => row.join(',')).join('\n')}\n`
    expect(await answer<Chart>('spc', put(table, 'csv'))).toMatchObject({ chart: 'xbar-r', unit: 'mm' })
  })

  it('CUSUM and EWMA signal a shift, with the centre and sigma that are given', async () => {
    const shifted = put([...Array.from({ length: 10 }, () => 0), ...Array.from({ length: 10 }, () => 2)])
    const args = ['--target', '0', '--sigma', '1']
    const cusum = await answer<Chart>('spc', shifted, '--chart', 'cusum', ...args)
    // C⁺ grows by 2 − 0.5 a point and passes 5 with the fourth shifted point.
    expect(cusum.signals![0]!.index).toBe(13)
    expect((await answer<Chart>('spc', shifted, '--chart', 'ewma', ...args)).signals!.length).toBeGreaterThan(0)
  })

  it('capability by hand, with a negative limit', async () => {
    const values = [-1, 1, -1, 1, -1, 1]
    const { capability } = await answer<Chart>('spc', put(values), '--lsl', '-6', '--usl', '5')
    // MR̄ = 2, sigma 2/1.128; s² = 6/5.
    expect(capability!.cp.value).toBeCloseTo(11 / (6 * (2 / 1.128)), 12)
    expect(capability!.cpk.value).toBeCloseTo(5 / (3 * (2 / 1.128)), 12)
    expect(capability!.ppk.value).toBeCloseTo(5 / (3 * Math.sqrt(1.2)), 12)
  })

  it('refuses what it can’t chart', async () => {
    expect(await refusal(2, 'spc', put([1, 2]), '--chart', 'p')).toMatch(/--chart p/)
    expect(await refusal(2, 'spc', put([1, 2]), '--chart', 'xbar-r')).toMatch(/subgroups/)
    expect(await refusal(2, 'spc', put('a (V),b (A)\n1,2\n', 'csv'))).toMatch(/different units/)
    expect(await refusal(2, 'spc', put([1, null]))).toMatch(/not valid/)
    expect(await refusal(1, 'spc', put('P (W)\n1\nx\n', 'csv'))).toMatch(/line 3.*“x”/)
    expect(await refusal(1, 'spc', put([1]))).toMatch(/at least two/)
  })
})
