import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { StationError } from '../contract/errors.ts'
import { createAnalysisEngine } from './engine.ts'

const engine = createAnalysisEngine()

/** Any finite double, from the smallest to the largest, mixed with everyday ones. */
const wild = fc.oneof(
  fc.double({ noNaN: true, noDefaultInfinity: true }),
  fc.double({ min: -1000, max: 1000, noNaN: true }),
  fc.integer({ min: -3, max: 3 }),
)
const list = fc.array(wild, { minLength: 4, maxLength: 30 })

const firstNotFinite = (value: unknown, path = ''): string | null => {
  if (typeof value === 'number') return Number.isFinite(value) ? null : `${path} = ${value}`
  if (typeof value !== 'object' || value === null) return null
  for (const [key, inner] of Object.entries(value)) {
    const found = firstNotFinite(inner, `${path}/${key}`)
    if (found !== null) return found
  }
  return null
}

/** Either a result of finite numbers, or an operating error that says what is wrong with the input. */
const expectFiniteOrRefused = (run: () => unknown): void => {
  try {
    expect(firstNotFinite(run())).toBeNull()
  } catch (thrown) {
    if (!(thrown instanceof StationError)) throw thrown
    expect(thrown.code).toBe('analysis.badInput')
  }
}

const analyses: Record<string, (v: readonly number[]) => unknown> = {
  describe: (values) => engine.statisticalAnalysis('describe', { values }),
  compareMeans: (v) => engine.statisticalAnalysis('compareMeans', { a: v.slice(0, 2), b: v.slice(2) }),
  repeatability: (v) => engine.statisticalAnalysis('repeatability', { groups: [v.slice(0, 2), v.slice(2)] }),
  xbarR: (v) => engine.qualityControl('xbarR', { subgroups: [v.slice(0, 2), v.slice(2, 4)] }),
  individuals: (values) => engine.qualityControl('individuals', { values, options: { rules: 'nelson' } }),
  ewma: (values) => engine.qualityControl('ewma', { values, options: { target: values[0]!, sigma: 1 } }),
  cusum: (values) => engine.qualityControl('cusum', { values, options: { target: values[0]!, sigma: 1 } }),
  capability: (v) =>
    engine.qualityControl('capability', { values: v, limits: { lower: v[0]!, upper: v[1]!, target: 0 } }),
  gageRr: ([a, b, c, d]) =>
    engine.qualityControl('gageRr', {
      measurements: [
        [
          [a!, b!],
          [c!, d!],
        ],
        [
          [b!, c!],
          [d!, a!],
        ],
      ],
    }),
  decision: ([y, U, upper, lower]) =>
    engine.passFailCriteria('decision', {
      measured: y!,
      expandedUncertainty: Math.abs(U!),
      limits: { lower: lower!, upper: upper! },
      rule: { kind: 'nonBinary' },
    }),
  gate1: ([pmaxW, vocV, iscA, m]) =>
    engine.passFailCriteria('gate1', {
      modules: [{ moduleId: 'a', pmaxW: pmaxW!, vocV: vocV!, iscA: iscA! }],
      nameplate: { pmax: 400, voc: 49, isc: 10 },
      tolerancePercent: { pmax: m!, voc: m!, isc: m! },
      uncertaintyPercent: { pmax: m!, voc: m!, isc: m! },
    }),
  gate2: ([initialPmaxW, finalPmaxW, r]) =>
    engine.passFailCriteria('gate2', {
      modules: [{ moduleId: 'a', initialPmaxW: initialPmaxW!, finalPmaxW: finalPmaxW! }],
      reproducibilityPercent: r!,
    }),
  controlChart: (v) =>
    engine.passFailCriteria('controlChart', {
      chart: v.map((pmaxW, timeMs) => ({ timeMs, pmaxW: Math.abs(pmaxW) })),
      initial: { timeMs: 0, pmaxW: Math.abs(v[0]!) },
      final: { timeMs: 3, pmaxW: v[1]! },
      lowestDeltaPercent: v[2]!,
    }),
  stabilisation: (v) =>
    engine.passFailCriteria('stabilisation', {
      points: v.map((pmaxW, i) => ({ doseKWhPerM2: 5 * i, pmaxW: Math.abs(pmaxW) })),
      rule: { limit: 0.01, intervalDoseKWhPerM2: 5 },
    }),
  insulation: ([voltageV, currentA, blankCurrentA, areaM2]) =>
    engine.passFailCriteria('insulation', {
      voltageV: Math.abs(voltageV!),
      currentA: Math.abs(currentA!),
      blankCurrentA: blankCurrentA!,
      resolutionA: null,
      areaM2: Math.abs(areaM2!),
    }),
  robustZ: (values) => engine.anomalyDetection('robustZ', { values }),
  hampel: (values) => engine.anomalyDetection('hampel', { values }),
  grubbs: (values) => engine.anomalyDetection('grubbs', { values }),
  tukey: (values) => engine.anomalyDetection('tukey', { values }),
  curveIsolation: (v) =>
    engine.anomalyDetection('curveIsolation', {
      curves: [0, 1, 2, 3].map((k) => ({
        id: `${k}`,
        voltageV: v,
        currentA: v.map((x) => x / (k + 1)),
        iscA: 1,
        vocV: 1,
      })),
    }),
  linear: (y) => engine.trendAnalysis('linear', { x: y.map((value, i) => value / 2 + i), y }),
  theilSen: (y) => engine.trendAnalysis('theilSen', { x: y.map((value, i) => value / 2 + i), y }),
  mannKendall: (values) => engine.trendAnalysis('mannKendall', { values }),
  changePoints: (values) => engine.trendAnalysis('changePoints', { values }),
  exponential: (y) => engine.trendAnalysis('exponential', { x: y.map((value, i) => value / 2 + i), y }),
}

describe('no NaN and no infinity out for any finite numbers in', () => {
  it.each(Object.entries(analyses))('%s', (_name, run) => {
    fc.assert(
      fc.property(list, (values) => expectFiniteOrRefused(() => run(values))),
      { numRuns: 300 },
    )
  })
})
