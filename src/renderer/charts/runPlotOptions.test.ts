import { expect, it } from 'vitest'
import { loneValues, timeTicks, valueRange } from './runPlotOptions.ts'

const at = (day: number, hour: number): number => new Date(2026, 10, day, hour).getTime()

it('writes the day where one begins', () => {
  expect(timeTicks([at(26, 18), at(26, 21), at(27, 0)], 10_800_000)).toEqual(['18:00\n11-26', '21:00', '00:00\n11-27'])
  expect(timeTicks([at(26, 0), at(27, 0)], 86_400_000)).toEqual(['11-26', '11-27'])
})
it('gives a constant value room, and nothing a frame', () => {
  const [low, high] = valueRange(85, 85)
  expect(low).toBeLessThan(85)
  expect(high).toBeGreaterThan(85)
  expect(valueRange(null, null)).toEqual([0, 1])
})
it('finds the values that no line would show', () => {
  expect(loneValues([1, undefined, 2, null, 3, undefined, null, undefined, 4])).toEqual([4, 8])
  expect(loneValues([undefined, 1, undefined])).toEqual([1])
  expect(loneValues([null, null])).toEqual([])
})
