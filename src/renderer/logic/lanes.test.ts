import { describe, expect, it } from 'vitest'
import { countProblem, laneName, laneProblems, servingOf, takeScan, type LaneDraft } from './lanes.ts'

const lane = (id: string): LaneDraft => ({ id, maker: 'M', model: 'X', texts: {} })
const like = { maker: 'M', model: 'X' }

it('names lanes as the station does', () => {
  expect([0, 1, 25, 26].map(laneName)).toEqual(['A', 'B', 'Z', 'A1'])
})
it('refuses a module twice at once, and says where it is', () => {
  expect(laneProblems(['m1', 'm2', ' m1 ', ''])).toEqual([
    null,
    null,
    'This is the module of lane A.',
    'Type or scan its id.',
  ])
})
it('counts', () => {
  const allowed = { minimum: 2, maximum: 3, title: 'Module' }
  expect(countProblem(1, allowed)).toMatch(/at least 2/)
  expect(countProblem(2, allowed)).toBeNull()
  expect(countProblem(4, allowed)).toMatch(/at most 3/)
})

describe('a scan', () => {
  it('fills the first empty row, then adds one', () => {
    const filled = takeScan('m3', { firstId: 'm1', lanes: [lane('m2'), lane('')], most: 8, like })
    expect(filled.lanes?.map(({ id }) => id)).toEqual(['m2', 'm3'])
    const added = takeScan('m4', { firstId: 'm1', lanes: filled.lanes!, most: 8, like })
    expect(added.lanes?.at(-1)).toEqual(lane('m4'))
  })
  it('is refused where the module is there already, or no place is left', () => {
    expect(takeScan('m1', { firstId: 'm1', lanes: [], most: 8, like }).refused).toMatch(/lane A/)
    expect(takeScan('m3', { firstId: 'm1', lanes: [lane('m2')], most: 2, like }).refused).toMatch(/no place/)
  })
})

it('gives each lane a channel of its own, in order, over several instruments', () => {
  const channels: Record<string, string[]> = { hv1: ['leakage.0', 'leakage.1'], meter: ['current'] }
  const serving = servingOf({ role: 'LeakageMeter' }, ['hv1', 'meter', 'hv2#leakage.3'], (id) => channels[id] ?? [])
  expect(serving.map(({ instrumentId, channel }) => `${instrumentId} ${channel}`)).toEqual([
    'hv1 leakage.0',
    'hv1 leakage.1',
    'meter current',
    'hv2 leakage.3',
  ])
})
