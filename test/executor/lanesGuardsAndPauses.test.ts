import { describe, expect, it } from 'vitest'
import type { RunEvent } from '../../src/contract/run.ts'
import { soakTemplate, warmBand } from '../support/soakTemplate.ts'
import { confirmStep } from '../support/tinyTemplate.ts'
import { openVirtualStation, type VirtualStation } from '../support/virtualStation.ts'

const confirm = () => ({ value: 'confirmed', who: 'Test operator' })
const minuteMs = 60_000
const lanes = { lanes: { minimum: 1, maximum: 4, title: 'Module' } }
const forEach = (id: string, order: string, steps: readonly object[]) => ({
  id,
  kind: 'lanes',
  title: id,
  order,
  steps,
})

const textsOf = async (lab: VirtualStation, runId: string, kind: string): Promise<string[]> =>
  (await lab.station.detail(runId)).events.filter((event: RunEvent) => event.kind === kind).map(({ text }) => text)

describe('several modules in one run', () => {
  const template = soakTemplate({
    ...lanes,
    before: [forEach('before', 'oneByOne', [confirmStep('mount')])],
    after: [forEach('after', 'oneByOne', [confirmStep('look')])],
  })
  const open = () =>
    openVirtualStation({ templates: [template], automaticAnswer: confirm, modules: ['M-1', 'M-2', 'M-3'] })

  it('each goes through its own steps, and each has its verdict; the run has the worst', async () => {
    const lab = await open()
    const ended = await lab.run(lab.start().then(({ id }) => lab.station.whenEnded(id)))
    expect(ended).toMatchObject({ status: 'completed', verdict: 'pass' })
    expect(ended.lanes?.map(({ id, module, state, verdict }) => [id, module.id, state, verdict])).toEqual([
      ['A', 'M-1', 'done', 'pass'],
      ['B', 'M-2', 'done', 'pass'],
      ['C', 'M-3', 'done', 'pass'],
    ])
    const paths = lab.journal(ended.id).map(({ path }) => path)
    expect(paths.filter((path) => path.includes('mount'))).toEqual(
      ['A', 'B', 'C'].map((lane) => `before@${lane}/mount`),
    )
    expect(paths.filter((path) => path === 'stress/soak')).toHaveLength(1)
    const { criteria } = await lab.station.detail(ended.id)
    expect(criteria.map(({ lane }) => lane)).toEqual(['A', 'B', 'C'])
  })

  it('one is taken out in the middle: the others go on, and nothing more is done with it', async () => {
    const lab = await open()
    const work = async () => {
      const { id } = await lab.start()
      await lab.clock.sleep(20 * minuteMs)
      await lab.station.removeLane({ runId: id, lane: 'B', who: 'Ada', reason: 'its glass broke' })
      return lab.station.whenEnded(id)
    }
    const ended = await lab.run(work())
    expect(ended.status).toBe('completed')
    expect(ended.lanes?.[1]).toMatchObject({ state: 'removed', reason: 'its glass broke', verdict: 'notMeasured' })
    // A module that wasn't measured is not passed over: the run is not a pass.
    expect(ended.verdict).toBe('notMeasured')
    const looked = lab.journal(ended.id).filter(({ path }) => path.endsWith('look'))
    expect(looked.map(({ path }) => path)).toEqual(['after@A/look', 'after@C/look'])
    expect(await textsOf(lab, ended.id, 'lane')).toEqual(['Lane B removed: its glass broke'])
  })

  it('when the last one leaves, the run ends in its safe state', async () => {
    const lab = await open()
    const work = async () => {
      const { id } = await lab.start()
      await lab.clock.sleep(20 * minuteMs)
      for (const lane of ['A', 'B', 'C'])
        await lab.station.removeLane({ runId: id, lane, who: 'Ada', reason: 'the rack fell' })
      return lab.station.whenEnded(id)
    }
    const ended = await lab.run(work())
    expect(ended).toMatchObject({ status: 'aborted', verdict: null, problem: { code: 'run.noLanes' } })
    expect(lab.journal(ended.id).find(({ path }) => path === 'stress/off')?.outcome).toBe('done')
  })

  it('the same module twice, or more modules than there is room for, is refused before anything is asked', async () => {
    const twice = await openVirtualStation({ templates: [template], modules: ['M-1', 'M-1'] })
    await expect(twice.run(twice.start())).rejects.toThrow(/M-1 is given twice/)
    const many = await openVirtualStation({ templates: [template], modules: ['1', '2', '3', '4', '5'] })
    await expect(many.run(many.start())).rejects.toThrow(/takes 1 to 4/)
  })
})

