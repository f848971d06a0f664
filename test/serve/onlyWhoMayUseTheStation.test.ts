import { once } from 'node:events'
import { request as httpRequest, type IncomingHttpHeaders } from 'node:http'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { WebSocket } from 'ws'
import { serveCli, temporaryFolder, type Served } from '../support/cli.ts'
import { openWindow } from '../support/window.ts'

interface Answer {
  status: number
  headers: IncomingHttpHeaders
  text: string
}

/** Sends the path as it stands, dots and all, with any headers: unlike fetch. */
function ask(
  address: string,
  path: string,
  given: { method?: string; headers?: Record<string, string>; body?: string } = {},
): Promise<Answer> {
  const { hostname, port } = new URL(address)
  return new Promise((resolve, reject) => {
    const sent = httpRequest(
      { host: hostname, port, path, method: given.method ?? 'GET', headers: given.headers ?? {} },
      (response) => {
        const parts: Buffer[] = []
        response.on('data', (part: Buffer) => parts.push(part))
        response.on('end', () =>
          resolve({
            status: response.statusCode ?? 0,
            headers: response.headers,
            text: Buffer.concat(parts).toString('utf8'),
          }),
        )
      },
    )
    sent.once('error', reject)
    sent.end(given.body)
  })
}

/** Whether a WebSocket to /rpc is let in; the status where it isn't. */
const knock = (address: string, headers: Record<string, string> = {}, path = 'rpc'): Promise<number | 'open'> =>
  new Promise((resolve) => {
    const socket = new WebSocket(`${address.replace('http', 'ws')}${path}`, { headers })
    socket.once('open', () => {
      socket.terminate()
      resolve('open')
    })
    socket.once('unexpected-response', (_request, response) => resolve(response.statusCode ?? 0))
    socket.once('error', () => undefined)
  })

const run = '01900000-0000-7000-8000-000000000000'
const someFile = `/files/${run}/report.pdf`
const foreign = 'http://evil.example'

