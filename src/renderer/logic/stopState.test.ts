import { describe, expect, it } from 'vitest'
import type { Run, RunStatus, SafeStop } from '../../contract/run.ts'
import { stopPhaseOf, worstPhase } from './stopState.ts'

const run = (status: RunStatus): Run => ({
  ...{ id: 'r', protocolId: 'PVTP-001', protocolVersion: '1.0.0', protocolTitle: '', templateSha256: '' },
  ...{ module: { id: 'm', maker: '', model: '' }, operator: 'o', provenance: 'live', virtualTime: false },
  ...{ parameters: {}, instruments: [], startedUtcMs: 0, endedUtcMs: null, verdict: null, verdictReasons: [] },
  ...{ problem: null, softwareVersion: '', signature: null },
  status,
})
const stops = (...states: SafeStop['state'][]): SafeStop[] =>
  states.map((state, i) => ({ instrument: `i${i}`, state, evidence: [], detail: null }))
const phase = (status: RunStatus, asked: boolean, ...states: SafeStop['state'][]) =>
  stopPhaseOf({ run: run(status), safeStops: stops(...states) }, asked)

describe('stopPhaseOf', () => {
  it('is confirmed only when every output was read back', () => {
    expect(phase('stopping', true, 'confirmed', 'sent')).toBe('sent')
    expect(phase('stopping', true, 'confirmed', 'requested')).toBe('requested')
    expect(phase('stopped', true, 'confirmed', 'confirmed')).toBe('confirmed')
  })
  it('does not take the read-back of an earlier step for that of the stop', () => {
    expect(phase('running', true, 'confirmed')).toBe('requested')
    expect(phase('running', false, 'confirmed')).toBe('ready')
  })
  it('says when an output was not confirmed, whatever else', () => {
    expect(phase('stopped', false, 'confirmed', 'notConfirmed')).toBe('notConfirmed')
  })
  it('does not call a stop without any read-back confirmed', () => {
    expect(phase('stopped', true)).toBe('ended')
    expect(phase('stopped', false)).toBe('idle')
    expect(phase('stopping', true)).toBe('requested')
  })
})

it('shows of several runs the one that needs a person most', () => {
  expect(worstPhase(['confirmed', 'notConfirmed', 'ready'])).toBe('notConfirmed')
  expect(worstPhase(['confirmed', 'ready'])).toBe('ready')
  expect(worstPhase([])).toBe('idle')
})
