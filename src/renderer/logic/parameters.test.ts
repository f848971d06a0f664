import { describe, expect, it } from 'vitest'
import type { Parameter } from '../../contract/template.ts'
import { checkParameter, checkParameters, isChanged, parseNumber, rangeText } from './parameters.ts'

const power: Parameter = {
  name: 'ratedPmaxW',
  title: 'Rated Pmax',
  group: 'module',
  type: 'number',
  unit: 'W',
  minimum: 0.01,
  maximum: 2000,
  default: null,
  required: false,
  mark: 'B',
}
const repeats: Parameter = {
  ...power,
  name: 'repeats',
  type: 'integer',
  unit: 'times',
  minimum: 3,
  maximum: 20,
  default: 3,
}

const problemOf = (parameter: Parameter, text: string): string => {
  const checked = checkParameter(parameter, text)
  return checked.ok ? '' : checked.problem
}

describe('parseNumber', () => {
  it.each([
    ['1.5', 1.5],
    [' 1,5 ', 1.5],
    ['−3', -3],
    ['1e3', 1000],
    ['.5', 0.5],
  ])('reads %j', (text, value) => {
    expect(parseNumber(text)).toBe(value)
  })
  it.each(['', 'abc', 'NaN', 'Infinity', '1e999', '0x10', '1.5 W', '1,500.0', '12 3'])('refuses %j', (text) => {
    expect(parseNumber(text)).toBeNull()
  })
})

describe('checkParameter', () => {
  it('says in words what is wrong', () => {
    expect(problemOf(power, 'full')).toBe('“full” is not a number.')
    expect(problemOf(power, '0')).toBe('Too small: the protocol allows 0.01 to 2000 W.')
    expect(problemOf(power, '2000.1')).toBe('Too large: the protocol allows 0.01 to 2000 W.')
    expect(problemOf(repeats, '3.5')).toBe('Give a whole number.')
    expect(problemOf(repeats, '')).toContain('default 3')
  })
  it('takes an empty field as no value only where there is no default', () => {
    expect(checkParameter(power, ' ')).toEqual({ ok: true, value: null })
    expect(checkParameter({ ...power, required: true }, '').ok).toBe(false)
  })
  it('refuses a choice that is not offered', () => {
    const rule: Parameter = { ...power, type: 'choice', choices: ['e1036', 'station'], default: 'e1036' }
    expect(checkParameter(rule, 'station')).toEqual({ ok: true, value: 'station' })
    expect(problemOf(rule, 'other')).toBe('Choose one of: e1036, station.')
  })
})

it('takes another spelling of the default as the default', () => {
  expect(isChanged(repeats, { repeats: '3.0' })).toBe(false)
  expect(isChanged(repeats, { repeats: '4' })).toBe(true)
  expect(isChanged(repeats, { repeats: 'x' })).toBe(true)
  expect(isChanged(repeats, {})).toBe(false)
})

it('sorts good values from problems, and ignores names that the protocol does not know', () => {
  const found = checkParameters([power, repeats], { ratedPmaxW: '-1', other: '9' })
  expect(found.values).toEqual({ repeats: 3 })
  expect(Object.keys(found.problems)).toEqual(['ratedPmaxW'])
})

it('names one-sided ranges', () => {
  const open: Parameter = { ...repeats }
  delete open.maximum
  expect(rangeText(open)).toBe('at least 3 times')
})
