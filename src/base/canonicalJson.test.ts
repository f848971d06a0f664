import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { canonicalJson } from './canonicalJson.ts'

describe('canonical JSON', () => {
  it('sorts the keys at every depth and has no spaces', () => {
    expect(canonicalJson({ b: [{ d: 1, c: 'ü' }], a: { z: null, y: true } })).toBe(
      '{"a":{"y":true,"z":null},"b":[{"c":"ü","d":1}]}',
    )
  })

  it('keeps the order of a list', () => expect(canonicalJson([3, 1, 2])).toBe('[3,1,2]'))

  it('leaves out undefined properties, and keeps the place of an undefined item as null', () => {
    expect(canonicalJson({ a: undefined, b: 1 })).toBe('{"b":1}')
    expect(canonicalJson([1, undefined, 2])).toBe('[1,null,2]')
  })

  it.each([NaN, Infinity, -Infinity])('refuses %s, wherever it stands', (number) => {
    expect(() => canonicalJson(number)).toThrow(RangeError)
    expect(() => canonicalJson({ a: [{ b: number }] })).toThrow(RangeError)
  })

  it.each([[() => 1], [10n], [Symbol('x')], [undefined]])('refuses what JSON does not have: %s', (value) => {
    expect(() => canonicalJson(value)).toThrow(TypeError)
  })

  it('says the same as JSON does, for any value that JSON has', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        expect(JSON.parse(canonicalJson(value))).toEqual(JSON.parse(JSON.stringify(value)))
      }),
    )
  })

  it('does not depend on the order in which properties were made', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue(), { noNullPrototype: true }), (record) => {
        expect(canonicalJson(Object.fromEntries(Object.entries(record).reverse()))).toBe(canonicalJson(record))
      }),
    )
  })
})
