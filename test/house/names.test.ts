import ts from 'typescript'
import { describe, expect, it } from 'vitest'
import { isCode, isTest, lineOf, parse, projectFiles, readSource, visitNodes, type SourceFile } from './sources.ts'

const camelCase = /^[a-z][A-Za-z0-9]*$/
const pascalCase = /^[A-Z][A-Za-z0-9]*$/
const folderName = /^[a-z][a-z0-9]*$/
const driverName = /^[a-z0-9]+(-[a-z0-9]+)+$/

/** `migrations/0010-foundation.ts`, `discover.bundled.ts` and files whose names their tools give. */
const isNamedByRule = (path: string): boolean =>
  /^src\/engine\/storage\/migrations\/\d{4}-[a-z][A-Za-z0-9-]*\.ts$/.test(path) ||
  /^[a-z][a-z.-]*\.config\.(ts|mjs)$/.test(path)

/** What is wrong with the names of a path; null when nothing is. */
function faultOfName(path: string): string | null {
  const parts = path.split('/')
  const base = parts.at(-1)!.replace(/(\.test|\.bundled)?\.(ts|tsx|mjs)$/, '')
  const wrongFolder = parts.slice(0, -1).find((folder, depth) => {
    const isDriver = parts[0] === 'drivers' && depth === 1
    return !(isDriver && driverName.test(folder)) && !folderName.test(folder)
  })
  if (wrongFolder !== undefined) return `${path}: the folder ${wrongFolder} is not one lower-case noun`
  if (isNamedByRule(path) || camelCase.test(base)) return null
  if (path.endsWith('.tsx') && pascalCase.test(base)) return null
  return `${path}: a file is camelCase.ts, a component PascalCase.tsx`
}

const isDefaultExport = (node: ts.Node): boolean =>
  ts.isExportAssignment(node) ||
  (ts.isExportSpecifier(node) && node.name.text === 'default') ||
  (ts.canHaveModifiers(node) &&
    (ts.getModifiers(node)?.some((each) => each.kind === ts.SyntaxKind.DefaultKeyword) ?? false))

const isEnum = (node: ts.Node): boolean => ts.isEnumDeclaration(node) || ts.isModuleDeclaration(node)

/** Variables of a module that may change: state that every user of the module would share. */
const isModuleLet = (node: ts.Node, path: string): boolean =>
  !path.startsWith('test/') &&
  !isTest(path) &&
  ts.isVariableStatement(node) &&
  ts.isSourceFile(node.parent) &&
  (node.declarationList.flags & ts.NodeFlags.Const) === 0

const faultsByNode: readonly (readonly [string, (node: ts.Node, path: string) => boolean])[] = [
  ['default export', (node, path) => isDefaultExport(node) && !isNamedByRule(path)],
  ['enum or namespace', isEnum],
  ['module-level let', isModuleLet],
  [
    'a focused test',
    (node) => ts.isPropertyAccessExpression(node) && node.name.text === 'only' && runsTests(node.expression),
  ],
  ['a skipped test without a reason in its name', isSkipWithoutReason],
]

const runsTests = (node: ts.Expression): boolean => /^(it|test|describe|suite)(\.|\(|$)/.test(node.getText())

const mayNotRun = /^(skip|skipIf|runIf|todo)$/
/** As in “(skipped without ../shared/data)”, in the name itself or in what fills its holes. */
const saysWhy = /skipped|\bneeds\b/

/** What a name says: its own text, and that of the constants of this file that it is put together from. */
function textOfName(name: ts.Node): string {
  const holes = new Set<string>()
  visitNodes(name, (node) => ts.isIdentifier(node) && holes.add(node.text))
  const texts = [name.getText()]
  visitNodes(name.getSourceFile(), (node) => {
    if (ts.isVariableDeclaration(node) && holes.has(node.name.getText())) texts.push(node.initializer?.getText() ?? '')
  })
  return texts.join(' ')
}

/** The names of the test and of the describe blocks around it, as the runner prints them. */
const namesAround = (node: ts.Node): string[] => {
  const names: string[] = []
  for (let each = node; !ts.isSourceFile(each); each = each.parent)
    if (ts.isCallExpression(each) && runsTests(each.expression) && each.arguments[0])
      names.push(textOfName(each.arguments[0]))
  return names
}

function isSkipWithoutReason(node: ts.Node): boolean {
  if (!ts.isPropertyAccessExpression(node) || !mayNotRun.test(node.name.text)) return false
  return (
    runsTests(node.expression) && (node.name.text === 'todo' || !namesAround(node).some((name) => saysWhy.test(name)))
  )
}

/** Without one of these words a file has none of the faults, and needn't be parsed. */
const suspicious = /\bdefault\b|\b(enum|namespace|module)\b|^(export )?let\b|\.(only|skip|skipIf|runIf|todo)\b/m

function faultsOfCode(file: SourceFile): string[] {
  if (!suspicious.test(file.text)) return []
  const source = parse(file)
  const faults: string[] = []
  visitNodes(source, (node) => {
    for (const [what, isFault] of faultsByNode)
      if (isFault(node, file.path)) faults.push(`${file.path}:${lineOf(source, node)}: ${what}`)
  })
  return faults
}

/** Written so that this file doesn't find itself. */
const forgotten = /\b(?:TO[D]O|FIXM[E]|XX[X])\b/
const machinePaths = ['work', 'root', 'farm'].map((folder) => `/${folder}/`)

/** A path of one machine, rather than the end of a longer one such as https://host/root/. */
const isMachinePath = (line: string): boolean =>
  machinePaths.some((path) => {
    const at = line.indexOf(path)
    return at >= 0 && !/[A-Za-z0-9_.}-]/.test(line[at - 1] ?? '')
  })