describe('on the station itself', () => {
  let served: Served
  let own: string
  beforeAll(async () => {
    served = await serveCli('serve', '--simulate', '--port', '0', '--data', join(temporaryFolder(), 'data'))
    own = new URL(served.address).host
  })
  afterAll(() => served.end('SIGTERM'))

  it('needs no token, and takes no notice of the network', () => {
    expect(served.document).toMatchObject({ token: null })
    expect(new URL(served.address).hostname).toBe('127.0.0.1')
  })

  it('lets its own page in, by any of its names', async () => {
    const { port } = new URL(served.address)
    for (const name of ['127.0.0.1', 'localhost', '[::1]'])
      expect(await knock(served.address, { Host: `${name}:${port}`, Origin: `http://${name}:${port}` })).toBe('open')
    expect(await knock(served.address)).toBe('open')
  })

  it.each([
    ['a foreign Host (a rebound DNS name)', { Host: 'evil.example' }],
    ['a foreign Host and Origin that agree', { Host: 'evil.example', Origin: foreign }],
    ['a Host that begins as ours', { Host: '127.0.0.1.evil.example' }],
    ['a foreign Origin', { Origin: foreign }],
    ['an Origin on another port', { Origin: 'http://127.0.0.1:1' }],
    ['an opaque Origin', { Origin: 'null' }],
  ])('refuses %s, on /rpc and on /files', async (_what, headers) => {
    const sent = { Host: own, ...headers }
    expect(await knock(served.address, sent)).toBe(401)
    const answer = await ask(served.address, someFile, { headers: sent })
    expect(answer.status).toBe(401)
    expect(JSON.parse(answer.text)).toMatchObject({ code: 'access.denied' })
  })

  it('sends its page with a policy that lets nothing foreign in', async () => {
    const page = await ask(served.address, '/')
    const policy = String(page.headers['content-security-policy'])
    expect(policy).toContain(`default-src 'none'`)
    expect(policy).toContain(`frame-ancestors 'none'`)
    expect(policy).not.toMatch(/unsafe|\*/)
    expect(page.headers).toMatchObject({ 'x-content-type-options': 'nosniff', 'referrer-policy': 'no-referrer' })
    const nonce = /'nonce-([^']+)'/.exec(policy)?.[1] ?? 'none'
    expect(page.text).toContain(nonce)
    const again = await ask(served.address, '/')
    expect(again.headers['content-security-policy']).not.toContain(nonce)
  })

  it.each([
    '/assets/../index.html',
    '/assets/../../../package.json',
    '/assets/..%2f..%2f..%2fpackage.json',
    '/assets/%2e%2e/%2e%2e/%2e%2e/package.json',
    '/assets/..%5c..%5c..%5cpackage.json',
    '/assets//etc/passwd',
    '/assets/%00',
    '/../package.json',
    `/files/${run}/../../package.json`,
    `/files/${run}/..%2f..%2f..%2fpackage.json`,
    `/files/..%2f..%2fpackage.json/x`,
    '/package.json',
    '/station.key',
  ])('gives no file away: %s', async (path) => {
    const answer = await ask(served.address, path)
    expect(answer.status).toBeGreaterThanOrEqual(400)
    expect(answer.status).toBeLessThan(500)
    expect(answer.text).not.toMatch(/pvtp-station|root:|better-sqlite3|<html/)
  })

  it.each([
    ['a run that isn’t there', someFile],
    ['an id that can’t be one', '/files/1/report.pdf'],
  ])('says that it has no file of %s', async (_what, path) => {
    const answer = await ask(served.address, path)
    expect(answer.status).toBe(404)
    expect(JSON.parse(answer.text)).toMatchObject({
      code: expect.stringMatching(/notFound$/) as unknown,
      happened: expect.stringContaining('does not exist') as unknown,
    })
  })

  it('says that there is no such run', async () => {
    const { client, close } = await openWindow(served.address)
    const detail = client.runs.detail({ runId: run })
    await expect(detail).rejects.toMatchObject({ data: { code: 'run.notFound' } })
    await expect(detail).rejects.toThrow(run)
    close()
  })

  it('refuses input that doesn’t fit, with the field’s name', async () => {
    const { client, close } = await openWindow(served.address)
    const request = { protocolId: 'PVTP-001', module: { id: 'M-1', maker: '', model: '' }, parameters: {}, roles: {} }
    const failure = async (work: Promise<unknown>): Promise<string> => {
      const error = await work.then(
        () => new Error('it was taken'),
        (reason: unknown) => reason as Error & { data?: { code?: string; happened?: string } },
      )
      expect(error).toMatchObject({ data: { code: 'usage.invalidInput' } })
      return error.message
    }
    expect(await failure(client.runs.start({ ...request, operator: '' }))).toContain('operator')
    const nameless = { ...request, operator: 'x', module: { id: '', maker: '', model: '' } }
    expect(await failure(client.runs.start(nameless))).toContain('module.id')
    expect(await failure(client.runs.start({ ...request, operator: 'x', frobnicate: 1 } as never))).toContain(
      'frobnicate',
    )
    expect(await failure(client.runs.stop({} as never))).toContain('runId')
    close()
  })

  it('goes on when a window talks nonsense', async () => {
    for (const nonsense of [
      'hello',
      '{}',
      '[1,2',
      JSON.stringify({ i: 1, u: '/nothing/there' }),
      Buffer.alloc(1000, 0xff),
    ]) {
      const socket = new WebSocket(`${served.address.replace('http', 'ws')}rpc`)
      await once(socket, 'open')
      socket.send(nonsense)
      socket.on('error', () => undefined)
      await new Promise((resolve) => setTimeout(resolve, 50))
      socket.terminate()
    }
    expect(await knock(served.address, {}, 'elsewhere')).toBe(401)
    const { client, close } = await openWindow(served.address)
    expect((await client.station.snapshot()).info.simulated).toBe(true)
    close()
  })

  it('refuses a body that is too long or no JSON', async () => {
    const json = { 'Content-Type': 'application/json' }
    expect((await ask(served.address, '/session', { method: 'POST', headers: json, body: '{' })).status).toBe(400)
    const long = JSON.stringify({ token: 'x'.repeat(100_000) })
    expect((await ask(served.address, '/session', { method: 'POST', headers: json, body: long })).status).toBe(413)
  })
})

