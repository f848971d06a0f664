import { expect, it } from 'vitest'
import type { Run } from '../../contract/run.ts'
import { filterRuns } from './runFilter.ts'

const module = (id: string) => ({ id, maker: 'Acme', model: 'X' })
const run = (id: string, modules: readonly string[], verdict: Run['verdict'] = null): Run =>
  ({
    ...{ id, protocolId: 'PVTP-017', protocolTitle: 'Damp heat', operator: 'Ada', verdict },
    ...{ module: module(modules[0]!), lanes: modules.map((each) => ({ id: each, module: module(each) })) },
  }) as unknown as Run
const runs = [run('1', ['M-1', 'M-2']), run('2', ['M-3'], 'pass')]
const found = (query: string, verdict: 'all' | 'none' | 'pass' = 'all') =>
  filterRuns(runs, { query, verdict }).map(({ id }) => id)

it('finds a run by any of its modules', () => {
  expect(found('M-2')).toEqual(['1'])
  expect(found('m-3 damp')).toEqual(['2'])
  expect(found('M-9')).toEqual([])
})

it('finds runs by their verdict, and those without one', () => {
  expect(found('', 'pass')).toEqual(['2'])
  expect(found('', 'none')).toEqual(['1'])
})
