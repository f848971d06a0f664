import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { runInNewContext } from 'node:vm'
import { MessagePort } from 'node:worker_threads'
import { beforeAll, describe, expect, it } from 'vitest'
import { apiVersion } from '../../src/contract/api.ts'
import { withReader } from '../../src/engine/openStation.ts'
import { temporaryFolder } from '../support/cli.ts'
import { simulatedRequest, waitForEvent } from '../support/window.ts'
import { builtShell, ownPage, startShell, type Shell } from './fakeShell.ts'

const isBuilt = existsSync(builtShell)
const why = isBuilt ? '' : ' (skipped: out/ is not built, run npm run build)'

const curve =
  'Voltage (V),Current (A)\n0,8.9\n5,8.88\n10,8.86\n15,8.8\n20,8.6\n25,8.1\n28,7.2\n30,6.1\n33,3.9\n36,1.2\n37.2,0\n'
const textOf = (bytes: Uint8Array): string => Buffer.from(bytes).toString('utf8')

describe.skipIf(!isBuilt)(`the built shell on a fake Electron${why}`, () => {
  const home = temporaryFolder()
  let shell: Shell

  beforeAll(async () => {
    shell = startShell('--simulate', `--data=${home}`)
    await shell.untilShown()
  })

  it('shows its own page, confined, and names the simulated lab in the title', async () => {
    expect(await shell.calls('window.loadURL')).toEqual([['app://station/']])
    expect(await shell.calls('app.enableSandbox')).toHaveLength(1)
    expect(await shell.calls('protocol.registerSchemesAsPrivileged')).toEqual([
      [[{ scheme: 'app', privileges: { standard: true, secure: true, supportFetchAPI: true } }]],
    ])
    const webPreferences = { sandbox: true, contextIsolation: true, nodeIntegration: false, webviewTag: false }
    expect(await shell.calls('window')).toMatchObject([[{ webPreferences }]])
    await shell.emit('window', 'page-title-updated')
    expect((await shell.calls('window.setTitle'))[0]?.[0]).toMatch(/^SIMULATED – /)
  })

  it('refuses every permission, navigation and new window', async () => {
    expect(await shell.calls('permission')).toEqual([[false]])
    expect(await shell.calls('permissionCheck')).toEqual([[false]])
    expect(await shell.calls('devicePermission')).toEqual([[false]])
    expect(await shell.calls('windowOpen')).toEqual([[{ action: 'deny' }]])
    for (const event of ['will-redirect', 'will-attach-webview', 'will-navigate', 'will-frame-navigate'])
      expect(await shell.emit('contents', event, { url: 'https://example.com/', isMainFrame: false })).toBe(true)
    expect(await shell.calls('downloadURL')).toEqual([])
  })

  it('serves the page with a policy whose nonce is the page’s, new each time', async () => {
    const [first, second] = [await shell.request('app://station/'), await shell.request('app://station/')]
    const nonce = /name="csp-nonce" content="([^"]+)"/.exec(textOf(first.body))?.[1]
    expect(nonce).toMatch(/^[\w+/=]{20,}$/)
    expect(first.headers['content-security-policy']).toContain(`'nonce-${nonce}'`)
    expect(first.headers['content-security-policy']).toContain(`default-src 'none'; script-src 'self';`)
    expect(textOf(second.body)).not.toContain(nonce)
    const script = /src="\.(\/assets\/[^"]+\.js)"/.exec(textOf(first.body))?.[1]
    const loaded = await shell.request(`app://station${script}`)
    expect([loaded.status, loaded.headers['content-type']]).toEqual([200, 'text/javascript'])
  })

  it.each([
    'app://station/../package.json',
    'app://station/assets/../../main/index.js',
    'app://station/..%2f..%2fpackage.json',
    'app://station/%2e%2e/%2e%2e/package.json',
    'app://station/assets/..\\..\\main\\index.js',
    'app://station/assets/%00',
    'app://station//etc/passwd',
    'app://station/index.html',
    'app://station/files/../station.key',
    'app://station/files/%E0%A4%A/x',
    'app://station/files/018f0000-0000-7000-8000-000000000000/report.pdf',
    'app://elsewhere/',
    'file:///etc/passwd',
    'no address',
  ])('has nothing at %s', async (url) => {
    expect((await shell.request(url)).status).toBe(404)
  })

  it('answers to GET only', async () => {
    expect((await shell.request('app://station/', 'POST')).status).toBe(404)
  })

  it('gives a port to the top frame of its own page only', async () => {
    const frames = [
      { ...ownPage, origin: 'https://example.com' },
      { ...ownPage, origin: 'app://elsewhere' },
      { ...ownPage, parent: { origin: 'app://station' } },
    ]
    for (const senderFrame of frames) expect(await shell.tell({ do: 'port', senderFrame })).toBeNull()
    expect(await shell.tell({ do: 'port', senderFrame: ownPage })).toBeInstanceOf(MessagePort)
  })

  it('speaks the contract over the port, and outlives a window that goes in the middle of its events', async () => {
    const { client, port } = await shell.openClient()
    const info = await client.station.hello({ apiVersion })
    expect(info).toMatchObject({ apiVersion, simulated: true, softwareVersion: '0.0.0-test' })
    const events = await client.station.events()
    const pending = events.next().catch(() => undefined)
    port.close()
    await pending
    const again = await shell.openClient()
    expect((await again.client.station.snapshot()).protocols.map(({ id }) => id)).toContain('PVTP-001')
    again.port.close()
  })

  it.each(['garbage', '{}', 'null', '{"i":"1","p":5}', 7, { a: 1 }, null])('outlives the message %j', async (bad) => {
    const { client, port } = await shell.openClient()
    port.postMessage(bad)
    expect((await client.station.hello({ apiVersion })).simulated).toBe(true)
    port.close()
  })

  it('makes a run’s papers in the built report thread, and hands them out as attachments only', async () => {
    const { client, port } = await shell.openClient()
    const module = { id: 'M-1', maker: '', model: '' }
    const run = await client.runs.importCurves({
      protocolId: 'PVTP-001',
      module,
      operator: 'Test',
      parameters: {},
      fileName: 'curve.csv',
      text: curve,
    })
    const { files, events } = await client.runs.detail({ runId: run.id })
    expect(
      files.map(({ name }) => name.split('.').at(-1)),
      JSON.stringify(events),
    ).toEqual(expect.arrayContaining(['pdf', 'xlsx', 'csv', 'zip']))
    const pdf = files.find(({ name }) => name.endsWith('.pdf'))!
    const url = `app://station/files/${run.id}/${encodeURIComponent(pdf.name)}`
    const sent = await shell.request(url)
    expect([sent.status, sent.body.length]).toEqual([200, pdf.bytes])
    expect(sent.headers['content-disposition']).toMatch(/^attachment; filename="[\w.-]+\.pdf"$/)
    expect(await shell.emit('contents', 'will-navigate', { url })).toBe(true)
    expect(await shell.calls('downloadURL')).toEqual([[url]])
    port.close()
  })

  it('comes to the front when it is started a second time', async () => {
    await shell.emit('app', 'second-instance')
    expect(await shell.calls('window.restore')).toHaveLength(1)
    expect(await shell.calls('window.focus')).toHaveLength(1)
  })

  it('loads a page that died again', async () => {
    await shell.emit('contents', 'render-process-gone', { reason: 'clean-exit', exitCode: 0 })
    await shell.emit('contents', 'render-process-gone', { reason: 'crashed', exitCode: 11 })
    await shell.untilCalled('reload')
    expect(readFileSync(join(home, 'station.log'), 'utf8')).toMatch(/the page of the window died \(crashed, code 11\)/)
  })

  it('stays awake during a run, asks before it quits, then ends with the run stopped and everything kept', async () => {
    const { client } = await shell.openClient()
    const isLogged = waitForEvent(client, (event) => event.type === 'log' && event.event.kind === 'power')
    const run = await client.runs.start(await simulatedRequest(client))
    expect(await shell.untilCalled('powerSaveBlocker.start')).toEqual([['prevent-app-suspension']])
    await shell.emit('powerMonitor', 'suspend')
    expect(await isLogged).toMatchObject({ event: { runId: run.id, level: 'warning' } })
    expect(await shell.calls('powerSaveBlocker.stop')).toEqual([])

    expect(await shell.emit('window', 'close')).toBe(true)
    expect(await shell.untilCalled('dialog.showMessageBox')).toEqual([['A test is running.']])
    expect((await client.runs.detail({ runId: run.id })).run.status).toBe('running')
    await shell.tell({ do: 'answer', response: 1 })
    expect(await shell.emit('app', 'before-quit')).toBe(true)
    expect((await shell.ended).code).toBe(0)
    await withReader(home, async (reader) => {
      expect((await reader.getRun(run.id)).run.status).toBe('stopped')
      expect((await reader.events(run.id)).filter(({ kind }) => kind === 'power')).toHaveLength(1)
    })
  })
})

