import { describe, expect, it } from 'vitest'
import { axisRange, drawnSweeps, markerIndices, sortedColumns } from './ivSeries.ts'

const sweep = (index: number, direction: 'forward' | 'reverse') => ({
  ...{ index, direction, voltageV: [0, 1], currentA: [1, 0] },
})

it('draws the newest sweep of each direction strong', () => {
  const drawn = drawnSweeps([sweep(0, 'forward'), sweep(1, 'reverse'), sweep(2, 'forward')])
  expect(drawn.map((curve) => [curve.label, curve.strong])).toEqual([
    ['Sweep 1, forward', false],
    ['Sweep 2, reverse', true],
    ['Sweep 3, forward', true],
  ])
})

it('puts a reverse sweep in ascending voltage without losing the pairs', () => {
  expect(sortedColumns([3, 1, 2], [30, 10, 20])).toEqual([
    [1, 2, 3],
    [10, 20, 30],
  ])
})

it('spreads markers over the points that there are', () => {
  expect(markerIndices([null, 1, null, 1, 1, undefined, 1], 2)).toEqual([1, 4])
  expect(markerIndices([1, 1, 1, 1], 2, 0.5)).toEqual([1, 3])
  expect(markerIndices([], 5)).toEqual([])
})

describe('axisRange', () => {
  it('starts at zero, or a little below where there are negative values', () => {
    expect(axisRange(2, 10)[0]).toBe(0)
    expect(axisRange(-0.5, 40)[0]).toBe(-0.5)
    expect(axisRange(-100, 10)[0]).toBe(-1)
  })
  it('is a range even without points', () => {
    expect(axisRange(null, null)[1]).toBeGreaterThan(0)
  })
})
