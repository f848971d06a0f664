import { describe, expect, it } from 'vitest'
import type { ProtocolRecord } from '../contract/approval.ts'
import { approvalOf } from './approvals.ts'
import { makerApprovals } from './makerApprovals.ts'

const lab = { id: 'PVTP-054', version: '1.0.0', state: 'draft' } as const
const shipped = { id: 'PVTP-001', version: '1.0.0', state: 'approved' } as const
const shippedHash = makerApprovals['PVTP-001 1.0.0']!

/** Acts in their order, each on a content: `approve aa`. */
const acts = (...texts: string[]): ProtocolRecord[] =>
  texts.map((text, i): ProtocolRecord => {
    const [action, sha256 = '', version = '1.0.0', protocolId = lab.id] = text.split(' ')
    return {
      ...{ seq: i + 1, protocolId, version, sha256, action: action as ProtocolRecord['action'] },
      ...{ name: 'N', role: 'r', comment: '', utcMs: i },
    }
  })
const stateOf = (sha256: string, ...texts: string[]): string => {
  const { state, submitted } = approvalOf(lab, sha256, acts(...texts))
  return `${state}${submitted ? `, submitted ${submitted.seq}` : ''}`
}

describe('what the records make of a content', () => {
  it.each([
    ['draft', 'aa', []],
    ['draft, submitted 1', 'aa', ['submit aa']],
    ['draft', 'bb', ['submit aa']],
    ['draft', 'aa', ['submit aa', 'decline aa']],
    ['draft, submitted 3', 'aa', ['submit aa', 'decline aa', 'submit aa']],
    ['approved, submitted 1', 'aa', ['submit aa', 'approve aa']],
    ['changed', 'bb', ['submit aa', 'approve aa']],
    ['changed, submitted 3', 'bb', ['submit aa', 'approve aa', 'submit bb']],
    // Back to what was approved before: the newer approval took its place.
    ['changed, submitted 1', 'aa', ['submit aa', 'approve aa', 'submit bb', 'approve bb']],
    ['retired', 'aa', ['submit aa', 'approve aa', 'retire aa']],
    ['retired', 'bb', ['submit aa', 'approve aa', 'retire aa']],
    ['retired, submitted 4', 'aa', ['submit aa', 'approve aa', 'retire aa', 'submit aa']],
    ['approved, submitted 4', 'aa', ['submit aa', 'approve aa', 'retire aa', 'submit aa', 'approve aa']],
    ['draft', 'aa', ['submit aa 2.0.0', 'approve aa 2.0.0']],
    ['draft', 'aa', ['submit aa 1.0.0 PVTP-053', 'approve aa 1.0.0 PVTP-053']],
  ])('%s: %s after %j', (expected, sha256, texts) => expect(stateOf(sha256, ...texts)).toBe(expected))

  it('takes a file’s own word only where it says less', () => {
    expect(approvalOf({ ...lab, state: 'approved' }, 'aa', []).state).toBe('draft')
    expect(approvalOf({ ...lab, state: 'retired' }, 'aa', []).state).toBe('retired')
  })

  it('counts the maker’s approval for the very content that was shipped, until somebody here decides', () => {
    expect(approvalOf(shipped, shippedHash, []).state).toBe('shipped')
    expect(approvalOf(shipped, 'aa', []).state).toBe('changed')
    expect(approvalOf(shipped, shippedHash, acts(`retire ${shippedHash} 1.0.0 PVTP-001`)).state).toBe('retired')
  })
})
