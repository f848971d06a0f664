import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import ts from 'typescript'

const root = fileURLToPath(new URL('../..', import.meta.url))

/** Made, fetched or measured: nothing that somebody wrote. The same as .gitignore says. */
const leftOut = new Set(['node_modules', 'out', 'dist', 'data', 'test-results', '.git', '.cache'])

const listBelow = (folder: string): string[] =>
  readdirSync(join(root, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = folder === '' ? entry.name : `${folder}/${entry.name}`
    if (entry.isDirectory()) return leftOut.has(path) || leftOut.has(entry.name) ? [] : listBelow(path)
    return path.endsWith('.log') || path.endsWith('.tsbuildinfo') ? [] : [path]
  })

/** A file of the project; the path is relative to the root, with forward slashes. */
export interface SourceFile {
  path: string
  text: string
}

/** Every file of the project under these folders (all of them without any), sorted by path. */
export function projectFiles(folders: readonly string[] = ['']): string[] {
  return folders.flatMap(listBelow).sort()
}

export const readSource = (path: string): SourceFile => ({ path, text: readFileSync(join(root, path), 'utf8') })

export const isCode = (path: string): boolean => /\.(ts|tsx|mjs)$/.test(path)
export const isTest = (path: string): boolean => /\.test\.tsx?$/.test(path)

export const parse = ({ path, text }: SourceFile): ts.SourceFile =>
  ts.createSourceFile(path, text, ts.ScriptTarget.ES2024, true)

/** Calls back for every node of a syntax tree, parents first. */
export function visitNodes(node: ts.Node, visit: (node: ts.Node) => void): void {
  visit(node)
  ts.forEachChild(node, (child) => visitNodes(child, visit))
}

export const lineOf = (source: ts.SourceFile, node: ts.Node): number =>
  source.getLineAndCharacterOfPosition(node.getStart(source)).line + 1
