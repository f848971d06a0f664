import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { _electron, type ElectronApplication, type Page } from 'playwright'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { root, temporaryFolder } from '../support/cli.ts'
import { noElectron } from './electronBinary.ts'

const why = noElectron ? ` (skipped: ${noElectron})` : ''

const start = (home: string): Promise<ElectronApplication> =>
  _electron.launch({ cwd: root, args: ['.', '--simulate', `--data=${home}`] })

const pageOf = async (app: ElectronApplication): Promise<Page> => {
  const page = await app.firstWindow()
  await page.getByText('SIMULATED').first().waitFor()
  return page
}

describe.skipIf(noElectron !== null)(`the desktop app${why}`, () => {
  const home = temporaryFolder()
  let app: ElectronApplication
  let page: Page

  beforeAll(async () => {
    app = await start(home)
    page = await pageOf(app)
  })
  afterAll(() => app.close())

  it('names the simulated lab in the title and on the page, which it learns over the port', async () => {
    const title = await app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.getTitle())
    expect(title).toMatch(/^SIMULATED – .*PVTP Station$/)
    expect(page.url()).toMatch(/^app:\/\/station\//)
    expect(await page.getByText('SIMULATED').first().isVisible()).toBe(true)
  })

  it('gives the page one function, which brings it a port, and nothing of Node', async () => {
    const found = await page.evaluate(`(async () => {
      const arrived = new Promise((resolve) => {
        const onMessage = (event) => {
          if (event.data !== 'pvtp:port') return
          removeEventListener('message', onMessage)
          for (const port of event.ports) port.close()
          resolve(event.source === window ? event.ports.length : -1)
        }
        addEventListener('message', onMessage)
      })
      const returned = String(pvtpShell.requestPort())
      const names = ['require', 'process', 'module', 'Buffer', 'ipcRenderer'].filter((name) => name in window)
      return { keys: Object.keys(pvtpShell), returned, ports: await arrived, names }
    })()`)
    expect(found).toEqual({ keys: ['requestPort'], returned: 'undefined', ports: 1, names: [] })
  })

  it('runs no script that was put into the page', async () => {
    const found = await page.evaluate(`(async () => {
      const blocked = new Promise((resolve) =>
        document.addEventListener('securitypolicyviolation', (event) => resolve(event.effectiveDirective), { once: true }),
      )
      const script = document.createElement('script')
      script.textContent = 'window.wasInjected = true'
      document.body.append(script)
      return { directive: await blocked, ran: 'wasInjected' in window }
    })()`)
    expect(found).toEqual({ directive: 'script-src-elem', ran: false })
  })

  it('shows nothing but its own page: no file beyond it, no other address, no second window, no permission', async () => {
    const found = await page.evaluate(`(async () => {
      const paths = ['/..%2f..%2fpackage.json', '/%2e%2e/package.json', '/index.html', '/files/../station.key']
      const status = await Promise.all(paths.map(async (path) => (await fetch(path)).status))
      const opened = window.open('https://example.com/')
      window.location.href = 'https://example.com/'
      const permission = await navigator.permissions.query({ name: 'geolocation' })
      return { status, opened: opened !== null, permission: permission.state }
    })()`)
    expect(found).toEqual({ status: [404, 404, 404, 404], opened: false, permission: 'denied' })
    expect(page.url()).toMatch(/^app:\/\/station\//)
    expect(app.windows()).toHaveLength(1)
  })

  it('confines every page', async () => {
    const preferences = await app.evaluate(({ webContents }) =>
      webContents.getAllWebContents().map((contents) => {
        // Electron offers this for audits such as this one, without a type.
        const audited = contents as unknown as { getLastWebPreferences(): Record<string, unknown> }
        const { sandbox, contextIsolation, nodeIntegration, webSecurity, webviewTag } = audited.getLastWebPreferences()
        return { sandbox, contextIsolation, nodeIntegration, webSecurity, webviewTag }
      }),
    )
    const confined = { sandbox: true, contextIsolation: true, nodeIntegration: false, webSecurity: true }
    expect(preferences).toEqual([{ ...confined, webviewTag: false }])
  })

  it('is started once for one data folder', async () => {
    // Electron's own start-up, without Playwright: the second one ends before it has a window.
    const binary = await app.evaluate(({ app: inside }) => inside.getPath('exe'))
    const second = spawn(binary, ['.', '--simulate', `--data=${home}`], { cwd: root, stdio: 'ignore' })
    const [code] = (await once(second, 'exit')) as [number | null]
    expect(code).toBe(0)
    expect(app.windows()).toHaveLength(1)
  })

  it('loads the page again when it dies, in the same process', async () => {
    await app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.webContents.forcefullyCrashRenderer())
    await expect
      .poll(
        () =>
          app.evaluate(({ BrowserWindow }) => {
            const contents = BrowserWindow.getAllWindows()[0]?.webContents
            return contents?.isCrashed() === false && contents.getTitle().endsWith('PVTP Station')
          }),
        { timeout: 30_000, interval: 250 },
      )
      .toBe(true)
  })
})

describe.skipIf(noElectron !== null)(`a killed desktop app${why}`, () => {
  it('starts again on the same data', async () => {
    const home = temporaryFolder()
    const first = await start(home)
    await pageOf(first)
    const gone = once(first.process(), 'exit')
    first.process().kill('SIGKILL')
    await gone
    const second = await start(home)
    const page = await pageOf(second)
    expect(await page.title()).toContain('PVTP Station')
    await second.close()
  })
})
