// Electron's part of the process, for the built shell to run on where there is no Electron: just what it calls.
import { EventEmitter } from 'node:events'
import { join } from 'node:path'
import { MessageChannel, type MessagePort } from 'node:worker_threads'

type Handler = (request: { method: string; url: string }) => Promise<Response>

/** What the shell did, and what it registered. */
export const seen = {
  calls: [] as unknown[][],
  handlers: new Map<string, Handler>(),
  answer: 0,
  windows: [] as BrowserWindow[],
}

const note =
  (name: string) =>
  (...args: unknown[]): void =>
    void seen.calls.push([name, ...args])

const paths = new Map([['userData', join(process.cwd(), 'never-used')]])
let blockers = 0

export const app = Object.assign(new EventEmitter(), {
  isPackaged: false,
  enableSandbox: note('app.enableSandbox'),
  getPath: (name: string) => paths.get(name),
  setPath: (name: string, path: string) => void paths.set(name, path),
  getVersion: () => '0.0.0-test',
  requestSingleInstanceLock: () => true,
  whenReady: () => Promise.resolve(),
  setAboutPanelOptions: note('app.setAboutPanelOptions'),
  quit: () => void app.emit('before-quit', { preventDefault: () => undefined }),
  exit: (code: number) => process.exit(code),
})

export const protocol = {
  registerSchemesAsPrivileged: note('protocol.registerSchemesAsPrivileged'),
  handle: (scheme: string, handler: Handler) => void seen.handlers.set(scheme, handler),
}
export const session = {
  defaultSession: {
    setPermissionRequestHandler: (ask: (contents: null, permission: string, answer: (ok: boolean) => void) => void) =>
      ask(null, 'media', note('permission')),
    setPermissionCheckHandler: (check: () => boolean) => note('permissionCheck')(check()),
    setDevicePermissionHandler: (check: () => boolean) => note('devicePermission')(check()),
  },
}
export const ipcMain = new EventEmitter()
export const powerMonitor = new EventEmitter()
export const powerSaveBlocker = {
  start: (type: string): number => {
    note('powerSaveBlocker.start')(type)
    return ++blockers
  },
  stop: note('powerSaveBlocker.stop'),
}
export const dialog = {
  showErrorBox: (title: string, text: string): void => void process.stderr.write(`${title}\n${text}\n`),
  showMessageBox: (_window: unknown, options: { message: string }) => {
    note('dialog.showMessageBox')(options.message)
    return Promise.resolve({ response: seen.answer })
  },
}
export const Menu = {
  buildFromTemplate: (template: { label: string }[]) => template,
  setApplicationMenu: (menu: { label: string }[]) => note('menu')(menu.map(({ label }) => label)),
}
export const shell = { openPath: () => Promise.resolve('') }
/** As Chromium answers on a desktop without a keyring. */
export const safeStorage = {
  getSelectedStorageBackend: () => 'basic_text',
  isAsyncEncryptionAvailable: () => Promise.resolve(false),
}

const createContents = (): EventEmitter =>
  Object.assign(new EventEmitter(), {
    setWindowOpenHandler: (open: () => unknown) => note('windowOpen')(open()),
    downloadURL: note('downloadURL'),
    reload: note('reload'),
  })

export class BrowserWindow extends EventEmitter {
  readonly webContents = createContents()

  constructor(options: unknown) {
    super()
    note('window')(options)
    seen.windows.push(this)
    app.emit('web-contents-created', {}, this.webContents)
  }
  show = note('window.show')
  focus = note('window.focus')
  restore = note('window.restore')
  setTitle = note('window.setTitle')
  isMinimized = (): boolean => true
  isDestroyed = (): boolean => false
  loadURL = (url: string): Promise<void> => Promise.resolve(note('window.loadURL')(url))
}

/** Electron's ports emit events with `data`, and say nothing before they are started. */
const asMain = (port: MessagePort) => ({
  raw: port,
  on: (type: string, listener: (event: { data: unknown }) => void): void =>
    void port.addListener(type, (data: unknown) => listener({ data })),
  start: (): void => port.start(),
  postMessage: (data: unknown): void => port.postMessage(data),
})

export class MessageChannelMain {
  readonly port1
  readonly port2

  constructor() {
    const { port1, port2 } = new MessageChannel()
    this.port1 = asMain(port1)
    this.port2 = asMain(port2)
  }
}
