import ts from 'typescript'
import { describe, expect, it } from 'vitest'
import { errorCatalogue, type ErrorCode } from '../../src/contract/errors.ts'
import { isCode, isTest, lineOf, parse, projectFiles, readSource, visitNodes, type SourceFile } from './sources.ts'

const holesOf = (code: string): string[] => {
  const { happened, check } = errorCatalogue[code as ErrorCode]
  return [...`${happened} ${check}`.matchAll(/\{(\w+)\}/g)].map((found) => found[1]!)
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

/** Every `new StationError(…)` of these files. */
function thrownIn(files: readonly SourceFile[]): Thrown[] {
  return files.flatMap((file) => {
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

/** What an error's texts ask for and its context doesn't give, one line each. */
const unfilled = ({ place, codes, given }: Thrown): string[] =>
  codes.flatMap((code) => {
    const missing = given ? holesOf(code).filter((name) => !given.includes(name)) : []
    return missing.map((name) => `${place}: ${code} without ${name}`)
  })

/** Their contexts are typed where they are made; the last hands on an error that crosses a thread. */
const givenElsewhere = [
  'drivers/espec/chamber.ts',
  'drivers/scpi/loadSweep.ts',
  'drivers/scpi/safeState.ts',
  'drivers/watlow/client.ts',
  'src/analysis/iv/curveJson.ts',
  'src/engine/reports/thread.ts',
  'src/engine/storage/failure.ts',
]

const sources = projectFiles(['drivers', 'src']).filter((path) => isCode(path) && !isTest(path))
const thrown = thrownIn(sources.map(readSource))

describe('errors where they are made', () => {
  it('are found', () => expect(thrown.length).toBeGreaterThan(100))

  it('give a value for every hole of their text', () => expect(thrown.flatMap(unfilled)).toEqual([]))

  it('name code and context on the spot, but for those known to take them from elsewhere', () => {
    const computed = thrown.filter((each) => each.codes.length === 0 || each.given === null)
    expect(computed.map((each) => each.place.replace(/:\d+$/, ''))).toEqual(givenElsewhere)
  })
})

describe('the check itself', () => {
  const faultsOf = (text: string) => thrownIn([{ path: 'a.ts', text }]).flatMap(unfilled)

  it.each([
    "new StationError('protocol.unknown', { id })",
    "new StationError('protocol.unknown', { id, know: 1 })",
    "new StationError(late ? 'run.notFound' : 'protocol.unknown', { id })",
  ])('refuses %s', (text) => expect(faultsOf(text)).toEqual(['a.ts:1: protocol.unknown without known']))

  it('refuses an error without any context', () => {
    expect(faultsOf("throw new StationError('run.notFound')")).toEqual(['a.ts:1: run.notFound without id'])
  })

  it.each([
    "new StationError('protocol.unknown', { id, known: list.join() }, error)",
    "new OtherError('run.notFound')",
  ])('lets through %s', (text) => expect(faultsOf(text)).toEqual([]))
})
