import { describe, expect, it } from 'vitest'
import { describeError, errorCatalogue, messageOf, StationError, type ErrorCode } from './errors.ts'

const codes = Object.keys(errorCatalogue) as ErrorCode[]

const holesOf = (text: string): string[] => [...text.matchAll(/\{(\w+)\}/g)].map((found) => found[1]!)
const holesOfCode = (code: ErrorCode): string[] => {
  const { happened, check } = errorCatalogue[code]
  return [...new Set([...holesOf(happened), ...holesOf(check)])]
}

describe('the catalogue of errors', () => {
  it.each(codes)('says of %s what happened, what the station did and what to check', (code) => {
    const { happened, did, check, category } = errorCatalogue[code]
    expect([happened, did, check].filter((text) => text.trim() === '')).toEqual([])
    expect([did, check].filter((text) => !/[.\w]$/.test(text))).toEqual([])
    expect(code.startsWith(`${category}.`)).toBe(true)
  })

  it.each(codes)('fills every hole in the texts of %s', (code) => {
    const context = Object.fromEntries(holesOfCode(code).map((name) => [name, `<${name}>`]))
    const text = describeError(code, context)
    expect(`${text.happened} ${text.did} ${text.check}`).not.toMatch(/[{}]/)
    for (const name of holesOfCode(code)) expect(`${text.happened} ${text.check}`).toContain(`<${name}>`)
  })

  it('has no hole in what the station did, which is never filled', () => {
    expect(codes.filter((code) => holesOf(errorCatalogue[code].did).length > 0)).toEqual([])
  })
})

describe('a station error', () => {
  it('has what happened as its message, and the three texts filled', () => {
    const cause = new Error('EACCES')
    const error = new StationError('file.unreadable', { path: 'a.csv', detail: 'no access' }, cause)
    expect(error.message).toBe('The file a.csv could not be read: no access')
    expect(error.text).toEqual({
      code: 'file.unreadable',
      happened: error.message,
      did: 'Nothing was changed.',
      check: 'Check the path and the access rights.',
    })
    expect(error.cause).toBe(cause)
  })

  it('prints 0 and false as they are, and leaves a hole that nothing fills to be seen', () => {
    const text = describeError('file.tooFewPoints', { file: 'a.csv', curve: false, count: 0 })
    expect(text.happened).toBe('a.csv, curve false: 0 usable points, at least {least} are needed.')
  })

  it('does not fill holes that come in with a value', () => {
    const text = describeError('file.unreadable', { path: '{detail}', detail: 'x' })
    expect(text.happened).toBe('The file {detail} could not be read: x')
  })
})

describe('the message of anything thrown', () => {
  it('is that of an error, or the thing as text', () => {
    expect(messageOf(new Error('a'))).toBe('a')
    expect(messageOf('b')).toBe('b')
    expect(messageOf(null)).toBe('null')
  })
})
