import { expect, it } from 'vitest'
import type { BackFill } from '../../contract/backFill.ts'
import { filledGapsOf } from './filled.ts'

const edge = { compared: 0, mostDeviation: null, meanDeviation: null }
const gapOf = (fromUtcMs: number, toUtcMs: number | null) => ({
  ...{ fromUtcMs, toUtcMs, utcMs: [fromUtcMs + 1], value: [85], longestHoleMs: 1, before: edge, after: edge },
})
const recordOf = (fileName: string, instrumentId: string, gaps: ReturnType<typeof gapOf>[]): BackFill =>
  ({ fileName, instrumentId, channels: [{ channel: 'temperature', unit: '°C', gaps }] }) as unknown as BackFill
const wanted = { instrumentId: 'chamber', channel: 'temperature' }

it('takes the latest log of each gap, and the gaps in their order', () => {
  const records = [
    recordOf('second.csv', 'chamber', [gapOf(500, 600)]),
    recordOf('first.csv', 'chamber', [gapOf(100, null)]),
    recordOf('better.csv', 'chamber', [gapOf(100, 200)]),
    recordOf('other.csv', 'meter', [gapOf(100, 200)]),
  ]
  const found = filledGapsOf(records, wanted)
  expect(found.map(({ fileName, gap }) => [fileName, gap.fromUtcMs, gap.toUtcMs])).toEqual([
    ['better.csv', 100, 200],
    ['second.csv', 500, 600],
  ])
  expect(filledGapsOf(records, { ...wanted, channel: 'humidity' })).toEqual([])
})
