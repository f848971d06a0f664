import { describe, expect, it } from 'vitest'
import { controlChartVerdict } from './controlChartVerdict.ts'
import type { ControlChartInput, ReferenceCheck } from './controlChartVerdict.ts'

const day = 86_400_000
/** Alternates ±0.1 W about the level, so that every moving range is 0.2 W and s = 0.2/1.128 W. */
const chart = (level: (dayNumber: number) => number): ReferenceCheck[] =>
  Array.from({ length: 60 }, (_, i) => ({ timeMs: i * day, pmaxW: level(i) + (i % 2 === 0 ? 0.1 : -0.1) }))

const input = (finalPmaxW: number, change: Partial<ControlChartInput> = {}): ControlChartInput => ({
  chart: chart(() => 200),
  initial: { timeMs: 10 * day, pmaxW: 400 },
  final: { timeMs: 50 * day, pmaxW: finalPmaxW },
  lowestDeltaPercent: -5,
  ...change,
})

describe('verdict with the station’s control chart', () => {
  it('reads s from the moving range and has U = 2·s·√(2 + 2/15)', () => {
    const verdict = controlChartVerdict(input(390))
    const s = (100 * (0.2 / 1.128)) / 200
    expect(verdict.repeatabilityPercent).toBeCloseTo(s, 6)
    expect(verdict.driftPercent).toBeCloseTo(0, 10)
    expect(verdict.expandedUncertaintyPercent).toBeCloseTo(2 * s * Math.sqrt(2 + 2 / 15), 6)
    expect(verdict.outcome).toBe('pass')
    expect(verdict.wouldChange[0]).toMatch(/stays a pass down to/)
  })

  it('has conditional verdicts within U of the limit', () => {
    expect(controlChartVerdict(input(380.4)).outcome).toBe('conditionalPass')
    expect(controlChartVerdict(input(379.6)).outcome).toBe('conditionalFail')
    expect(controlChartVerdict(input(370)).outcome).toBe('fail')
  })

  it('adds the drift of the station and says when it decides', () => {
    const drifting = chart((d) => (d < 30 ? 200 : 199))
    const verdict = controlChartVerdict(input(379, { chart: drifting }))
    expect(verdict.driftPercent).toBeCloseTo(-0.5, 2)
    expect(verdict.expandedUncertaintyPercent).toBeGreaterThan(0.5)
    expect(verdict.deltaPmaxPercent).toBeCloseTo(-5.25, 10)
    expect(verdict.outcome).toBe('conditionalFail')
    expect(verdict.driftCorrectedDeltaPercent).toBeCloseTo(-4.75, 2)
    expect(verdict.wouldChange.join(' ')).toContain('conditionalPass')
  })

  it('takes simple acceptance when the limit already contains r', () => {
    const verdict = controlChartVerdict(input(376.3, { lowestDeltaPercent: -5.95, rule: { kind: 'simple' } }))
    expect(verdict.outcome).toBe('pass')
  })

  it('is inconclusive without checks near a date, with a short chart, or with a check out of control', () => {
    const cut = chart(() => 200).filter((check) => check.timeMs < 30 * day)
    expect(controlChartVerdict(input(390, { chart: cut }))).toMatchObject({ outcome: 'inconclusive' })
    expect(controlChartVerdict(input(390, { chart: cut.slice(0, 5) })).reason).toContain('at least 8')
    const wild = chart((d) => (d === 50 ? 190 : 200))
    expect(controlChartVerdict(input(390, { chart: wild })).reason).toContain('out of control')
  })
})
