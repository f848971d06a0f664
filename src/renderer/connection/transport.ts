import { createORPCClient } from '@orpc/client'
import { RPCLink as PortLink, onMessagePortClose } from '@orpc/client/message-port'
import { RPCLink as SocketLink } from '@orpc/client/websocket'
import type { ContractRouterClient } from '@orpc/contract'
import type { stationContract } from '../../contract/api.ts'

export type StationClient = ContractRouterClient<typeof stationContract>

export interface Transport {
  client: StationClient
  /** Resolves when the other end is gone. */
  closed: Promise<void>
  close: () => void
}

interface Shell {
  requestPort: () => void
}

/** What the preload of the desktop app offers; absent in a browser. */
export const shellOf = (page: Window): Shell | null => {
  const shell = (page as Window & { pvtpShell?: Partial<Shell> }).pvtpShell
  return typeof shell?.requestPort === 'function' ? (shell as Shell) : null
}

const openTimeoutMs = 10_000

/** Asks the desktop app for a port to its engine. */
export function openPort(shell: Shell): Promise<Transport> {
  return new Promise((resolve, reject) => {
    const onMessage = (event: MessageEvent): void => {
      if (event.data !== 'pvtp:port' || event.source !== window) return
      const port = event.ports[0]
      if (port === undefined) return
      end()
      const closed = new Promise<void>((gone) => onMessagePortClose(port, () => gone()))
      const client: StationClient = createORPCClient(new PortLink({ port }))
      port.start()
      resolve({ client, closed, close: () => port.close() })
    }
    const timer = setTimeout(() => {
      end()
      reject(new Error('the desktop app gave no port'))
    }, openTimeoutMs)
    const end = (): void => {
      clearTimeout(timer)
      window.removeEventListener('message', onMessage)
    }
    window.addEventListener('message', onMessage)
    shell.requestPort()
  })
}

const socketAddress = (): string => {
  const { protocol, host } = window.location
  return `${protocol === 'https:' ? 'wss' : 'ws'}://${host}/rpc`
}

/** Opens the WebSocket of the server that this page came from. */
export function openSocket(): Promise<Transport> {
  return new Promise((resolve, reject) => {
    const socket = new WebSocket(socketAddress())
    const timer = setTimeout(() => socket.close(), openTimeoutMs)
    const closed = new Promise<void>((gone) => socket.addEventListener('close', () => gone()))
    socket.addEventListener('open', () => {
      clearTimeout(timer)
      resolve({ client: createORPCClient(new SocketLink({ websocket: socket })), closed, close: () => socket.close() })
    })
    socket.addEventListener('close', () => {
      clearTimeout(timer)
      reject(new Error('the station closed the connection'))
    })
  })
}
