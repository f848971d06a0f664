import { expect, it } from 'vitest'
import { moduleIdsOf } from './runModules.ts'

const laneOf = (id: string, state: string) => ({ module: { id }, state })
const run = { module: { id: 'A' }, lanes: [laneOf('A', 'removed'), laneOf('B', 'in'), laneOf('C', 'stopped')] }

it('names every module that was in a run, or only those that are still in it', () => {
  expect(moduleIdsOf(run)).toEqual(['A', 'B', 'C'])
  expect(moduleIdsOf(run, { stillIn: true })).toEqual(['B', 'C'])
})

it('names the one module of a run without lanes, and those of a request', () => {
  expect(moduleIdsOf({ module: { id: 'A' } }, { stillIn: true })).toEqual(['A'])
  expect(moduleIdsOf({ module: { id: '' }, lanes: [{ module: { id: 'A' } }] }, { stillIn: true })).toEqual(['A'])
})
