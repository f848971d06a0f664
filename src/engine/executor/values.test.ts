import { describe, expect, it } from 'vitest'
import type { RecordedSweep } from '../../contract/sample.ts'
import { resolveNumber, resolveValue, type ValueSources } from './values.ts'

const sweepOf = (stepId: string, complete = true) => ({ id: stepId, stepId, complete }) as RecordedSweep
const sweep = sweepOf('curves/repeat[1]/forward')
const sources: ValueSources = {
  parameters: { levelV: 5, operator: 'Ada', empty: null },
  results: [
    { name: 'stc', method: 'm', version: '1.0.0', value: { pmaxW: 400, best: { iscA: 0 }, missing: null } },
    { name: 'count', method: 'm', version: '1.0.0', value: 3 },
  ],
  sweeps: [sweep],
}

describe('the value behind a reference', () => {
  it.each([7, 'text', true, null])('is %s itself where the template says it', (scalar) => {
    expect(resolveValue(scalar, sources)).toBe(scalar)
  })

  it('is that of the run’s parameter, and null where the run has none', () => {
    expect(resolveValue({ param: 'levelV' }, sources)).toBe(5)
    expect(resolveValue({ param: 'empty' }, sources)).toBeNull()
    expect(resolveValue({ param: 'unheardOf' }, sources)).toBeNull()
  })

  it('is a part of a result, as deep as the path goes', () => {
    expect(resolveValue({ result: 'count' }, sources)).toBe(3)
    expect(resolveValue({ result: 'stc.pmaxW' }, sources)).toBe(400)
    expect(resolveValue({ result: 'stc.best.iscA' }, sources)).toBe(0)
  })

  it.each([
    'gone',
    'stc.gone',
    'stc.missing',
    'stc.missing.deeper',
    'count.deeper',
    'stc.toString',
    'stc.constructor.name',
  ])('is null for %s, which no result holds', (path) => expect(resolveValue({ result: path }, sources)).toBeNull())

  it('is the list of recorded sweeps', () => {
    expect(resolveValue({ record: 'sweeps' }, sources)).toEqual([sweep])
  })

  it('is the list of the sweeps that went through, of the part and of the lane that are meant', () => {
    const sweeps = ['initial@A/forward', 'initial@B/forward', 'final@A/forward'].map((path) => sweepOf(path))
    const all = { ...sources, sweeps: [...sweeps, sweepOf('final@A/reverse', false)] }
    const paths = (given: Partial<ValueSources>, within?: string) =>
      (resolveValue({ record: 'sweeps', ...(within ? { within } : {}) }, { ...all, ...given }) as RecordedSweep[]).map(
        ({ stepId }) => stepId,
      )
    expect(paths({})).toHaveLength(3)
    expect(paths({ lane: 'A' })).toEqual(['initial@A/forward', 'final@A/forward'])
    expect(paths({ lane: 'B' }, 'initial')).toEqual(['initial@B/forward'])
    expect(paths({ lane: 'B' }, 'final')).toEqual([])
  })

  it('is of a lane its own, before that of the run', () => {
    const results = [
      { name: 'power', method: 'm', version: '1', value: { pmaxW: 1 } },
      { name: 'power', method: 'm', version: '1', value: { pmaxW: 2 }, lane: 'B' },
    ]
    const of = (lane: string | null) => resolveValue({ result: 'power.pmaxW' }, { ...sources, results, lane })
    expect([of(null), of('A'), of('B')]).toEqual([1, 1, 2])
    const laneParameters = { levelV: 7 }
    expect(resolveValue({ param: 'levelV' }, { ...sources, lane: 'B', laneParameters })).toBe(7)
  })

  it('is what an expression makes of parameters, results and measured values', () => {
    const role = { chamber: { temperature: 84.5, rising: true } }
    const value = (expr: string) => resolveValue({ expr }, { ...sources, role: () => role })
    expect(value('param.levelV * 2 + 1')).toBe(11)
    expect(value('result.count * 0.5')).toBe(1.5)
    expect(value('role.chamber.temperature > 80 && role.chamber.rising')).toBe(true)
    expect(() => value('param.unheardOf > 1')).toThrow(/No such key/)
    expect(() => value('"a".matches("(a+)+$")')).toThrow(/matches/)
    expect(() => value('while (true) {}')).toThrow()
  })
})

describe('a number behind a reference', () => {
  it('is given where there is one, 0 too', () => {
    expect(resolveNumber({ param: 'levelV' }, sources, 'start')).toBe(5)
    expect(resolveNumber({ result: 'stc.best.iscA' }, sources, 'start')).toBe(0)
  })

  it('is never guessed: text and a missing value are refused by the parameter’s name', () => {
    for (const param of ['operator', 'empty'])
      expect(() => resolveNumber({ param }, sources, 'start')).toThrow(`Parameter ${param}: a number is needed here`)
  })

  it('that another source lacks is refused by what it is for', () => {
    expect(() => resolveNumber({ result: 'stc.missing' }, sources, 'start')).toThrow('Parameter start: a number')
    expect(() => resolveNumber(null, sources, 'start')).toThrow('Parameter start: a number')
  })
})
