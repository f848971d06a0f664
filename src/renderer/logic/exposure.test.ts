import { expect, it } from 'vitest'
import { estimateEnd, fractionOf, type LiveExposure } from './exposure.ts'

const hourMs = 3_600_000
const dampHeat = (change: Partial<LiveExposure> = {}): LiveExposure => ({
  ...{ id: 'dampHeat', title: 'Hours in damp heat', lane: null, unit: 'h' },
  ...{ credited: 100, required: 1000, elapsedMs: 125 * hourMs, lostMs: 25 * hourMs },
  ...change,
})
const now = { nowUtcMs: 1_000_000, paused: false }

it('expects the rest at the pace so far, lost time included', () => {
  expect(estimateEnd(dampHeat(), now)).toEqual({ kind: 'at', utcMs: 1_000_000 + 1125 * hourMs })
})
it('says nothing it cannot know', () => {
  expect(estimateEnd(dampHeat({ credited: 0 }), now).kind).toBe('unknown')
  expect(estimateEnd(dampHeat({ credited: 0, elapsedMs: 0 }), now).kind).toBe('notBegun')
  expect(estimateEnd(dampHeat(), { ...now, paused: true }).kind).toBe('unknown')
  expect(estimateEnd(dampHeat({ required: null }), now).kind).toBe('unknown')
})
it('knows when it is enough', () => {
  expect(estimateEnd(dampHeat({ credited: 1000 }), now).kind).toBe('met')
  expect(fractionOf(dampHeat({ credited: 1100 }))).toBe(1)
  expect(fractionOf(dampHeat({ required: null }))).toBeNull()
})