describe('a guard', () => {
  const guarded = (guard: object) => soakTemplate({ guards: [{ id: 'g', title: 'Watch', ...guard }] })
  const cold = { band: { role: 'chamber', channel: 'temperature', maximum: 45 } }

  it('stops the run in its safe state when the values were outside for long enough', async () => {
    const template = guarded({ ...cold, delayS: 60, action: 'stop' })
    const lab = await openVirtualStation({ templates: [template], automaticAnswer: confirm })
    const ended = await lab.run(lab.start({ warmC: 60 }).then(({ id }) => lab.station.whenEnded(id)))
    expect(ended).toMatchObject({ status: 'aborted', verdict: null, problem: { code: 'run.guard' } })
    expect(ended.problem?.happened).toContain('above 45')
    expect((await textsOf(lab, ended.id, 'safeState')).join()).toContain('Climate chamber: safe state confirmed')
  })

  it('only warns where it says so, once, and says when the values are back', async () => {
    const template = guarded({ band: warmBand, delayS: 30, action: 'warn', during: ['soak'] })
    const lab = await openVirtualStation({ templates: [template], automaticAnswer: confirm })
    const ended = await lab.run(lab.start().then(({ id }) => lab.station.whenEnded(id)))
    expect(ended.verdict).toBe('pass')
    const said = await textsOf(lab, ended.id, 'guard')
    expect(said).toHaveLength(2)
    expect(said[0]).toContain('below 38')
    expect(said[1]).toContain('back where it has to be')
  })

  it('notices that no values come', async () => {
    const template = guarded({
      band: { role: 'chamber', channel: 'temperature', minimum: -100 },
      silenceS: 120,
      action: 'stop',
      during: ['soak'],
    })
    const lab = await openVirtualStation({ templates: [template], automaticAnswer: confirm })
    const work = async () => {
      const { id } = await lab.start()
      await lab.clock.sleep(20 * minuteMs)
      lab.setFault('espec-p300', 'no-answer')
      const silentSinceMs = lab.clock.monotonicMs()
      const first = await new Promise<number>((resolve) => {
        lab.station.onEvent((event) => {
          if (event.type === 'log' && event.event.kind === 'guard') resolve(lab.clock.monotonicMs() - silentSinceMs)
        })
      })
      lab.setFault('espec-p300', '')
      return { afterMs: first, ended: await lab.station.whenEnded(id) }
    }
    const { afterMs, ended } = await lab.run(work())
    expect(afterMs).toBeGreaterThan(60_000)
    expect(afterMs).toBeLessThan(240_000)
    expect(ended.problem?.code).toBe('run.guard')
  })
})

describe('a pause', () => {
  const pausable = soakTemplate({ pause: { text: 'The chamber holds.', energy: 'keep' } })

  it('credits nothing and is late for nothing; afterwards the soak goes on where it was', async () => {
    const lab = await openVirtualStation({ templates: [pausable], automaticAnswer: confirm })
    const work = async () => {
      const { id } = await lab.start()
      await lab.clock.sleep(40 * minuteMs)
      await lab.station.pauseRun(id, 'Ada')
      expect((await lab.station.detail(id)).live?.paused).toBe('paused by Ada')
      await lab.clock.sleep(300 * minuteMs)
      await lab.station.resumeRun(id, 'Ada')
      return lab.station.whenEnded(id)
    }
    const ended = await lab.run(work())
    expect(ended).toMatchObject({ status: 'completed', verdict: 'pass' })
    const lasted = ended.endedUtcMs! - ended.startedUtcMs
    // An hour in the warm, the way there, and five hours of standing still.
    expect(lasted).toBeGreaterThan(360 * minuteMs)
    expect(lasted).toBeLessThan(385 * minuteMs)
  })

  it('is refused where the protocol knows none, and twice', async () => {
    const lab = await openVirtualStation({ templates: [soakTemplate()], automaticAnswer: confirm })
    const work = async () => {
      const { id } = await lab.start()
      await expect(lab.station.pauseRun(id, 'Ada')).rejects.toMatchObject({ code: 'run.illegal' })
      await expect(lab.station.resumeRun(id, 'Ada')).rejects.toMatchObject({ code: 'run.illegal' })
      lab.station.stopRun(id, 'Ada')
      return lab.station.whenEnded(id)
    }
    expect((await lab.run(work())).status).toBe('stopped')
  })
})
