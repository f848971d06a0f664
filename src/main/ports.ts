import { RPCHandler } from '@orpc/server/message-port'
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
    if (senderFrame === null || senderFrame.parent !== null || senderFrame.origin !== pageOrigin) {
      deps.onError(new Error(`a port was refused to ${senderFrame?.url ?? 'a frame that is gone'}`))
      return
    }
    const { port1, port2 } = deps.createChannel()
    handler.upgrade(port1)
    port1.start()
    sender.postMessage(portChannel, null, [port2])
  }
}
