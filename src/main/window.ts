import { app, BrowserWindow, type Session } from 'electron'
import { isRunFile, pageOrigin } from './appProtocol.ts'

/** Nothing but the station's own page is ever shown, and it is allowed nothing that it has to ask for. */
export function lockDown(session: Session): void {
  session.setPermissionRequestHandler((_contents, _permission, answer) => answer(false))
  session.setPermissionCheckHandler(() => false)
  session.setDevicePermissionHandler(() => false)
  app.on('web-contents-created', (_event, contents) => {
    contents.on('will-navigate', (event) => {
      event.preventDefault()
      // Electron takes a click on a download link for a navigation.
      if (isRunFile(event.url)) contents.downloadURL(event.url)
    })
    contents.on('will-frame-navigate', (event) => !event.isMainFrame && event.preventDefault())
    contents.on('will-redirect', (event) => event.preventDefault())
    contents.on('will-attach-webview', (event) => event.preventDefault())
    contents.setWindowOpenHandler(() => ({ action: 'deny' }))
  })
}

const confined = { sandbox: true, contextIsolation: true, nodeIntegration: false, webviewTag: false, spellcheck: false }

/** The window on the station. When its page dies it is loaded again; the station doesn't notice. */
export function openWindow(given: { preload: string; isSimulated: boolean; onError: (error: unknown) => void }) {
  const { preload, onError } = given
  const titled = (title: string): string => (given.isSimulated ? `SIMULATED – ${title}` : title)
  const size = { width: 1440, height: 900, minWidth: 390, minHeight: 600 }
  const webPreferences = { ...confined, preload, devTools: !app.isPackaged }
  const window = new BrowserWindow({ ...size, show: false, title: titled('PVTP Station'), webPreferences })
  window.once('ready-to-show', () => window.show())
  window.on('page-title-updated', (event, title) => {
    event.preventDefault()
    window.setTitle(titled(title))
  })
  window.webContents.on('render-process-gone', (_event, { reason, exitCode }) => {
    if (reason === 'clean-exit') return
    onError(new Error(`the page of the window died (${reason}, code ${exitCode}) and is loaded again`))
    // Not at once: a page that dies on loading must not keep the station's thread busy.
    setTimeout(() => window.isDestroyed() || window.webContents.reload(), 1000)
  })
  window.loadURL(`${pageOrigin}/`).catch(onError)
  return window
}
