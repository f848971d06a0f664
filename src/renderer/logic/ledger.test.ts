import { expect, it } from 'vitest'
import type { ExposureLoss } from '../../contract/exposure.ts'
import type { ExposureEntry } from '../../contract/run.ts'
import { inOrder, piecesOf } from './ledger.ts'

const entry = (seq: number, kind: ExposureEntry['class'], [fromUtcMs, toUtcMs]: [number, number]): ExposureEntry => ({
  ...{ exposure: 'damp', lane: null, step: 'damp', seq, class: kind, fromUtcMs, toUtcMs },
  ...{ durationMs: toUtcMs - fromUtcMs, amount: 0, reason: null },
})

it('draws the stretches in true time, a short loss wide enough to be seen, and above its neighbours', () => {
  const pieces = piecesOf([
    entry(1, 'credited', [0, 500_000]),
    entry(2, 'unknown', [500_000, 500_001]),
    entry(3, 'credited', [500_001, 1_000_000]),
  ])
  expect(pieces.map(({ entry: { seq } }) => seq)).toEqual([1, 3, 2])
  expect(pieces[0]).toMatchObject({ from: 0, width: 0.5 })
  expect(pieces[2]!.width).toBeGreaterThan(0.002)
})
it('draws nothing of no time', () => {
  expect(piecesOf([])).toEqual([])
  expect(piecesOf([entry(1, 'credited', [5, 5])])).toEqual([])
})
it('puts first what waits for a decision', () => {
  const loss = (seq: number, open: boolean, durationMs: number) => ({ seq, open, durationMs }) as ExposureLoss
  expect(inOrder([loss(1, false, 900), loss(2, true, 10), loss(3, true, 20)]).map(({ seq }) => seq)).toEqual([3, 2, 1])
})
