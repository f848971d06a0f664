// The adapter for message ports drops the promise of each message: there, one bad message would end the station.
import { RPCHandler } from '@orpc/server/websocket'
import type { IpcMainEvent, MessageChannelMain } from 'electron'
import type { createApi } from '../engine/api.ts'
import { pageOrigin } from './appProtocol.ts'

/** The one message between the preload and this process, there and back. */
export const portChannel = 'pvtp:port'

/** Hands the page that asks a port to the station. Only the top frame of the station's own page may ask. */
export function createPortDesk(deps: {
  api: ReturnType<typeof createApi>
  createChannel: () => MessageChannelMain
  onError: (error: unknown) => void
}): (request: IpcMainEvent) => void {
  const handler = new RPCHandler(deps.api)
  return ({ senderFrame, sender }) => {
    if (senderFrame === null || senderFrame.parent !== null || senderFrame.origin !== pageOrigin)
      return deps.onError(new Error(`a port was refused to ${senderFrame?.url ?? 'a frame that is gone'}`))
    const { port1, port2 } = deps.createChannel()
    const socket = { send: (data: unknown) => port1.postMessage(data), addEventListener: () => undefined }
    port1.on('message', ({ data }) => void handler.message(socket, String(data)).catch(deps.onError))
    port1.on('close', () => handler.close(socket))
    port1.start()
    sender.postMessage(portChannel, null, [port2])
  }
}
