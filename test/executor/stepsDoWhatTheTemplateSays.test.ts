import { describe, expect, it } from 'vitest'
import { openPrompt, openVirtualStation } from '../support/virtualStation.ts'
import { confirmStep, safeStep, tinyTemplate } from '../support/tinyTemplate.ts'

const answering = () => ({ value: 'confirmed', who: 'Test operator' })
const flag = (equals: boolean) => ({ when: { value: { param: 'flag' }, equals } })

describe('a step with a condition', () => {
  const template = tinyTemplate({
    steps: [confirmStep('always'), confirmStep('flagged', flag(true)), confirmStep('unflagged', flag(false))],
  })
  it.each([
    [true, ['always', 'flagged']],
    [false, ['always', 'unflagged']],
  ])('is gone through or left out: flag %s', async (value, paths) => {
    const { run, station, start, journal } = await openVirtualStation({
      templates: [template],
      automaticAnswer: answering,
    })
    const ended = await run(start({ flag: value }).then(({ id }) => station.whenEnded(id)))
    expect(ended).toMatchObject({ status: 'completed', verdict: 'pass' })
    expect(journal(ended.id)).toEqual(paths.map((path) => ({ path, outcome: 'done' })))
  })
})

describe('a repetition', () => {
  const repeating = (times: unknown) =>
    tinyTemplate({
      steps: [{ id: 'again', kind: 'repeat', title: 'Again', times, steps: [confirmStep('inner')] }, safeStep('end')],
    })
  const open = (times: unknown) => openVirtualStation({ templates: [repeating(times)], automaticAnswer: answering })

  it('goes through its steps as often as it says', async () => {
    const { run, station, start, journal } = await open({ param: 'count' })
    const ended = await run(start({ count: 3 }).then(({ id }) => station.whenEnded(id)))
    expect(journal(ended.id).map(({ path }) => path)).toEqual([
      'again',
      ...[1, 2, 3].map((n) => `again[${n}]/inner`),
      'end',
    ])
  })

  it.each([0, -1, 2.5])('of %s times is refused before anything is done', async (count) => {
    const { run, station, start } = await open({ expr: 'param.level' })
    await run(expect(start({ level: count })).rejects.toThrow(/steps\.0\.times: /))
    expect((await station.snapshot()).runs).toEqual([])
  })

  it('of a number that isn’t there ends the run, and leaves none running', async () => {
    const { run, station, start } = await open({ param: 'nothing' })
    const ended = await run(
      start().then(
        ({ id }) => station.whenEnded(id),
        () => null,
      ),
    )
    expect(ended?.verdict ?? null).toBeNull()
    const { runs } = await station.snapshot()
    expect(runs.map(({ status }) => status)).not.toContain('running')
    expect(station.instruments.states().every(({ lockedBy }) => lockedBy === null)).toBe(true)
  })
})

describe('a question', () => {
  it('for a number refuses anything else, and goes on waiting', async () => {
    const template = tinyTemplate({ steps: [confirmStep('torque', { answer: 'number' })] })
    const { run, station, start, db } = await openVirtualStation({ templates: [template] })
    const work = async () => {
      const { id: runId } = await start()
      const prompt = await openPrompt(station, runId)
      const answer = (value: string) => station.answer({ runId, promptId: prompt.id, value, who: 'Test operator' })
      for (const value of ['tight', '', ' ', 'NaN', 'Infinity', '1,5', '1 2'])
        expect(() => answer(value), `“${value}”`).toThrow(/not a number/)
      expect((await openPrompt(station, runId)).id).toBe(prompt.id)
      answer('1.5')
      return station.whenEnded(runId)
    }
    const ended = await run(work())
    expect(ended.status).toBe('completed')
    const rows = db.prepare(`SELECT actor, detail FROM audit WHERE action = 'prompt.answer'`).all()
    expect(rows).toEqual([{ actor: 'Test operator', detail: expect.stringContaining('"1.5"') as unknown }])
  })

  it('can be answered once, and only while it is open', async () => {
    const template = tinyTemplate({ steps: [confirmStep('first'), confirmStep('second')] })
    const { run, station, start } = await openVirtualStation({ templates: [template] })
    const work = async () => {
      const { id: runId } = await start()
      const first = await openPrompt(station, runId)
      const answer = (promptId: string) => station.answer({ runId, promptId, value: '', who: 'Test operator' })
      answer(first.id)
      let second = first
      while (second.id === first.id) second = await openPrompt(station, runId)
      expect(() => answer(first.id)).toThrow(/does not exist/)
      answer(second.id)
      return station.whenEnded(runId)
    }
    expect((await run(work())).status).toBe('completed')
  })
})
