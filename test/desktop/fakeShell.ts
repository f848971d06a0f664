import { once } from 'node:events'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { MessagePort, Worker } from 'node:worker_threads'
import { createORPCClient } from '@orpc/client'
import { RPCLink } from '@orpc/client/message-port'
import { root } from '../support/cli.ts'
import type { Client } from '../support/window.ts'
import type { Order } from './shellThread.ts'

export const builtShell = join(root, 'out', 'main', 'index.js')

export interface Answer {
  status: number
  headers: Record<string, string>
  body: Uint8Array
}

export const ownPage = { origin: 'app://station', url: 'app://station/', parent: null }

/** The built shell on a fake Electron, in a thread of its own. */
export function startShell(...args: string[]) {
  const worker = new Worker(new URL('./shellThread.ts', import.meta.url), {
    argv: args,
    workerData: { main: pathToFileURL(builtShell).href },
    stderr: true,
  })
  let errors = ''
  worker.stderr.setEncoding('utf8').on('data', (text: string) => (errors += text))
  const ended = once(worker, 'exit').then(([code]) => ({ code: code as number, errors }))
  const next = async (): Promise<unknown> => {
    const reply: unknown[] = await Promise.race([
      once(worker, 'message'),
      ended.then(({ code }) => Promise.reject(new Error(`the shell ended with code ${code}: ${errors}`))),
    ])
    return reply[0]
  }
  const tell = async (order: Order): Promise<unknown> => {
    const reply = next()
    worker.postMessage(order)
    return reply
  }
  const calls = async (name: string): Promise<unknown[][]> =>
    ((await tell({ do: 'calls' })) as [string, ...unknown[]][])
      .filter(([each]) => each === name)
      .map((all) => all.slice(1))

  const openClient = async (): Promise<{ client: Client; port: MessagePort }> => {
    const port = await tell({ do: 'port', senderFrame: ownPage })
    if (!(port instanceof MessagePort)) throw new Error('no port was given')
    const client: Client = createORPCClient(new RPCLink({ port: port as never }))
    port.start()
    return { client, port }
  }
  const loaded = next()
  // A shell that ends before is for `ended` to tell.
  loaded.catch(() => undefined)
  return {
    /** Resolves with the exit code and all that went to stderr. */
    ended,
    untilShown: async () => {
      await loaded
      await untilCalled(calls, 'window.loadURL')
    },
    untilCalled: (name: string) => untilCalled(calls, name),
    tell,
    calls,
    openClient,
    request: async (url: string, method = 'GET') => (await tell({ do: 'request', method, url })) as Answer,
    emit: async (on: Extract<Order, { do: 'emit' }>['on'], event: string, detail: object = {}) =>
      (await tell({ do: 'emit', on, event, detail })) as boolean,
  }
}

export type Shell = ReturnType<typeof startShell>

/** Waits until the shell has done something. */
async function untilCalled(calls: (name: string) => Promise<unknown[][]>, name: string): Promise<unknown[][]> {
  for (;;) {
    const found = await calls(name)
    if (found.length > 0) return found
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}
