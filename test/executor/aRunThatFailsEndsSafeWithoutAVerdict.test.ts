import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import type { Run } from '../../src/contract/run.ts'
import { defineStepKind } from '../../src/engine/executor/stepKind.ts'
import { stepBaseShape } from '../../src/contract/template.ts'
import { openPrompt, openVirtualStation, type VirtualStation } from '../support/virtualStation.ts'
import { confirmStep, hopelessStep, safeStep, tinyTemplate } from '../support/tinyTemplate.ts'

/** A step kind with a fault of the program in it. */
const explode = defineStepKind({
  kind: 'explode',
  schema: () => z.strictObject({ ...stepBaseShape, kind: z.literal('explode') }),
  run: () => Promise.reject(new TypeError('a fault of the program')),
})
const exploding = (id: string) => ({ id, kind: 'explode', title: `Step ${id}` })

const lastStop = ({ events }: VirtualStation) => {
  const live = events.filter((event) => event.type === 'live').at(-1)
  return live?.type === 'live' ? live.live.safeStops.map(({ state }) => state) : []
}

async function expectNoVerdict({ station, db }: VirtualStation, ended: Run): Promise<void> {
  expect(ended).toMatchObject({ verdict: null, verdictReasons: [] })
  const detail = await station.detail(ended.id)
  expect(detail).toMatchObject({ criteria: [], files: [], live: null })
  expect(detail.run).toEqual(ended)
  expect(db.prepare('SELECT count(*) FROM runs WHERE status IN (?, ?)').pluck().get('running', 'stopping')).toBe(0)
  expect(station.instruments.states().every(({ lockedBy }) => lockedBy === null)).toBe(true)
}

it('a condition that isn’t reached in time: says which and why', async () => {
  const lab = await openVirtualStation({ templates: [tinyTemplate({ steps: [hopelessStep('light')] })] })
  const ended = await lab.run(lab.start().then(({ id }) => lab.station.whenEnded(id)))
  expect(ended).toMatchObject({ status: 'aborted', problem: { code: 'run.stepTimeout' } })
  expect(ended.problem?.happened).toMatch(/Step light .* 30 s: (9|10)\d\d\.\d\d is below 1400/)
  expect(lastStop(lab)).toEqual(['confirmed'])
  expect(ended.endedUtcMs! - ended.startedUtcMs).toBeGreaterThanOrEqual(30_000)
  await expectNoVerdict(lab, ended)
  // What was measured until then is kept.
  expect(lab.db.prepare('SELECT sum(samples) FROM chunks').pluck().get()).toBeGreaterThan(30)
})

it('a sensor that goes silent in a condition: says which', async () => {
  const lab = await openVirtualStation({
    templates: [tinyTemplate({ steps: [confirmStep('ready'), hopelessStep('light')] })],
  })
  const work = async () => {
    const { id: runId } = await lab.start()
    const prompt = await openPrompt(lab.station, runId)
    lab.setFault('imt-si-rs485', 'no-answer')
    lab.station.answer({ runId, promptId: prompt.id, value: '', who: 'Test operator' })
    return lab.station.whenEnded(runId)
  }
  const ended = await lab.run(work())
  expect(ended).toMatchObject({ status: 'aborted', problem: { code: 'device.timeout' } })
  expect(ended.problem?.happened).toContain('Reference cell 1')
  expect(lastStop(lab)).toEqual(['confirmed'])
  await expectNoVerdict(lab, ended)
})

it('a fault of the program in a step, though every criterion would pass', async () => {
  const lab = await openVirtualStation({
    templates: [tinyTemplate({ steps: [safeStep('first'), exploding('middle'), safeStep('last')] })],
    kinds: [explode],
  })
  const ended = await lab.run(lab.start().then(({ id }) => lab.station.whenEnded(id)))
  expect(ended).toMatchObject({ status: 'aborted', problem: { code: 'run.stepFailed' } })
  expect(ended.problem?.happened).toContain('a fault of the program')
  expect(lab.journal(ended.id)).toEqual([
    { path: 'first', outcome: 'done' },
    { path: 'middle', outcome: 'failed' },
  ])
  expect(lastStop(lab)).toEqual(['confirmed'])
  await expectNoVerdict(lab, ended)
})

