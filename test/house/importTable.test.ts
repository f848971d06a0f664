import { dirname, posix } from 'node:path'
import { isBuiltin } from 'node:module'
import ts from 'typescript'
import { describe, expect, it } from 'vitest'
import { isCode, isTest, lineOf, parse, projectFiles, readSource, visitNodes, type SourceFile } from './sources.ts'

const pure = ['src/analysis', 'src/contract', 'src/base']
const devices = ['drivers', 'src/contract', 'src/base']

/** What each folder may import, beside itself. A folder's own row counts for it, not that of the folder around it. */
const folders: Readonly<Record<string, readonly string[]>> = {
  'src/base': [],
  'src/contract': ['src/base'],
  'src/analysis': ['src/contract', 'src/base'],
  // Helpers that the drivers share: SCPI, and the bench that their simulators stand on.
  'drivers/scpi': ['src/contract', 'src/base'],
  'drivers/bench': ['src/contract', 'src/base'],
  // What the controllers of one maker share: their drivers, and their simulators.
  'drivers/espec': ['drivers/climate', 'drivers/scpi', 'drivers/bench', 'src/contract', 'src/base'],
  'drivers/ea': ['drivers/scpi', 'drivers/bench', 'src/contract', 'src/base'],
  'drivers/watlow': ['drivers/scpi', 'drivers/bench', 'src/contract', 'src/base'],
  'drivers/binder': ['drivers/climate', 'drivers/scpi', 'drivers/bench', 'src/contract', 'src/base'],
  // What climate chambers have in common whoever made them: order, limits, read-back, stop, and the chamber simulated.
  'drivers/climate': ['drivers/scpi', 'drivers/bench', 'src/contract', 'src/base'],
  // What instruments that are data alone have in common.
  'drivers/definition': ['drivers/bench', 'src/contract', 'src/base'],
  'drivers/*': [
    'drivers/scpi',
    'drivers/bench',
    'drivers/espec',
    'drivers/ea',
    'drivers/watlow',
    'drivers/binder',
    'drivers/climate',
    'drivers/definition',
    'src/contract',
    'src/base',
  ],
  'src/engine/transport': devices,
  'src/engine/instruments': devices,
  'src/engine/acquisition': ['src/engine/executor', ...devices],
  'src/engine/executor': ['src/engine/acquisition', ...devices],
  'src/engine/storage': ['src/contract', 'src/base'],
  // A process of its own, which opens instruments by itself.
  'src/engine/watchdog': [
    'src/engine/instruments',
    'src/engine/transport',
    'src/engine/discover.ts',
    'src/engine/realClock.ts',
    ...devices,
  ],
  'src/engine/workflow': pure,
  'src/engine/reports': pure,
  'src/engine/sync': ['src/engine/storage', 'src/contract', 'src/base'],
  'src/engine': ['src/engine/*', 'drivers', ...pure],
  'src/serve': ['src/engine', 'src/contract', 'src/base'],
  'src/main': ['src/engine', 'src/contract', 'src/base'],
  'src/preload': ['src/contract'],
  'src/renderer': pure,
  'src/central': pure,
}

