// Runs the built shell in a thread of the test, on the fake Electron, and lets the test act as Electron does.
import type { EventEmitter } from 'node:events'
import { registerHooks } from 'node:module'
import { parentPort, workerData, type MessagePort } from 'node:worker_threads'
import { assert } from '../../src/base/assert.ts'
import type * as Fake from './fakeElectron.ts'

export type Order =
  | { do: 'request'; method: string; url: string }
  | { do: 'port'; senderFrame: { origin: string; url: string; parent: object | null } }
  | { do: 'emit'; on: 'app' | 'powerMonitor' | 'window' | 'contents'; event: string; detail?: object }
  | { do: 'answer'; response: number }
  | { do: 'calls' }
  | { do: 'fault'; message: string }

const fakeUrl = new URL('./fakeElectron.ts', import.meta.url).href
registerHooks({
  resolve: (specifier, context, next) =>
    specifier === 'electron' ? { url: fakeUrl, shortCircuit: true } : next(specifier, context),
})
const fake = (await import(fakeUrl)) as typeof Fake
assert(parentPort, 'runs in a thread only')
const test = parentPort

async function request(order: { method: string; url: string }): Promise<unknown> {
  const handler = fake.seen.handlers.get('app')
  assert(handler, 'the scheme is handled')
  const response = await handler(order)
  const body = await response.bytes()
  return { status: response.status, headers: Object.fromEntries(response.headers), body }
}

function emit(order: Extract<Order, { do: 'emit' }>): unknown {
  const window = fake.seen.windows[0]
  const targets: Record<string, EventEmitter | undefined> = {
    app: fake.app,
    powerMonitor: fake.powerMonitor,
    window,
    contents: window?.webContents,
  }
  let isPrevented = false
  const event = { ...order.detail, preventDefault: () => (isPrevented = true) }
  targets[order.on]?.emit(order.event, event, order.detail)
  return isPrevented
}

/** Answers with the port, or with null where none was given. */
function askForPort(senderFrame: object): void {
  let given: MessagePort | null = null
  const postMessage = (_channel: string, _message: null, [port]: { raw: MessagePort }[]): void => {
    given = port?.raw ?? null
  }
  fake.ipcMain.emit('pvtp:port', { senderFrame, sender: { postMessage } })
  test.postMessage(given, given ? [given] : [])
}

async function obey(order: Order): Promise<void> {
  if (order.do === 'port') askForPort(order.senderFrame)
  else if (order.do === 'request') test.postMessage(await request(order))
  else if (order.do === 'emit') test.postMessage(emit(order))
  else if (order.do === 'calls') test.postMessage(JSON.parse(JSON.stringify(fake.seen.calls)))
  else if (order.do === 'fault')
    setImmediate(() => {
      throw new Error(order.message)
    })
  else {
    fake.seen.answer = order.response
    test.postMessage(true)
  }
}

await import((workerData as { main: string }).main)
test.on('message', (order: Order) => void obey(order))
test.postMessage('loaded')
