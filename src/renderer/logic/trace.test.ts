import { describe, expect, it } from 'vitest'
import type { RecordedSweep } from '../../contract/sample.ts'
import { mergePoints, mergeRecorded, type SweepTrace } from './trace.ts'

const points = (offset: number, voltageV: number[]) => ({
  runId: 'r',
  sweepIndex: 0,
  direction: 'forward' as const,
  offset,
  voltageV,
  currentA: voltageV.map((value) => 10 - value),
})

const recorded: RecordedSweep = {
  index: 0,
  id: 'forward-1',
  stepId: 'forward',
  direction: 'forward',
  provenance: 'simulated',
  startedUtcMs: 0,
  complete: true,
  monotonicMs: [0, 1],
  voltageV: [0, 1],
  currentA: [10, 9],
  limiting: [],
  irradiance: { monotonicMs: [], value: [] },
  temperatures: [],
}

const voltages = (sweeps: readonly SweepTrace[]) => sweeps.map((sweep) => sweep.voltageV)

describe('mergePoints', () => {
  it('appends, and takes the same points twice without doubling them', () => {
    const first = mergePoints([], points(0, [0, 1, 2])).sweeps
    const second = mergePoints(first, points(2, [2, 3])).sweeps
    expect(voltages(second)).toEqual([[0, 1, 2, 3]])
    expect(voltages(mergePoints(second, points(0, [0, 1])).sweeps)).toEqual([[0, 1, 2, 3]])
  })
  it('says when points are missing in between, and adds nothing then', () => {
    const first = mergePoints([], points(0, [0])).sweeps
    const merged = mergePoints(first, points(5, [5]))
    expect(merged.gap).toBe(true)
    expect(merged.sweeps).toBe(first)
  })
})

describe('mergeRecorded', () => {
  it('keeps the side that has more points, and what the station says about the sweep', () => {
    const live = mergePoints([], points(0, [0, 1, 2])).sweeps
    const merged = mergeRecorded(live, [recorded])
    expect(voltages(merged)).toEqual([[0, 1, 2]])
    expect(merged[0]).toMatchObject({ complete: true, provenance: 'simulated' })
    expect(voltages(mergeRecorded([], [recorded]))).toEqual([[0, 1]])
  })
})