function faultsOfText({ path, text }: SourceFile): string[] {
  return text.split('\n').flatMap((line, i) => {
    const faults = [
      ...(forgotten.test(line) ? ['something left to be done'] : []),
      ...(isMachinePath(line) ? ['a path of one machine'] : []),
    ]
    return faults.map((fault) => `${path}:${i + 1}: ${fault}`)
  })
}

const isBinary = (path: string): boolean => /\.(png|jpg|ico|pdf|xlsx|woff2?|ttf|zip)$/.test(path)
const all = projectFiles()
const code = all.filter(isCode)

describe('names and forms of the house', () => {
  it('camelCase.ts, PascalCase.tsx, <vendor>-<model> for drivers, one lower-case noun for folders', () => {
    const named = code.filter((path) => /^(src|drivers|scripts|bench|test)\//.test(path))
    expect(named.map(faultOfName).filter((fault) => fault !== null)).toEqual([])
  })

  it('no default export but in configuration files, no enum, no state of a module, no focused or silently skipped test', () => {
    expect(code.map(readSource).flatMap(faultsOfCode)).toEqual([])
  })

  it('nothing left to be done, and no path of one machine, in any file', () => {
    expect(
      all
        .filter((path) => !isBinary(path))
        .map(readSource)
        .flatMap(faultsOfText),
    ).toEqual([])
  })

  it('looks at all of the project', () => {
    expect(code.length).toBeGreaterThan(200)
    expect(all).toEqual(expect.arrayContaining(['package.json', '.ci/run', 'protocols/PVTP-001.json']))
  })
})

describe('the check itself', () => {
  it.each([
    'src/base/Assert.ts',
    'src/base/virtual-clock.ts',
    'src/renderer/parts/health-chip.tsx',
    'src/engine/Storage/open.ts',
    'src/engine/two-words/open.ts',
    'drivers/Keithley_2460/driver.ts',
  ])('refuses the name %s', (path) => expect(faultOfName(path)).toContain(path))

  it.each([
    ['export default 1'],
    ['export default function a() {}'],
    ['const a = 1\nexport { a as default }'],
    ['enum A { b }'],
    ['namespace A { export const b = 1 }'],
    ["it.only('x', () => {})"],
    ["describe.only('x', () => {})"],
    ["it.skip('x', () => {})"],
    ["it.skipIf(absent)('x', () => {})"],
    ["it.todo('x')"],
    ["const why = ''\nit.skipIf(absent)(`reads the samples${why}`, () => {})"],
    ["describe('x', () => { it.skip('because', () => {}) })"],
  ])('refuses %s', (text) => {
    expect(faultsOfCode({ path: 'src/base/madeUp.test.ts', text })).toHaveLength(1)
  })

  it.each([
    ["it.skipIf(absent)('reads the samples (needs ../shared/data)', () => {})"],
    ["describe('samples (skipped without ../shared/data)', () => { it.skipIf(absent)('x', () => {}) })"],
    ["const why = ' (skipped: no samples)'\nit.skipIf(absent)(`reads the samples${why}`, () => {})"],
    ['export function a() { let own = 0; return own++ }'],
    ['for (let i = 0; i < 2; i++) a(i)'],
    ['declare.only(a)'],
  ])('lets through %s', (text) => expect(faultsOfCode({ path: 'src/base/madeUp.test.ts', text })).toEqual([]))

  it('refuses state of a module in the program, not in its tests', () => {
    expect(faultsOfCode({ path: 'src/base/madeUp.ts', text: 'export let shared = 0' })).toHaveLength(1)
    expect(faultsOfCode({ path: 'src/base/madeUp.test.ts', text: 'let shared = 0' })).toEqual([])
  })

  it('lets configuration files have their default export', () => {
    expect(faultsOfCode({ path: 'vitest.config.ts', text: 'export default {}' })).toEqual([])
    expect(faultsOfCode({ path: 'src/vitest.ts', text: 'export default {}' })).toHaveLength(1)
  })

  it('finds what is left to be done and paths of a machine, but no words and addresses that hold them', () => {
    const left = ['TO', 'DO'].join('')
    const [first = ''] = machinePaths
    const text = [`// ${left}: later`, `open('${first}main')`, 'const todo = 1', `https://a.example${first}x`].join(
      '\n',
    )
    expect(faultsOfText({ path: 'a.ts', text })).toEqual([
      'a.ts:1: something left to be done',
      'a.ts:2: a path of one machine',
    ])
  })
})
