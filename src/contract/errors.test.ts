import ts from 'typescript'
import { describe, expect, it } from 'vitest'
import { isCode, isTest, lineOf, parse, projectFiles, readSource, visitNodes } from '../../test/house/sources.ts'
import { describeError, errorCatalogue, messageOf, StationError, type ErrorCode } from './errors.ts'

const codes = Object.keys(errorCatalogue) as ErrorCode[]

const holesOf = (text: string): string[] => [...text.matchAll(/\{(\w+)\}/g)].map((found) => found[1]!)
const holesOfCode = (code: ErrorCode): string[] => {
  const { happened, check } = errorCatalogue[code]
  return [...new Set([...holesOf(happened), ...holesOf(check)])]
}

interface Thrown {
  place: string
  codes: string[]
  /** null: the context isn't written where the error is made. */
  given: string[] | null
}

/** The literal codes of an argument: itself, or both sides of a choice; none where it is computed. */
function codesIn(node: ts.Expression): string[] {
  if (ts.isStringLiteralLike(node)) return [node.text]
  return ts.isConditionalExpression(node) ? [...codesIn(node.whenTrue), ...codesIn(node.whenFalse)] : []
}

function namesIn(node: ts.Expression | undefined): string[] | null {
  if (node === undefined) return []
  if (!ts.isObjectLiteralExpression(node) || node.properties.some(ts.isSpreadAssignment)) return null
  return node.properties.map((each) => each.name!.getText())
}

/** Every `new StationError(…)` of the program. */
function thrownIn(paths: readonly string[]): Thrown[] {
  return paths.map(readSource).flatMap((file) => {
    if (!file.text.includes('new StationError')) return []
    const source = parse(file)
    const found: Thrown[] = []
    visitNodes(source, (node) => {
      if (!ts.isNewExpression(node) || node.expression.getText() !== 'StationError') return
      const [code, context] = node.arguments ?? []
      const place = `${file.path}:${lineOf(source, node)}`
      found.push({ place, codes: code ? codesIn(code) : [], given: namesIn(context) })
    })
    return found
  })
}

const sources = projectFiles(['drivers', 'src']).filter((path) => isCode(path) && !isTest(path))
const thrown = thrownIn(sources)

/** Their contexts are typed where they are made; the last hands on an error that crosses a thread. */
const givenElsewhere = ['drivers/scpi/safeState.ts', 'src/analysis/iv/curveJson.ts', 'src/engine/reports/thread.ts']

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

describe('errors where they are made', () => {
  it('are found', () => expect(thrown.length).toBeGreaterThan(100))

  it('give a value for every hole of their text', () => {
    const faults = thrown.flatMap(({ place, codes: made, given }) =>
      made.flatMap((code) => {
        const missing = given ? holesOfCode(code as ErrorCode).filter((name) => !given.includes(name)) : []
        return missing.map((name) => `${place}: ${code} without ${name}`)
      }),
    )
    expect(faults).toEqual([])
  })

  it('name code and context on the spot, but for those known to take them from elsewhere', () => {
    const computed = thrown.filter((each) => each.codes.length === 0 || each.given === null)
    expect(computed.map((each) => each.place.replace(/:\d+$/, ''))).toEqual(givenElsewhere)
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
