import { describe, expect, it } from 'vitest'
import { taking, withoutSuffix } from './scpiSuffix.ts'

describe('numbers with units', () => {
  it.each([
    ['300mV', 'V', '0.3'],
    ['8V', 'V', '8'],
    ['1A/uS', 'A/US', '1'],
    ['20 OHM', 'OHM', '20'],
    ['2kOHM', 'OHM', '2000'],
    ['1.5E1mV', 'V', '0.015'],
    ['10uS', 'S', '0.00001'],
    ['5', 'V', '5'],
    ['MAX', 'V', 'MAX'],
    ['3 A', 'V', '3 A'],
    ['abcV', 'V', 'abcV'],
  ])('%s in %s is %s', (text, unit, expected) => {
    expect(withoutSuffix(text, unit)).toBe(expected)
  })

  it('reach a command as plain numbers', () => {
    const given: string[][] = []
    void taking('V', { set: (args) => void given.push(args) }).set?.(['300mV', 'x'])
    expect(given).toEqual([['0.3', 'x']])
  })
})
