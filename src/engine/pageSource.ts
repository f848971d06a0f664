import { randomBytes } from 'node:crypto'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { StationError } from '../contract/errors.ts'

/** The page with a fresh nonce for its styles: the only ones its policy lets in. */
export interface Page {
  html: string
  policy: string
}

const policyOf = (nonce: string): string =>
  [
    `default-src 'none'`,
    `script-src 'self'`,
    `style-src 'self' 'nonce-${nonce}'`,
    `img-src 'self' data:`,
    `font-src 'self'`,
    `connect-src 'self'`,
    `object-src 'none'`,
    `base-uri 'none'`,
    `form-action 'none'`,
    `frame-ancestors 'none'`,
  ].join('; ')

/**
 * The page of both hosts, from the folder that the renderer was built to.
 * @throws StationError file.unreadable where the renderer wasn't built
 */
export function createPageSource(rendererFolder: string): () => Page {
  const file = join(rendererFolder, 'index.html')
  if (!existsSync(file))
    throw new StationError('file.unreadable', {
      path: 'out/renderer/index.html',
      detail: 'the user interface was not built: run npm run build',
    })
  const template = readFileSync(file, 'utf8')
  return () => {
    const nonce = randomBytes(16).toString('base64')
    return { html: template.replaceAll('__CSP_NONCE__', nonce), policy: policyOf(nonce) }
  }
}

/** Every built file but the page itself, by its path in an address: an address that isn't in this list doesn't exist. */
export function listAssets(rendererFolder: string, path = '/'): Map<string, string> {
  const entries = readdirSync(join(rendererFolder, path), { withFileTypes: true }).flatMap(
    (entry): [string, string][] => {
      if (entry.isDirectory()) return [...listAssets(rendererFolder, `${path}${entry.name}/`)]
      return [[path + entry.name, join(rendererFolder, path, entry.name)]]
    },
  )
  return new Map(entries.filter(([address]) => address !== '/index.html'))
}
