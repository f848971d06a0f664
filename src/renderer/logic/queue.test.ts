import { describe, expect, it } from 'vitest'
import type { QueueEntry } from '../../contract/queue.ts'
import { instrumentsOf, modulesText, placeFor, queuesByInstrument } from './queue.ts'

const entry = (id: string, instruments: string[], state: QueueEntry['state'] = 'waiting'): QueueEntry => ({
  ...{ id, position: 1, state, protocolTitle: '', protocolVersion: '', templateSha256: '', queuedBy: 'O' },
  ...{ queuedUtcMs: 0, sinceUtcMs: 0, unattended: null, reasons: [], runId: null, endedBy: null },
  request: {
    ...{ protocolId: 'PVTP-017', module: { id: `M-${id}`, maker: '', model: '' }, operator: 'O', parameters: {} },
    roles: { some: instruments },
  },
})
const all = [entry('a', ['x']), entry('b', ['y#1', 'y#2']), entry('c', ['x', 'y']), entry('d', ['x'], 'removed')]

describe('the queue of an instrument', () => {
  it('has those that need it, in their order, and none that left', () => {
    expect(queuesByInstrument(all, []).map((each) => [each.id, each.entries.map(({ id }) => id)])).toEqual([
      ['x', ['a', 'c']],
      ['y', ['b', 'c']],
    ])
    expect(instrumentsOf(all[1]!)).toEqual(['y'])
  })
})

describe('one place further', () => {
  const [a, b, c] = all as [QueueEntry, QueueEntry, QueueEntry]
  const place = (id: string, to: 'earlier' | 'later', shown = [a, b, c]) => placeFor(id, { shown, all, to })
  it('is before the one before it, or before the one after the next', () => {
    expect([place('b', 'earlier'), place('a', 'later'), place('b', 'later')]).toEqual(['a', 'c', null])
  })
  it('goes over those that are not shown', () => {
    expect([place('c', 'earlier', [a, c]), place('a', 'later', [a, c])]).toEqual(['a', null])
    expect(place('a', 'later', [a, b])).toBe('c')
  })
  it('there is none at either end', () => {
    expect([place('a', 'earlier'), place('c', 'later')]).toEqual([undefined, undefined])
  })
})

it('names all modules of a run of several', () => {
  const lanes = ['A', 'B'].map((id) => ({ module: { id, maker: '', model: '' }, parameters: {} }))
  expect(modulesText({ request: { ...all[0]!.request, lanes } })).toBe('A, B')
  expect(modulesText(all[0]!)).toBe('M-a')
})
