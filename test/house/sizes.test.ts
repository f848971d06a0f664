import ts from 'typescript'
import { describe, expect, it } from 'vitest'
import { isCode, isTest, lineOf, parse, projectFiles, readSource, visitNodes, type SourceFile } from './sources.ts'

/** The hard limits of the conventions; good code stays at half of them. */
const mostFileLines = 500
const mostFunctionLines = 70
const mostParameters = 3

/** Data and migrations are as long as they have to be. */
const isExcepted = (path: string): boolean => path.startsWith('src/engine/storage/migrations/')

interface MeasuredFunction {
  place: string
  lines: number
  parameters: number
}

/** How many lines up to each one hold code: neither blank nor nothing but a comment. */
function countCodeLines(source: ts.SourceFile): number[] {
  const hasCode = new Set<number>()
  const walk = (node: ts.Node): void => {
    if (ts.isJSDoc(node)) return
    const children = node.getChildren(source)
    children.forEach(walk)
    if (children.length > 0 || node.end === node.getStart(source)) return
    for (let line = lineOf(source, node); line <= lastLineOf(source, node); line++) hasCode.add(line)
  }
  walk(source)
  let count = 0
  return Array.from({ length: lastLineOf(source, source) + 1 }, (_, line) => (hasCode.has(line) ? ++count : count))
}

const lastLineOf = (source: ts.SourceFile, node: ts.Node): number =>
  source.getLineAndCharacterOfPosition(node.end).line + 1

const nameOf = (node: ts.FunctionLikeDeclaration): string => {
  const owner =
    node.name ??
    (ts.isVariableDeclaration(node.parent) || ts.isPropertyAssignment(node.parent) ? node.parent.name : undefined)
  return owner?.getText() ?? 'a function'
}

/** Every function with a body, the ones inside others included; each is counted with what is inside it. */
function functionsOf(file: SourceFile): MeasuredFunction[] {
  const source = parse(file)
  const count = countCodeLines(source)
  const found: MeasuredFunction[] = []
  visitNodes(source, (node) => {
    if (!ts.isFunctionLike(node) || !('body' in node) || !node.body) return
    const lines = count[lastLineOf(source, node.body)]! - count[lineOf(source, node.body) - 1]!
    const parameters = node.parameters.filter((each) => each.name.getText() !== 'this').length
    found.push({ place: `${file.path}:${lineOf(source, node)} ${nameOf(node)}`, lines, parameters })
  })
  return found
}

const lineCount = ({ text }: SourceFile): number => text.replace(/\n$/, '').split('\n').length

function medianOf(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[Math.floor(sorted.length / 2)] ?? 0
}

const files = projectFiles(['src', 'drivers', 'scripts', 'bench', 'test']).filter(isCode).map(readSource)
const measured = files.filter((file) => !isExcepted(file.path))
// A test's describe block is a list of tests, not a function to be understood as a whole; its helpers are small anyway.
const functions = measured.filter((file) => !isTest(file.path)).flatMap(functionsOf)

describe('the size limits of the conventions', () => {
  it('hold for every file', () => {
    const medians = `the median file has ${medianOf(measured.map(lineCount))} lines`
    const tooLong = measured.filter((file) => lineCount(file) > mostFileLines)
    expect(
      tooLong.map((file) => `${file.path}: ${lineCount(file)} lines`),
      medians,
    ).toEqual([])
  })

  it('hold for every function', () => {
    const medians = `the median function has ${medianOf(functions.map((each) => each.lines))} lines`
    const tooLong = functions.filter((each) => each.lines > mostFunctionLines)
    expect(
      tooLong.map((each) => `${each.place}: ${each.lines} lines`),
      medians,
    ).toEqual([])
  })

  it('hold for the parameters of every function', () => {
    const tooMany = functions.filter((each) => each.parameters > mostParameters)
    expect(tooMany.map((each) => `${each.place}: ${each.parameters} parameters`)).toEqual([])
  })

  it('are measured on all of the code', () => {
    expect(files.length).toBeGreaterThan(200)
    expect(functions.length).toBeGreaterThan(1000)
  })
})

describe('the measuring itself', () => {
  it('leaves out blank lines and comments, and counts inner functions into the outer one', () => {
    const text = `
/** What it does. */
export function outer(a: number, b: number, c: number, d: number): string {
  // a comment

  /* another
     one */
  const inner = (): string => {
    return 'x' // behind code
  }
  return \`two
lines\` + inner()
}
interface Like { method(a: 1, b: 2, c: 3, d: 4): void }
`
    expect(functionsOf({ path: 'made-up.ts', text })).toEqual([
      { place: 'made-up.ts:3 outer', lines: 7, parameters: 4 },
      { place: 'made-up.ts:8 inner', lines: 3, parameters: 0 },
    ])
  })

  it('finds methods, constructors and arrow functions of components', () => {
    const text = `
class A { constructor(a: string) { this.b(a) } b(a: string) { return a } get c() { return 1 } }
export const Part = ({ a }: Props) => (
  <p>
    {a}
  </p>
)`
    const found = functionsOf({ path: 'made-up.tsx', text }).map(({ place, lines }) => [place.split(' ')[1], lines])
    expect(found).toEqual([
      ['a', 1],
      ['b', 1],
      ['c', 1],
      ['Part', 5],
    ])
  })
})
