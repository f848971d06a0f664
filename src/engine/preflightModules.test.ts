import { describe, expect, it } from 'vitest'
import type { Run } from '../contract/run.ts'
import type { StartRequest } from '../contract/startRequest.ts'
import { checkModules } from './preflightModules.ts'

const module = (id: string) => ({ id, maker: '', model: '' })
const running = (more: object): Run =>
  ({ id: 'R-7', protocolId: 'PVTP-017', status: 'running', module: module('M-1'), ...more }) as Run
const request = (...ids: string[]): StartRequest =>
  ({
    module: module(ids[0]!),
    ...(ids.length > 1 ? { lanes: ids.map((id) => ({ module: module(id), parameters: {} })) } : {}),
  }) as StartRequest

describe('modules at hand', () => {
  it('are those in no other test', () => {
    expect(checkModules(request('M-2', 'M-3'), [running({})])).toMatchObject({
      state: 'ok',
      detail: 'M-2, M-3: in no other test',
    })
  })

  it('names the test that has one', () => {
    expect(checkModules(request('M-2', 'M-1'), [running({ status: 'interrupted' })])).toMatchObject({
      state: 'warning',
      detail: 'M-1 is in the run of PVTP-017 on M-1 (interrupted)',
      todo: expect.stringContaining('take it out of the other test') as string,
    })
  })

  it('takes one for at hand that was taken out of a test of several, and only that', () => {
    const lanes = [
      { id: 'A', module: module('M-1'), state: 'removed' },
      { id: 'B', module: module('M-2'), state: 'in' },
    ]
    expect(checkModules(request('M-1'), [running({ lanes })]).state).toBe('ok')
    expect(checkModules(request('M-2'), [running({ lanes })]).state).toBe('warning')
  })
})