describe.skipIf(!isBuilt)(`the built preload${why}`, () => {
  it('gives the page one function, and forwards the port to this page only', () => {
    const heard: unknown[][] = []
    const note =
      (name: string) =>
      (...args: unknown[]) =>
        void heard.push([name, ...args])
    let forward: (event: { ports: string[] }) => void = () => undefined
    const electron = {
      contextBridge: { exposeInMainWorld: note('expose') },
      ipcRenderer: { send: note('send'), on: (_channel: string, listener: typeof forward) => (forward = listener) },
    }
    const window = { location: { origin: 'app://station' }, postMessage: note('postMessage') }
    runInNewContext(readFileSync(join(builtShell, '..', '..', 'preload', 'index.cjs'), 'utf8'), {
      window,
      require: (name: string) => (name === 'electron' ? electron : undefined),
    })
    expect(heard).toEqual([['expose', 'pvtpShell', { requestPort: expect.any(Function) as unknown }]])
    ;(heard[0]![2] as { requestPort: () => void }).requestPort()
    forward({ ports: ['a port'] })
    expect(heard.slice(1)).toEqual([
      ['send', 'pvtp:port'],
      ['postMessage', 'pvtp:port', 'app://station', ['a port']],
    ])
  })
})

describe.skipIf(!isBuilt)(`the built shell in trouble${why}`, () => {
  it('refuses real data without a keystore, names the way out, and leaves no database', async () => {
    const home = temporaryFolder()
    const { code, errors } = await startShell(`--data=${home}`).ended
    expect(code).toBe(1)
    expect(errors).toMatch(/did not start\nThis computer offers no keystore[^]*no key was written[^]*pvtp -- serve/)
    expect(readdirSync(home).filter((name) => /db|key/.test(name))).toEqual([])
  })

  it('refuses a folder that another station uses, and says so', async () => {
    const home = temporaryFolder()
    const first = startShell('--simulate', `--data=${home}`)
    await first.untilShown()
    const { code, errors } = await startShell('--simulate', `--data=${home}`).ended
    expect([code, errors]).toEqual([1, expect.stringMatching(/did not start\nAnother station/)])
    await first.emit('app', 'before-quit')
    expect((await first.ended).code).toBe(0)
  })

  it.each(['--seed=nine', '--data'])('refuses %s', async (argument) => {
    const { code, errors } = await startShell('--simulate', argument).ended
    expect([code, errors]).toEqual([1, expect.stringMatching(/takes a/)])
  })

  it('after a fault of its own stops the run, logs why, and ends with code 1', async () => {
    const home = temporaryFolder()
    const shell = startShell('--simulate', `--data=${home}`)
    await shell.untilShown()
    const { client } = await shell.openClient()
    const run = await client.runs.start(await simulatedRequest(client))
    void shell.tell({ do: 'fault', message: 'a fault for the test' }).catch(() => undefined)
    const { code, errors } = await shell.ended
    expect([code, errors]).toEqual([1, expect.stringMatching(/ended after an error\nRunning tests were stopped/)])
    expect(readFileSync(join(home, 'station.log'), 'utf8')).toContain('a fault for the test')
    await withReader(home, async (reader) => expect((await reader.getRun(run.id)).run.status).toBe('stopped'))
  })
})
