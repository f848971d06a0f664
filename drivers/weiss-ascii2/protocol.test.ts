import { describe, expect, it } from 'vitest'
import { describeLines, modelOf } from './simulatedModels.ts'
import { formatField, layoutFromDescription, layoutFromSnapshot, readSnapshot, withDigit } from './protocol.ts'

describe('fields', () => {
  it.each([
    [85, '0085.0'],
    [-40, '-040.0'],
    [-5.5, '-005.5'],
    [0, '0000.0'],
    [123.45, '0123.5'],
  ])('%d is written as %s', (value, text) => expect(formatField(value)).toBe(text))

  it('keep their place among the digits', () => expect(withDigit('0100', 1, false)).toBe('0000'))
})

describe('an answer to $01I', () => {
  const digits = '01100000000000000000000000000000'

  it('is values and digits', () => {
    expect(readSnapshot(`0050.0 0024.6 0080.0 -066.7 ${digits}\r`)).toEqual({ values: [50, 24.6, 80, -66.7], digits })
    expect(readSnapshot('0023.0 0023.5 0000.0 -191.3 0111000000000000')?.digits).toBe('0111000000000000')
  })

  it.each([
    '',
    '0',
    `50.0 0024.6 ${digits}`,
    `0050.0 0024.6 ${digits}0`,
    `0050.0 0024.6 ${digits.slice(1)}`,
    `0050.0  0024.6 ${digits}`,
    `0050.0 0024,6 ${digits}`,
    `0050.0 ${digits}`,
    `0050.0 0024.6 \xb0050.0 ${digits}`,
  ])('is not “%s”', (reply) => expect(readSnapshot(reply)).toBeNull())
})

describe('the layout', () => {
  it('of a climate chamber, from its own description', () => {
    expect(layoutFromDescription(describeLines(modelOf('climate'), '$01', '9.99'))).toEqual({
      sources: [0, 2, 4, 6, 8, 10, 12],
      temperature: { field: 0, nominal: 0, actual: 1, minimum: -77, maximum: 182 },
      humidity: { field: 1, nominal: 2, actual: 3, minimum: 0, maximum: 98, digit: 2 },
      startDigit: 1,
      hardware: '9.99',
    })
  })

  it('of one with an external cabinet: nine values to write, sixteen to read', () => {
    const layout = layoutFromDescription(describeLines(modelOf('external'), '$01'))
    expect(layout).toMatchObject({ sources: [0, 2, 4, 6, 7, 8, 10, 12, 14], humidity: null, startDigit: 1 })
  })

  it('is none where a part of the description is missing', () => {
    const lines = describeLines(modelOf('climate'), '$01')
    for (const part of [/^\$01E/, /^CV01 +CV01/, /^CV01 +value/, /^DO01/])
      expect(layoutFromDescription(lines.filter((line) => !part.test(line)))).toBeNull()
  })

  it('of a chamber that says nothing: the nominal values, or as many as are read', () => {
    const snapshot = { values: [23, 23.5, 80, 27.5], digits: '0111000000000000' }
    expect(layoutFromSnapshot(snapshot, [])).toMatchObject({ sources: [0, 2], startDigit: 1, humidity: null })
    const odd = ['fields-as-read', 'start-is-first-digit', 'second-value-is-humidity']
    expect(layoutFromSnapshot(snapshot, odd)).toMatchObject({
      sources: [0, 1, 2, 3],
      startDigit: 0,
      humidity: { field: 2, nominal: 2, actual: 3, digit: 1 },
    })
  })
})
