import { describe, expect, it } from 'vitest'
import { describeApproval, isPending, isSameName, type Approval, type ProtocolRecord } from './approval.ts'

const record = (change: Partial<ProtocolRecord>): ProtocolRecord => ({
  ...{ seq: 1, protocolId: 'PVTP-017', version: '1.0.0', sha256: 'aa', action: 'submit' },
  ...{ name: 'A. Author', role: 'engineer', comment: '', utcMs: Date.UTC(2026, 5, 1) },
  ...change,
})
const draft: Approval = { state: 'draft', sha256: 'aa', decided: null, submitted: null }

describe('two typed names', () => {
  it.each([
    ['A. Meyer', 'a meyer'],
    ['A. Meyer', ' A.Meyer '],
    ['Ａ. Meyer', 'A. Meyer'],
    ['Jörg Öz', 'jörg  öz'],
    ['Ann Meyer', 'Meyer, Ann'],
  ])('%s and %s are one person’s', (a, b) => expect(isSameName(a, b)).toBe(true))

  it.each([
    ['A. Meyer', 'B. Meyer'],
    ['Ана', 'Ане'],
  ])('%s and %s are not', (a, b) => expect(isSameName(a, b)).toBe(false))
})

describe('a submission', () => {
  const submitted = record({ seq: 3 })
  it('waits for a second person until a newer decision', () => {
    expect(isPending({ ...draft, submitted })).toBe(true)
    expect(isPending({ ...draft, state: 'retired', submitted, decided: record({ seq: 2, action: 'retire' }) })).toBe(
      true,
    )
    expect(isPending({ ...draft, state: 'retired', submitted, decided: record({ seq: 4, action: 'retire' }) })).toBe(
      false,
    )
    expect(isPending({ ...draft, state: 'approved', submitted, decided: record({ seq: 4, action: 'approve' }) })).toBe(
      false,
    )
    expect(isPending(draft)).toBe(false)
  })
})

describe('the sentence that is shown and printed', () => {
  const decided = record({ seq: 2, action: 'approve', name: 'B. Boss', role: 'head of laboratory' })
  it('names who approved, who wrote it, and that names are only typed', () => {
    expect(describeApproval({ ...draft, state: 'approved', decided, submitted: record({}) })).toBe(
      'approved by B. Boss (head of laboratory, name as typed) on 2026-06-01; written by A. Author',
    )
  })
  it('never calls anything approved that isn’t by somebody of the laboratory', () => {
    expect(describeApproval(draft)).toBe('a draft: approved by nobody')
    expect(describeApproval({ ...draft, state: 'shipped' })).toContain('nobody at this laboratory')
    expect(describeApproval({ ...draft, state: 'changed', decided })).toContain('this content is approved by nobody')
    expect(describeApproval({ ...draft, state: 'changed' })).toContain('this content is approved by nobody')
  })
  it('gives the reason of a retirement', () => {
    const retired = record({ action: 'retire', comment: 'replaced by 1.1.0' })
    expect(describeApproval({ ...draft, state: 'retired', decided: retired })).toContain('replaced by 1.1.0')
  })
})
