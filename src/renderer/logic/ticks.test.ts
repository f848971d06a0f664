import { expect, it } from 'vitest'
import { niceTicks } from './ticks.ts'

it('gives round ticks that cover the values from above', () => {
  expect(niceTicks([0, 45.7], 0)).toEqual({ domain: [0, 50], ticks: [0, 10, 20, 30, 40, 50] })
  expect(niceTicks([-0.5, 19.6], Number.NEGATIVE_INFINITY)).toEqual({ domain: [-0.5, 20], ticks: [0, 5, 10, 15, 20] })
})
it('cuts off below the floor', () => {
  expect(niceTicks([-3, 3.1], 0).domain[0]).toBe(0)
})
it('gives some range where there are no values', () => {
  expect(niceTicks([], 0).domain).toEqual([0, 1])
  expect(niceTicks([5, 5], 0).domain).toEqual([0, 1])
})
