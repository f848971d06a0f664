import { readFile } from 'node:fs/promises'
import { extname } from 'node:path'
import { StationError } from '../contract/errors.ts'
import type { Page } from '../engine/pageSource.ts'
import type { Station } from '../engine/station.ts'

export const scheme = 'app'
export const pageOrigin = `${scheme}://station`

const types: Record<string, string> = { '.js': 'text/javascript', '.css': 'text/css', '.svg': 'image/svg+xml' }

/** The path that an address has at the station, where it is one of the station's. */
function pathOf(address: string): string | null {
  const url = URL.parse(address)
  return url?.protocol === `${scheme}:` && url.host === 'station' ? url.pathname || '/' : null
}

/** Whether an address names a run's file, which is saved and never shown. */
export const isRunFile = (address: string): boolean => pathOf(address)?.startsWith('/files/') ?? false

const respond = (status: number, body: Uint8Array | string, headers: Record<string, string>): Response =>
  new Response(new Uint8Array(Buffer.from(body)), {
    status,
    headers: { 'X-Content-Type-Options': 'nosniff', 'Referrer-Policy': 'no-referrer', ...headers },
  })

const notFound = (address: string): Response => {
  const { text } = new StationError('usage.notFound', { what: 'File', id: address })
  return respond(404, JSON.stringify(text), { 'Content-Type': 'application/json' })
}

async function sendRunFile(path: string, file: Station['reader']['file']): Promise<Response> {
  try {
    const [runId = '', name = ''] = path.slice('/files/'.length).split('/').map(decodeURIComponent)
    const found = await file(runId, name)
    return respond(200, found.bytes, {
      'Content-Type': 'application/octet-stream',
      'Content-Disposition': `attachment; filename="${found.name.replace(/[^\w.-]/g, '_')}"`,
    })
  } catch (error) {
    if (error instanceof URIError || error instanceof StationError) return notFound(path)
    throw error
  }
}

/** Answers what the page asks of app://station: itself, its built files and the files of runs; nothing else. */
export const createRequestHandler =
  (deps: { page: () => Page; assets: ReadonlyMap<string, string>; file: Station['reader']['file'] }) =>
  async ({ method, url }: { method: string; url: string }): Promise<Response> => {
    const path = pathOf(url)
    if (method !== 'GET' || path === null) return notFound(url)
    if (path === '/') {
      const { html, policy } = deps.page()
      const headers = { 'Content-Security-Policy': policy, 'Cache-Control': 'no-store' }
      return respond(200, html, { 'Content-Type': 'text/html; charset=utf-8', ...headers })
    }
    if (isRunFile(url)) return sendRunFile(path, deps.file)
    const asset = deps.assets.get(path)
    if (asset === undefined) return notFound(url)
    return respond(200, await readFile(asset), { 'Content-Type': types[extname(asset)] ?? 'application/octet-stream' })
  }
