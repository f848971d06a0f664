import { describe, expect, it } from 'vitest'
import { createAnalysisEngine } from './engine.ts'

const engine = createAnalysisEngine()

describe('the document’s AnalysisEngine', () => {
  it('statisticalAnalysis', () => {
    const { method, result } = engine.statisticalAnalysis('describe', { values: [1, 2, null, 3] })
    expect(method).toEqual({ id: 'statistics/describe', version: '1.0.0' })
    expect(result).toMatchObject({ count: 3, mean: 2, missingCount: 1 })
    expect(result.relativeStandardDeviationPercent.value).toBeCloseTo(50, 12)
  })
  it('compares two means by Welch: two samples of ten with the same spread have ν = 18', () => {
    const a = [10, 12, 8, 11, 9, 10, 10, 12, 8, 10]
    const b = a.map((value) => value - 2.5)
    const { result } = engine.statisticalAnalysis('compareMeans', { a, b })
    const s2 = a.reduce((sum, value) => sum + (value - 10) ** 2, 0) / 9
    expect(result.t.value).toBeCloseTo(-2.5 / Math.sqrt((2 * s2) / 10), 12)
    expect(result.degreesOfFreedom.value).toBeCloseTo(18, 9)
    expect(result.pValue.value).toBeLessThan(0.01)
  })
  it('qualityControl', () => {
    const { result } = engine.qualityControl('individuals', { values: [10, 11, 10, 9, 10, 11] })
    expect(result.location.center).toBeCloseTo(61 / 6, 12)
  })
  it('passFailCriteria', () => {
    const modules = [{ moduleId: 'a', initialPmaxW: 400, finalPmaxW: 378 }]
    const { method, result } = engine.passFailCriteria('gate2', { modules, reproducibilityPercent: 1 })
    expect(method.id).toContain('gate2')
    expect(result.verdict).toBe('pass')
  })
  it('anomalyDetection', () => {
    expect(engine.anomalyDetection('robustZ', { values: [1, 2, 3, 2, 1, 50] }).result.outliers).toEqual([5])
  })
  it('trendAnalysis', () => {
    expect(engine.trendAnalysis('linear', { x: [0, 1, 2], y: [1, 3, 5] }).result.slope).toBeCloseTo(2, 12)
  })
  it('refuses what can’t be analysed with an operating error, not with NaN', () => {
    expect(() => engine.trendAnalysis('linear', { x: [0, NaN], y: [1, 2] })).toThrow('not a finite number')
    expect(() => engine.statisticalAnalysis('describe', { values: [null] })).toThrow('there are none')
  })
})