describe('on the network', () => {
  let served: Served
  let address: string
  let token: string
  beforeAll(async () => {
    const data = join(temporaryFolder(), 'data')
    served = await serveCli('serve', '--simulate', '--host', '0.0.0.0', '--port', '0', '--data', data)
    address = served.address.replace('0.0.0.0', '127.0.0.1')
    token = String(served.document['token'])
  })
  afterAll(() => served.end('SIGTERM'))

  const enter = (offered: string, more: Record<string, string> = {}): Promise<Answer> =>
    ask(address, '/session', {
      method: 'POST',
      headers: { 'Content-Type': 'application/json', ...more },
      body: JSON.stringify({ token: offered }),
    })
  /** Enters as soon as the throttle lets it. */
  const enterInTime = async (offered: string): Promise<Answer> => {
    for (let i = 0; ; i++) {
      const answer = await enter(offered)
      if (answer.status !== 429 || i > 300) return answer
      await new Promise((resolve) => setTimeout(resolve, 100))
    }
  }

  it('prints a token that can’t be guessed', () => {
    expect(token).toMatch(/^[\w-]{24,}$/)
  })

  it('lets nobody in without it, whatever Host and Origin say', async () => {
    for (const headers of [
      {},
      { Host: 'localhost' },
      { Cookie: 'pvtp-session=' },
      { Cookie: `pvtp-session=${token}` },
    ]) {
      expect(await knock(address, headers)).toBe(401)
      expect((await ask(address, someFile, { headers })).status).toBe(401)
      expect(JSON.parse((await ask(address, '/session', { headers })).text)).toEqual({ authorised: false })
    }
    expect(await knock(address, {}, `rpc?token=${token}`)).toBe(401)
  })

  it('gives a cookie for it, with which everything is open', async () => {
    const entered = await enterInTime(token)
    expect(entered.status).toBe(200)
    const [cookie = ''] = entered.headers['set-cookie'] ?? []
    expect(cookie).toMatch(/HttpOnly/)
    expect(cookie).toMatch(/SameSite=Strict/)
    const headers = { Cookie: cookie.split(';')[0] ?? '' }
    expect(await knock(address, headers)).toBe('open')
    expect((await ask(address, someFile, { headers })).status).toBe(404)
    // The cookie alone is no pass for a page of another site.
    expect(await knock(address, { ...headers, Origin: foreign })).toBe(401)
  })

  it('refuses a wrong token, and slows down who tries many', async () => {
    const wrong = await enterInTime(`${token.slice(0, -1)}${token.endsWith('A') ? 'B' : 'A'}`)
    expect(wrong.status).toBe(401)
    expect(wrong.headers['set-cookie']).toBeUndefined()
    const startMs = performance.now()
    const next = await Promise.all(Array.from({ length: 200 }, (_each, i) => enter(`guess-${i}`)))
    // One a second is looked at.
    const most = 2 + Math.floor((performance.now() - startMs) / 1000)
    expect(next.filter(({ status }) => status !== 429).length).toBeLessThanOrEqual(most)
    // The right one is let in again after a moment.
    expect((await enterInTime(token)).status).toBe(200)
  })

  it('refuses what isn’t a token', async () => {
    for (const body of [
      '{}',
      '{"token":1}',
      '[]',
      '{"token":"a","more":1}',
      JSON.stringify({ token: 'x'.repeat(300) }),
    ]) {
      const answer = await ask(address, '/session', {
        method: 'POST',
        headers: { 'Content-Type': 'application/json' },
        body,
      })
      expect([401, 429]).toContain(answer.status)
    }
  })
})