describe('a safe state that isn’t proved overrules a pass', () => {
  it.each([
    ['the output’s state isn’t read back', 'no-answer', 'OUTP?'],
    ['nothing answers at all', 'no-answer', ''],
    ['the read-back is cut in half', 'partial', 'OUTP?'],
  ])('%s', async (_what, fault, faultOn) => {
    const lab = await openVirtualStation({ templates: [tinyTemplate({ steps: [confirmStep('last')] })] })
    const work = async () => {
      const { id: runId } = await lab.start()
      const prompt = await openPrompt(lab.station, runId)
      lab.setFault('keithley-2460', fault, faultOn)
      lab.station.answer({ runId, promptId: prompt.id, value: '', who: 'Test operator' })
      return lab.station.whenEnded(runId)
    }
    const ended = await lab.run(work())
    expect(lab.journal(ended.id)).toEqual([{ path: 'last', outcome: 'done' }])
    expect(ended).toMatchObject({ status: 'aborted', problem: { code: 'device.notSafe' } })
    expect(ended.problem?.happened).toContain('I-V tracer')
    expect(lastStop(lab)).toEqual(['notConfirmed'])
    await expectNoVerdict(lab, ended)
  })

  it('and without the fault it is a pass', async () => {
    const lab = await openVirtualStation({ templates: [tinyTemplate({ steps: [safeStep('last')] })] })
    const ended = await lab.run(lab.start().then(({ id }) => lab.station.whenEnded(id)))
    expect(ended).toMatchObject({ status: 'completed', verdict: 'pass', problem: null })
  })
})

describe('the tear-down of a group', () => {
  const bad = (id: string) => ({
    id,
    kind: 'repeat',
    title: `Step ${id}`,
    times: { param: 'nothing' },
    steps: [confirmStep(`in-${id}`)],
  })
  const group = (main: object, teardown: readonly object[], more: object = {}) =>
    tinyTemplate({ steps: [{ id: 'group', kind: 'group', title: 'Group', main: [main], teardown, ...more }] })

  it('runs after a failure, each part of it even when another fails, and the first failure is the one that is told', async () => {
    const lab = await openVirtualStation({
      templates: [group(hopelessStep('main'), [bad('one'), exploding('two'), safeStep('three')])],
      kinds: [explode],
    })
    const ended = await lab.run(lab.start().then(({ id }) => lab.station.whenEnded(id)))
    expect(lab.journal(ended.id)).toEqual([
      { path: 'group', outcome: 'failed' },
      { path: 'group/main', outcome: 'failed' },
      { path: 'group/one', outcome: 'failed' },
      { path: 'group/two', outcome: 'failed' },
      { path: 'group/three', outcome: 'done' },
    ])
    expect(ended.problem?.code).toBe('run.stepTimeout')
    await expectNoVerdict(lab, ended)
  })

  it('runs after a stop', async () => {
    const lab = await openVirtualStation({
      templates: [group(confirmStep('main'), [bad('one'), safeStep('two')])],
    })
    const work = async () => {
      const { id: runId } = await lab.start()
      await openPrompt(lab.station, runId)
      lab.station.stopRun(runId, 'Test operator')
      return lab.station.whenEnded(runId)
    }
    const ended = await lab.run(work())
    expect(lab.journal(ended.id)).toEqual([
      { path: 'group', outcome: 'failed' },
      { path: 'group/main', outcome: 'failed' },
      { path: 'group/one', outcome: 'failed' },
      { path: 'group/two', outcome: 'done' },
    ])
    expect(ended).toMatchObject({ status: 'stopped', problem: { code: 'run.stopped' } })
    await expectNoVerdict(lab, ended)
  })

  it('that fails after a good main leaves no verdict either', async () => {
    const lab = await openVirtualStation({ templates: [group(safeStep('main'), [bad('one')])] })
    const ended = await lab.run(lab.start().then(({ id }) => lab.station.whenEnded(id)))
    expect(ended).toMatchObject({ status: 'aborted', problem: { code: 'protocol.badParameter' } })
    await expectNoVerdict(lab, ended)
  })

  it('that waits for ever is ended by its deadline', async () => {
    const lab = await openVirtualStation({
      templates: [group(safeStep('main'), [confirmStep('one'), safeStep('two')], { teardownDeadlineS: 60 })],
    })
    const ended = await lab.run(lab.start().then(({ id }) => lab.station.whenEnded(id)))
    expect(ended).toMatchObject({ status: 'aborted', verdict: null })
    expect(ended.problem?.happened).toContain('deadline')
    expect(lastStop(lab)).toEqual(['confirmed'])
  })
})