/** The one home of each npm package. `type` packages may be named anywhere where only their types are used. */
const packages: readonly { names: readonly (string | RegExp)[]; homes: readonly string[]; typesAnywhere?: true }[] = [
  { names: ['electron', 'electron-updater'], homes: ['src/main', 'src/preload'] },
  { names: ['serialport', 'modbus-serial'], homes: ['src/engine/transport'] },
  { names: ['better-sqlite3', 'hyparquet-writer'], homes: ['src/engine/storage'] },
  {
    names: ['pdf-lib', '@pdf-lib/fontkit', 'dejavu-fonts-ttf', 'exceljs', 'fflate'],
    homes: ['src/engine/reports'],
  },
  {
    names: ['react', 'react-dom', /^@mui\//, /^@emotion\//, 'zustand', 'recharts', 'uplot'],
    homes: ['src/renderer'],
  },
  { names: ['fastify', /^@fastify\//, 'ws'], homes: ['src/serve', 'src/central'] },
  { names: ['pg'], homes: ['src/central'] },
  { names: ['@marcbachmann/cel-js'], homes: ['src/engine/executor'] },
  { names: ['@orpc/contract'], homes: ['src/contract'], typesAnywhere: true },
  { names: ['@orpc/server'], homes: ['src/engine', 'src/serve', 'src/main'] },
  { names: ['@orpc/client'], homes: ['src/renderer'] },
  { names: ['zod'], homes: ['src/contract', 'src/analysis', 'src/engine', 'src/serve', 'drivers'] },
]

/** zod's one switch, which the page's content security policy needs. */
const zodInThePage = 'src/renderer/zodWithoutEval.ts'

const withoutNode = ['src/base', 'src/contract', 'src/analysis', 'drivers', 'src/renderer', 'src/preload']

/**
 * Tests beside the code may use these beside what their folder may: helpers, the real clock for real wires, and
 * protocols, which are data. The folders test, bench and scripts are free.
 */
const forTests = { folders: ['test', 'protocols', 'src/engine/realClock.ts'], packages: ['vitest', 'fast-check'] }

/** Where modules are found by looking into folders, and so imported under names that no reader of the code can know. */
const discovery = 'src/engine/discover.ts'

interface Import {
  specifier: string | null
  typeOnly: boolean
  line: number
}

const literal = (node: ts.Node | undefined): string | null => (node && ts.isStringLiteralLike(node) ? node.text : null)

function isTypeOnly(node: ts.ImportDeclaration | ts.ExportDeclaration): boolean {
  if (ts.isExportDeclaration(node)) return node.isTypeOnly
  const clause = node.importClause
  if (clause?.phaseModifier === ts.SyntaxKind.TypeKeyword) return true
  const named = clause?.namedBindings
  if (!clause || clause.name || !named || !ts.isNamedImports(named)) return false
  return named.elements.length > 0 && named.elements.every((each) => each.isTypeOnly)
}

const isImportMetaUrl = (node: ts.Node | undefined): boolean =>
  node !== undefined && ts.isPropertyAccessExpression(node) && node.getText() === 'import.meta.url'

/** `import('x')`, `require('x')`, `require.resolve('x')`, `createRequire(…).resolve('x')`. */
function calledModule(node: ts.CallExpression): string | null | undefined {
  const { expression, arguments: given } = node
  if (expression.kind === ts.SyntaxKind.ImportKeyword) return literal(given[0])
  if (/^require(\.resolve)?$/.test(expression.getText())) return literal(given[0])
  const isResolve = ts.isPropertyAccessExpression(expression) && expression.name.text === 'resolve'
  return isResolve && expression.expression.getText().startsWith('createRequire(') ? literal(given[0]) : undefined
}

/** The module that a node of the syntax tree names; undefined where it names none, null where the name is computed. */
function namedModule(node: ts.Node): { specifier: string | null; typeOnly: boolean } | undefined {
  if (ts.isImportDeclaration(node)) return { specifier: literal(node.moduleSpecifier), typeOnly: isTypeOnly(node) }
  if (ts.isExportDeclaration(node))
    return node.moduleSpecifier && { specifier: literal(node.moduleSpecifier), typeOnly: isTypeOnly(node) }
  if (ts.isImportTypeNode(node))
    return { specifier: ts.isLiteralTypeNode(node.argument) ? literal(node.argument.literal) : null, typeOnly: true }
  if (ts.isCallExpression(node)) {
    const specifier = calledModule(node)
    return specifier === undefined ? undefined : { specifier, typeOnly: false }
  }
  // A worker, or whatever else is started from a file of its own.
  if (ts.isNewExpression(node) && isImportMetaUrl(node.arguments?.[1])) {
    const specifier = literal(node.arguments?.[0])
    return specifier !== null && isCode(specifier) ? { specifier, typeOnly: false } : undefined
  }
  return undefined
}

const mayImportInside = /\bimport\s*\(|require|import\.meta/i

function importsOf(file: SourceFile): Import[] {
  const source = parse(file)
  const found: Import[] = []
  const look = (node: ts.Node): void => {
    const named = namedModule(node)
    if (named) found.push({ ...named, line: lineOf(source, node) })
  }
  // Most files import at their top only; that is quicker to look through.
  if (mayImportInside.test(file.text)) visitNodes(source, look)
  else source.statements.forEach(look)
  return found
}

const isUnder = (path: string, folder: string): boolean => path === folder || path.startsWith(`${folder}/`)

/** The row that counts for a file: `drivers/keithley-2460/driver.ts` has the row `drivers/*`. Null where no row does. */
function rowOf(path: string): string | null {
  const folder = dirname(path)
  if (folder === 'src/engine') return 'src/engine'
  const [top = '', second = '', third] = path.split('/')
  if (third === undefined) return null
  const own = top === 'src' && second === 'engine' ? `src/engine/${third}` : `${top}/${second}`
  if (own in folders) return own
  return top === 'drivers' && /^[a-z0-9]+(-[a-z0-9]+)+$/.test(second) ? 'drivers/*' : null
}

/** The folder that a file belongs to: a driver's is its own, not that of all drivers. */
const homeOf = (path: string, row: string): string =>
  row === 'drivers/*' ? path.split('/').slice(0, 2).join('/') : row

function mayImport(from: { path: string; row: string }, target: string): boolean {
  const home = homeOf(from.path, from.row)
  if (from.row === 'src/engine' ? dirname(target) === home : isUnder(target, home)) return true
  const allowed = [...(folders[from.row] ?? []), ...(isTest(from.path) ? forTests.folders : [])]
  return allowed.some((each) => isUnder(target, each.replace(/\/\*$/, '')))
}

const packageOf = (specifier: string): string =>
  specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/')

const isOneOf = (name: string, names: readonly (string | RegExp)[]): boolean =>
  names.some((each) => (typeof each === 'string' ? each === name : each.test(name)))

function faultOfPackage(
  path: string,
  { specifier, typeOnly }: { specifier: string; typeOnly: boolean },
): string | null {
  if (specifier.startsWith('node:') || isBuiltin(specifier)) {
    const pureHome = withoutNode.find((folder) => isUnder(path, folder))
    return pureHome && !isTest(path) ? `${pureHome} has no Node, so no “${specifier}”` : null
  }
  const name = packageOf(specifier)
  if (isTest(path) && forTests.packages.includes(name)) return null
  const entry = packages.find((each) => isOneOf(name, each.names))
  if (!entry) return `the package “${name}” has no home`
  if (entry.typesAnywhere && typeOnly) return null
  if (name === 'zod' && path === zodInThePage) return null
  return entry.homes.some((home) => isUnder(path, home)) ? null : `“${name}” has its home in ${entry.homes.join(', ')}`
}

function faultOf(path: string, found: Import): string | null {
  const row = rowOf(path)
  if (row === null) return 'this folder has no row in the import table'
  const { specifier } = found
  if (specifier === null) return path === discovery ? null : 'a module’s name may only be computed in discover.ts'
  if (!specifier.startsWith('.')) return faultOfPackage(path, { specifier, typeOnly: found.typeOnly })
  const target = posix.join(dirname(path), specifier)
  return mayImport({ path, row }, target) ? null : `${row} may not import ${target}`
}

/** Everything in these files that the table doesn't allow, one line each. */
function offencesIn(files: readonly SourceFile[]): string[] {
  return files.flatMap((file) => {
    if (rowOf(file.path) === null) return [`${file.path}: this folder has no row in the import table`]
    return importsOf(file).flatMap((found) => {
      const fault = faultOf(file.path, found)
      return fault === null ? [] : [`${file.path}:${found.line}: ${fault}`]
    })
  })
}

const offencesOf = (path: string, text: string): string[] => offencesIn([{ path, text }])

describe('the import table', () => {
  it('is kept by every file of src and drivers', () => {
    const files = projectFiles(['src', 'drivers']).filter(isCode).map(readSource)
    expect(files.length).toBeGreaterThan(100)
    expect(offencesIn(files)).toEqual([])
  })

  it('has no row for folders that are not there, but for those that the design announces', () => {
    const announced = ['src/engine/workflow', 'src/engine/sync', 'src/central', 'drivers/*']
    const present = new Set(projectFiles(['src', 'drivers']).map(rowOf))
    expect(Object.keys(folders).filter((row) => !present.has(row) && !announced.includes(row))).toEqual([])
  })
})

describe('the check itself', () => {
  it.each([
    ['a static import', `import { a } from '../engine/station.ts'`],
    ['an import of types', `import type { A } from '../engine/station.ts'`],
    ['an import for its effects', `import '../engine/station.ts'`],
    ['a re-export', `export { a } from '../engine/station.ts'`],
    ['an export of everything', `export * from '../engine/station.ts'`],
    ['a dynamic import', `export const load = () => import('../engine/station.ts')`],
    ['a dynamic import of a template without holes', 'export const load = () => import(`../engine/station.ts`)'],
    ['a type from an import', `export type A = import('../engine/station.ts').Station`],
    ['the file of a worker', `export const url = new URL('../engine/station.ts', import.meta.url)`],
  ])('sees %s', (_what, text) => {
    expect(offencesOf('src/base/made-up.ts', `// a comment\n${text}\n`)).toEqual([
      'src/base/made-up.ts:2: src/base may not import src/engine/station.ts',
    ])
  })

  it.each([
    ['src/analysis/x.ts', `import { a } from '../renderer/a.ts'`, 'src/analysis may not import src/renderer/a.ts'],
    [
      'src/engine/storage/x.ts',
      `import '../transport/a.ts'`,
      'src/engine/storage may not import src/engine/transport/a.ts',
    ],
    ['src/engine/storage/x.ts', `import '../station.ts'`, 'src/engine/storage may not import src/engine/station.ts'],
    ['src/renderer/x.tsx', `import '../engine/api.ts'`, 'src/renderer may not import src/engine/api.ts'],
    ['src/renderer/x.tsx', `import '../../test/a.ts'`, 'src/renderer may not import test/a.ts'],
    ['src/serve/x.ts', `import '../analysis/a.ts'`, 'src/serve may not import src/analysis/a.ts'],
    ['drivers/acme-one/x.ts', `import '../acme-two/a.ts'`, 'drivers/* may not import drivers/acme-two/a.ts'],
    ['drivers/acme-one/x.ts', `import 'node:fs'`, 'drivers has no Node, so no “node:fs”'],
    ['drivers/acme-one/x.ts', `import 'fs'`, 'drivers has no Node, so no “fs”'],
    ['src/renderer/x.ts', `import 'node:path'`, 'src/renderer has no Node, so no “node:path”'],
    ['src/serve/x.ts', `import 'left-pad'`, 'the package “left-pad” has no home'],
    ['src/serve/x.ts', `import '@mui/material/Button'`, '“@mui/material” has its home in src/renderer'],
    [
      'src/renderer/x.ts',
      `import { z } from 'zod'`,
      '“zod” has its home in src/contract, src/analysis, src/engine, src/serve, drivers',
    ],
    ['src/renderer/x.ts', `import { oc } from '@orpc/contract'`, '“@orpc/contract” has its home in src/contract'],
    ['src/serve/x.ts', `await import(name)`, 'a module’s name may only be computed in discover.ts'],
    ['src/serve/x.ts', `import 'vitest'`, 'the package “vitest” has no home'],
  ])('refuses, in %s, %s', (path, text, fault) => {
    expect(offencesOf(path, text)).toEqual([`${path}:1: ${fault}`])
  })

  it.each(['src/helpers/x.ts', 'src/engine/extras/x.ts', 'drivers/loose.ts', 'drivers/Acme/x.ts', 'src/loose.ts'])(
    'refuses the unlisted place %s, even without an import',
    (path) => expect(offencesOf(path, '')).toEqual([`${path}: this folder has no row in the import table`]),
  )

  it('lets through what the table allows', () => {
    const allowed: SourceFile[] = [
      { path: 'src/engine/x.ts', text: `import '../../drivers/bench/a.ts'; import './storage/a.ts'; import './y.ts'` },
      { path: 'src/engine/executor/steps/x.ts', text: `import '../stepKind.ts'; import '../../acquisition/a.ts'` },
      { path: 'drivers/acme-one/x.ts', text: `import './profile.json'; import '../scpi/client.ts'` },
      { path: 'drivers/acme-one/x.test.ts', text: `import 'node:fs'; import 'vitest'` },
      { path: 'src/engine/transport/x.test.ts', text: `import '../../../test/transport/support.ts'` },
      { path: 'src/renderer/x.ts', text: `import type { A } from '@orpc/contract'; import 'react-dom/client'` },
      { path: 'src/serve/x.ts', text: `// import '../renderer/a.ts'\nexport const text = "import 'left-pad'"` },
    ]
    expect(offencesIn(allowed)).toEqual([])
  })
})
