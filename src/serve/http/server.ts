import type { IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import fastifyStatic from '@fastify/static'
import { RPCHandler } from '@orpc/server/ws'
import Fastify, { type FastifyInstance, type FastifyRequest } from 'fastify'
import { WebSocketServer, type WebSocket } from 'ws'
import { z } from 'zod'
import { StationError } from '../../contract/errors.ts'
import type { createApi } from '../../engine/api.ts'
import type { Station } from '../../engine/station.ts'
import type { Access } from './access.ts'
import { createPageMaker, rendererFolder } from './page.ts'

export interface HttpDeps {
  station: Station
  api: ReturnType<typeof createApi>
  access: Access
  onError: (error: unknown) => void
}

const longestMessageBytes = 80 * 1024 * 1024

const contentTypes: Record<string, string> = {
  pdf: 'application/pdf',
  xlsx: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
  csv: 'text/csv; charset=utf-8',
  zip: 'application/zip',
}

/** A window that is gone without a word, as with a pulled cable, is noticed within twice that. */
const pingEveryMs = 10_000

/** Ends a connection at whose other end nobody is. */
function endWhenSilent(socket: WebSocket): void {
  let isThere = true
  socket.on('pong', () => (isThere = true))
  const timer = setInterval(() => {
    if (!isThere) return socket.terminate()
    isThere = false
    socket.ping()
  }, pingEveryMs)
  socket.on('close', () => clearInterval(timer))
}

/** HTTP for the page and a run's files, one WebSocket for everything else. Listens nowhere yet. */
export async function createHttpServer(deps: HttpDeps): Promise<FastifyInstance> {
  const app = Fastify({ bodyLimit: 64 * 1024, trustProxy: false })
  app.addHook('onSend', async (_request, reply) => {
    reply.header('X-Content-Type-Options', 'nosniff')
    reply.header('Referrer-Policy', 'no-referrer')
    reply.header('Cross-Origin-Opener-Policy', 'same-origin')
  })
  const makePage = createPageMaker()
  app.get('/', async (_request, reply) => {
    const page = makePage()
    return reply
      .header('Content-Security-Policy', page.policy)
      .header('Cache-Control', 'no-store')
      .type('text/html')
      .send(page.html)
  })
  await app.register(fastifyStatic, {
    root: `${rendererFolder}assets`,
    prefix: '/assets/',
    immutable: true,
    maxAge: '1y',
  })
  addSession(app, deps.access)
  addFiles(app, deps)
  addSocket(app, deps)
  return app
}

const refuse = () => new StationError('access.denied', { detail: 'This address needs an access token.' }).text

function addSession(app: FastifyInstance, access: Access): void {
  const body = z.strictObject({ token: z.string().max(200) })
  const lastWrongMs = new Map<string, number>()
  app.get('/session', async (request) => ({ authorised: access.mayUse(request.raw) }))
  app.post('/session', async (request: FastifyRequest, reply) => {
    const parsed = body.safeParse(request.body)
    // A guesser gets one try a second; nobody else is kept out by that.
    if (Date.now() - (lastWrongMs.get(request.ip) ?? 0) < 1000) return reply.code(429).send(refuse())
    const cookie = parsed.success ? access.enter(parsed.data.token, request.protocol === 'https') : null
    if (cookie === null) {
      lastWrongMs.set(request.ip, Date.now())
      return reply.code(401).send(refuse())
    }
    return reply.header('Set-Cookie', cookie).send({ authorised: true })
  })
}

function addFiles(app: FastifyInstance, deps: HttpDeps): void {
  const params = z.object({ runId: z.uuid(), name: z.string().max(200) })
  app.get('/files/:runId/:name', async (request, reply) => {
    if (!deps.access.mayUse(request.raw)) return reply.code(401).send(refuse())
    const parsed = params.safeParse(request.params)
    if (!parsed.success)
      return reply.code(404).send(new StationError('usage.notFound', { what: 'File', id: request.url }).text)
    try {
      const file = await deps.station.reader.file(parsed.data.runId, parsed.data.name)
      const type = contentTypes[file.name.split('.').at(-1) ?? ''] ?? 'application/octet-stream'
      return await reply
        .type(type)
        .header('Content-Disposition', `attachment; filename="${file.name.replace(/[^\w.-]/g, '_')}"`)
        .send(Buffer.from(file.bytes))
    } catch (error) {
      if (!(error instanceof StationError)) throw error
      return reply.code(404).send(error.text)
    }
  })
}

function addSocket(app: FastifyInstance, deps: HttpDeps): void {
  const sockets = new WebSocketServer({ noServer: true, maxPayload: longestMessageBytes })
  const handler = new RPCHandler(deps.api)
  sockets.on('connection', (socket) => {
    socket.on('error', deps.onError)
    endWhenSilent(socket)
    handler.upgrade(socket).catch(deps.onError)
  })
  app.server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    // A client that is refused and gone must not take the station with it.
    socket.on('error', deps.onError)
    if (request.url !== '/rpc' || !deps.access.mayUse(request)) {
      socket.end('HTTP/1.1 401 Unauthorized\r\nConnection: close\r\n\r\n')
      return
    }
    sockets.handleUpgrade(request, socket, head, (upgraded) => sockets.emit('connection', upgraded, request))
  })
  app.addHook('preClose', async () => {
    for (const socket of sockets.clients) socket.terminate()
  })
}
