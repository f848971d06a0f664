import { randomBytes } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { StationError } from '../../contract/errors.ts'

export const rendererFolder = fileURLToPath(new URL('../../../out/renderer/', import.meta.url))

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

/** @throws StationError file.unreadable where the renderer wasn't built */
export function createPageMaker(): () => Page {
  const file = `${rendererFolder}index.html`
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
