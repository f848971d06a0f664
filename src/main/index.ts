import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import * as electron from 'electron'
import { messageOf, StationError } from '../contract/errors.ts'
import { createApi } from '../engine/api.ts'
import { discoverParts } from '../engine/discover.ts'
import { createEnding } from '../engine/ending.ts'
import { createFaultLog } from '../engine/faultLog.ts'
import { openStation } from '../engine/openStation.ts'
import { createPageSource, listAssets } from '../engine/pageSource.ts'
import { createRealClock } from '../engine/realClock.ts'
import { runInThread } from '../engine/reports/thread.ts'
import { createRequestHandler, scheme } from './appProtocol.ts'
import { loadWrappedKey } from './keystore.ts'
import { setMenu } from './menu.ts'
import { readOptions } from './options.ts'
import { createPortDesk, portChannel } from './ports.ts'
import { createSleepBlocker, watchPower } from './power.ts'
import { lockDown, openWindow } from './window.ts'

const { app, dialog, powerMonitor, protocol } = electron

// This file's neighbours, as they lie in the built app.
const rendererFolder = join(import.meta.dirname, '..', 'renderer')
const preload = join(import.meta.dirname, '..', 'preload', 'index.cjs')
const reportWorker = pathToFileURL(join(import.meta.dirname, 'reportWorker.js'))
const storageWorker = pathToFileURL(join(import.meta.dirname, 'storageWorker.js'))
const watchdogScript = pathToFileURL(join(import.meta.dirname, 'watchdogProcess.js'))

function refuseToStart(error: unknown): void {
  console.error(error)
  const text = error instanceof StationError ? error.text : null
  const lines = text ? [text.happened, text.did, text.check] : [messageOf(error)]
  dialog.showErrorBox('PVTP Station did not start', lines.join('\n\n'))
  app.exit(1)
}

function leave(code: number, isSafe: boolean): void {
  const did = isSafe
    ? 'Running tests were stopped and outputs commanded off. What was measured is kept.'
    : 'It could not bring everything to a safe end: check the outputs at the instruments.'
  if (code !== 0) dialog.showErrorBox('PVTP Station ended after an error', `${did}\n\nThe reason is in station.log.`)
  app.exit(code)
}

async function askWhileRunning(window: electron.BrowserWindow): Promise<boolean> {
  const detail = 'To quit, the station stops it and commands the outputs off. What was measured is kept.'
  const buttons = ['Go on testing', 'Stop the test and quit']
  const choice = { type: 'warning' as const, buttons, defaultId: 0, cancelId: 0, message: 'A test is running.', detail }
  return (await dialog.showMessageBox(window, choice)).response === 1
}

type EndingDeps = Omit<Parameters<typeof createEnding>[0], 'ask' | 'exit'>

function watchEnds(window: electron.BrowserWindow, deps: EndingDeps): void {
  const ending = createEnding({ ...deps, ask: () => askWhileRunning(window), exit: leave })
  const ask = (event: { preventDefault: () => void }): void => {
    event.preventDefault()
    ending.askToEnd().catch(deps.onError)
  }
  const fail = (error: unknown): void => {
    deps.onError(error)
    void ending.end(1)
  }
  const shutDown = (event?: { preventDefault: () => void }): void => {
    event?.preventDefault()
    void ending.end(0)
  }
  app.on('before-quit', ask)
  app.on('window-all-closed', () => app.quit())
  window.on('close', ask)
  window.on('query-session-end', (event) => deps.isRunning() && event.preventDefault())
  powerMonitor.on('shutdown', shutDown)
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => shutDown())
  process.on('uncaughtException', fail)
  process.on('unhandledRejection', fail)
}

async function openShell({ home, simulate }: ReturnType<typeof readOptions>): Promise<void> {
  const onError = createFaultLog(join(home, 'station.log'))
  const clock = createRealClock()
  const page = createPageSource(rendererFolder)
  const assets = listAssets(rendererFolder)
  const parts = await discoverParts()
  const { station, close } = await openStation({
    dataFolder: home,
    clock,
    parts,
    createReports: (request) => runInThread(reportWorker, request),
    ...{ storageWorker, watchdogScript, sleep: createSleepBlocker() },
    softwareVersion: app.getVersion(),
    simulate,
    virtualTime: false,
    automaticAnswer: null,
    startsQueued: true,
    // The simulated lab has nothing worth hiding: its key file lets it start on any desktop.
    ...(simulate ? {} : await loadWrappedKey(home, { safeStorage: electron.safeStorage, platform: process.platform })),
    onError,
  })
  for (const { happened, did, check } of station.protocols.refused) onError(`${happened} ${did} ${check}`)
  const isRunning = watchPower(station, onError)

  lockDown(electron.session.defaultSession)
  protocol.handle(scheme, createRequestHandler({ page, assets, file: station.reader.file }))
  const api = createApi(station, { drivers: parts.drivers, onError })
  const portDesk = createPortDesk({ api, createChannel: () => new electron.MessageChannelMain(), onError })
  electron.ipcMain.on(portChannel, portDesk)

  const window = openWindow({ preload, isSimulated: simulate !== null, onError })
  watchEnds(window, { clock, close, isRunning, onError })
  setMenu({ dataFolder: home, isRunning, onError })
  app.on('second-instance', () => {
    if (window.isMinimized()) window.restore()
    window.focus()
  })
}

try {
  app.enableSandbox()
  const privileges = { standard: true, secure: true, supportFetchAPI: true }
  protocol.registerSchemesAsPrivileged([{ scheme, privileges }])
  const options = readOptions(process.argv.slice(1), app.getPath('userData'))
  // Each data folder has its own window profile, and with it its own lock: stations may run side by side.
  const profile = join(options.home, 'window')
  mkdirSync(profile, { recursive: true, mode: 0o700 })
  app.setPath('userData', profile)
  if (app.requestSingleInstanceLock())
    app.whenReady().then(() => openShell(options).catch(refuseToStart), refuseToStart)
  else app.exit(0)
} catch (error) {
  refuseToStart(error)
}
