import { expect, it } from 'vitest'
import type { InstrumentState } from '../../contract/api.ts'
import { leftByHand, sayLeft } from './hands.ts'

const instrument = (id: string, more: Partial<InstrumentState>): InstrumentState =>
  ({ config: { id, name: `The ${id}` }, lockedBy: null, hand: null, ...more }) as InstrumentState
const left = { who: 'Ann', leftUtcMs: Date.UTC(2026, 5, 1), mayBeOn: true }

it('tells of what may be on and is left, and of nothing else', () => {
  const all = [
    instrument('hv', { hand: left, lockedBy: 'manual: Ann' }),
    instrument('supply', { hand: { ...left, leftUtcMs: null }, lockedBy: 'manual: Ann' }),
    instrument('cell', { hand: { ...left, mayBeOn: false } }),
    instrument('door', {}),
  ]
  expect(leftByHand(all).map(({ config }) => config.id)).toEqual(['hv'])
})
it('says whether the window is gone, or somebody meant to leave it on', () => {
  expect(sayLeft(instrument('hv', { hand: left, lockedBy: 'manual: Ann' }))).toMatch(
    /^The hv may still be on: .*window is gone/,
  )
  expect(sayLeft(instrument('hv', { hand: left }))).toMatch(/Ann left it on at/)
})
