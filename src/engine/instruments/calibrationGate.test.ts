import { describe, expect, it } from 'vitest'
import { calibrationPolicySchema, type CalibrationRecord } from '../../contract/calibration.ts'
import { certificateInForce, judgeCalibration } from './calibrationGate.ts'

const utcMs = Date.UTC(2026, 5, 1, 9)
const day = 86_400_000
let version = 0
const record = (more: Partial<CalibrationRecord> = {}): CalibrationRecord => ({
  version: ++version,
  kind: 'certificate',
  certificate: 'K-1',
  by: 'Lab',
  date: '2026-01-10',
  dueDate: '2027-01-10',
  result: 'pass',
  note: '',
  documentSha256: null,
  addedUtcMs: 0,
  who: 'Ann',
  ...more,
})

const policy = calibrationPolicySchema.parse({})
const judge = (records: CalibrationRecord[], more: { plannedMs?: number; overrideReason?: string } = {}) =>
  judgeCalibration(
    records,
    { utcMs, plannedMs: more.plannedMs ?? null },
    { policy, overrideReason: more.overrideReason },
  )

describe('the calibration of an instrument', () => {
  it('is in order until the end of its due date', () => {
    expect(judge([record()])).toEqual({
      ...{ state: 'ok', detail: 'K-1, due 2027-01-10', todo: null, found: null },
    })
    expect(judge([record({ dueDate: '2026-06-01' })]).state).toBe('ok')
    expect(judge([record({ dueDate: '2026-05-31' })])).toMatchObject({
      state: 'problem',
      detail: 'expired on 2026-05-31',
    })
  })

  it('that is missing is a warning, or stands in the way where the policy says so', () => {
    expect(judge([])).toMatchObject({ state: 'warning', detail: 'none is recorded' })
    const strict = { policy: { ...policy, missing: 'block' as const } }
    expect(judgeCalibration([], { utcMs, plannedMs: null }, strict).state).toBe('problem')
  })

  it('that ends within the run says on which day', () => {
    const found = judge([record({ dueDate: '2026-06-18' })], { plannedMs: 42 * day })
    expect(found).toMatchObject({ state: 'warning', detail: 'expires on day 18 of 42 (2026-06-18)' })
    expect(judge([record({ dueDate: '2026-06-19' })], { plannedMs: 42 * day }).detail).toContain('day 19 of 42')
    expect(judge([record({ dueDate: '2026-07-14' })], { plannedMs: 42 * day }).state).toBe('ok')
  })

  it('is the newest one’s; the older ones stay', () => {
    const old = record({ dueDate: '2026-05-01' })
    expect(judge([old, record({ certificate: 'K-2' })]).detail).toContain('K-2')
    expect(judge([record({ certificate: 'K-2' }), record({ dueDate: '2026-05-01' })]).state).toBe('problem')
  })

  it('is void after a failed check, until it was calibrated again', () => {
    const first = record()
    const failed = record({ kind: 'check', certificate: 'C-1', date: '2026-03-01', result: 'fail' })
    expect(judge([first, failed])).toMatchObject({ state: 'problem', detail: 'it failed on 2026-03-01 (C-1)' })
    const again = record({ date: '2026-04-01', certificate: 'K-3' })
    expect(judge([first, failed, again]).state).toBe('ok')
    const late = record({ kind: 'check', dueDate: '2026-05-01', date: '2026-04-15' })
    expect(judge([first, late]).detail).toBe('its in-service check expired on 2026-05-01')
  })

  it('that stands in the way can be passed over with a reason, which is said', () => {
    const expired = [record({ dueDate: '2026-05-01' })]
    expect(judge(expired, { overrideReason: '   ' }).state).toBe('problem')
    expect(judge(expired, { overrideReason: 'certificate is in the post' })).toEqual({
      state: 'warning',
      detail: 'expired on 2026-05-01; used all the same: certificate is in the post',
      todo: null,
      found: { faults: ['expired on 2026-05-01'], reason: 'certificate is in the post', mayOverride: true },
    })
  })

  it('that nobody may pass over is refused with the best of reasons', () => {
    const rules = { policy: { ...policy, failedCheck: 'forbid' as const }, overrideReason: 'the customer waits' }
    const failed = record({ kind: 'check', certificate: 'C-1', date: '2026-03-01', result: 'fail' })
    const found = judgeCalibration([record(), failed], { utcMs, plannedMs: null }, rules)
    expect(found).toMatchObject({ state: 'problem', found: { reason: null, mayOverride: false } })
    expect(found.detail).not.toContain('the customer waits')
    expect(found.todo).toContain('take no reason')
  })

  it('tells what is wrong with the register, not that it is empty', () => {
    expect(judge([]).found).toEqual({ faults: [], reason: null, mayOverride: true })
  })

  it('in force is the newest certificate that passed', () => {
    expect(certificateInForce([])).toBeNull()
    const records = [
      record({ certificate: 'A' }),
      record({ certificate: 'B', result: 'fail' }),
      record({ kind: 'check' }),
    ]
    expect(certificateInForce(records)).toEqual({ certificate: 'A', by: 'Lab', dueDate: '2027-01-10' })
  })
})
