import { describe, expect, it } from 'vitest'
import type { RecordedSweep } from '../../contract/sample.ts'
import { resolveNumber, resolveValue, type ValueSources } from './values.ts'

const sweep = { id: 'forward-1' } as RecordedSweep
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
