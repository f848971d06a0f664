import { describe, expect, it } from 'vitest'
import type { Run, RunLive } from '../../contract/run.ts'
import { applyDetail, applyEvent, applySnapshot, emptyStation, type StationState } from './stationState.ts'

const run = (id: string, startedUtcMs: number, status: Run['status'] = 'running'): Run => ({
  ...{ id, protocolId: 'PVTP-001', protocolVersion: '1.0.0', protocolTitle: '', templateSha256: '' },
  ...{ module: { id: 'm', maker: '', model: '' }, operator: 'o', provenance: 'live', virtualTime: false },
  ...{ parameters: {}, instruments: [], endedUtcMs: null, verdict: null, verdictReasons: [] },
  ...{ problem: null, softwareVersion: '', signature: null },
  startedUtcMs,
  status,
})
const live = (runId: string, stepId: string): RunLive => ({
  ...{ runId, stepId, stepTitle: stepId, fraction: 0.5, prompt: null, safeStops: [] },
})
const log = (runId: string, seq: number) => ({
  ...{ seq, runId, utcMs: seq, level: 'info' as const, kind: 'k', text: `line ${seq}` },
})
const points = (offset: number, voltageV: number[]) => ({
  ...{ runId: 'a', sweepIndex: 0, direction: 'forward' as const, offset, voltageV, currentA: voltageV },
})
const snapshot = (runs: Run[], lives: RunLive[] = []) => ({
  ...{ info: null as never, protocols: [], instruments: [], runs, live: lives, queue: [] },
})
const started = applyEvent(emptyStation, { type: 'run', run: run('a', 1) }, 0)

describe('events', () => {
  it('keep runs newest first and replace a run by its later self', () => {
    const two = applyEvent(started, { type: 'run', run: run('b', 2) }, 0)
    const ended = applyEvent(two, { type: 'run', run: run('a', 1, 'completed') }, 0)
    expect(ended.runs.map((one) => [one.id, one.status])).toEqual([
      ['b', 'running'],
      ['a', 'completed'],
    ])
  })
  it('change nothing when they come twice', () => {
    const once = applyEvent(started, { type: 'log', event: log('a', 1) }, 0)
    const twice = applyEvent(once, { type: 'log', event: log('a', 1) }, 0)
    expect(twice.traces.a?.log).toEqual([log('a', 1)])
  })
  it('note points that never came, so that the run is fetched again', () => {
    expect(started.traces.a?.incomplete).toBe(false)
    const gap = applyEvent(started, { type: 'sweepPoints', points: points(7, [1]) }, 0)
    expect(gap.traces.a?.incomplete).toBe(true)
  })
  it('keep the time at which a reading was heard', () => {
    const reading = { channel: 'irradiance', value: 998, unit: 'W/m²' }
    const event = { ...{ type: 'reading' as const, runId: 'a', instrument: 'cell', readings: [reading], utcMs: 9 } }
    const next = applyEvent(started, event, 1234)
    expect(next.traces.a?.readings.cell).toEqual({ readings: [reading], utcMs: 9, receivedMs: 1234, everyMs: null })
    const later = applyEvent(next, { ...event, utcMs: 10 }, 2234)
    expect(later.traces.a?.readings.cell?.everyMs).toBe(1000)
    expect(later.traces.a?.recent.map(({ utcMs }) => utcMs)).toEqual([9, 10])
  })
  it('remember which steps were current', () => {
    const first = applyEvent(started, { type: 'live', live: live('a', 'mount') }, 0)
    const second = applyEvent(first, { type: 'live', live: live('a', 'light') }, 0)
    expect(second.traces.a?.seenSteps).toEqual(['mount', 'light'])
  })
})

describe('a snapshot', () => {
  const seen = applyEvent(started, { type: 'sweepPoints', points: points(0, [1, 2]) }, 0)
  it('marks what was seen before the loss as incomplete and forgets runs that are gone', () => {
    const next = applySnapshot(seen, snapshot([run('a', 1)], [live('a', 'light')]))
    expect(next.traces.a).toMatchObject({ incomplete: true, live: { stepId: 'light' } })
    expect(applySnapshot(seen, snapshot([])).traces).toEqual({})
  })
  it('is completed by the detail of the run', () => {
    const lost: StationState = applySnapshot(seen, snapshot([run('a', 1)]))
    const detail = {
      ...{ run: run('a', 1), live: null, sweeps: [], results: [], criteria: [], events: [log('a', 1)], files: [] },
    }
    const next = applyDetail(lost, detail)
    expect(next.traces.a).toMatchObject({ incomplete: false, log: [log('a', 1)] })
    expect(next.traces.a?.sweeps[0]?.voltageV).toEqual([1, 2])
  })
})
