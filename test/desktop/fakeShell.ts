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
export async function startShell(...args: string[]) {
  const worker = new Worker(new URL('./shellThread.ts', import.meta.url), {
    argv: args,
    workerData: { main: pathToFileURL(builtShell).href },
    stderr: true,
  })
  const ended = once(worker, 'exit').then(([code]) => code as number)
  const next = async (): Promise<unknown> => {
    const reply: unknown[] = await Promise.race([
      once(worker, 'message'),
      ended.then((code) => Promise.reject(new Error(`the shell ended with code ${code}`))),
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
  return {
    /** Resolves with the exit code. */
    ended,
    loaded: next(),
    tell,
    calls,
    openClient,
    request: async (url: string, method = 'GET') => (await tell({ do: 'request', method, url })) as Answer,
    emit: async (on: Extract<Order, { do: 'emit' }>['on'], event: string, detail: object = {}) =>
      (await tell({ do: 'emit', on, event, detail })) as boolean,
  }
}

export type Shell = Awaited<ReturnType<typeof startShell>>

/** Waits until the shell has done something. */
export async function untilCalled(shell: Shell, name: string, times = 1): Promise<unknown[][]> {
  for (;;) {
    const calls = await shell.calls(name)
    if (calls.length >= times) return calls
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}
