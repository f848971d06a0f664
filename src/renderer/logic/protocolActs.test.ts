import { expect, it } from 'vitest'
import type { Approval, ProtocolRecord } from '../../contract/approval.ts'
import { actsOf } from './protocolActs.ts'

const record = (seq: number, action: ProtocolRecord['action']): ProtocolRecord => ({
  ...{ seq, action, protocolId: 'PVTP-001', version: '1.0.0', sha256: 'aa' },
  ...{ name: 'N', role: 'r', comment: '', utcMs: 0 },
})
const acts = (change: Partial<Approval>) =>
  actsOf({ state: 'draft', sha256: 'aa', decided: null, submitted: null, ...change }).join()

it('offers what the state allows, and an approval only where something was submitted', () => {
  expect(acts({})).toBe('submit,retire')
  expect(acts({ submitted: record(1, 'submit') })).toBe('approve,decline,retire')
  expect(acts({ state: 'approved', submitted: record(1, 'submit'), decided: record(2, 'approve') })).toBe('retire')
  expect(acts({ state: 'retired', decided: record(2, 'retire') })).toBe('submit')
  expect(acts({ state: 'retired', decided: record(2, 'retire'), submitted: record(3, 'submit') })).toBe(
    'approve,decline',
  )
})
