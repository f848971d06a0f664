import { connect, type Socket } from 'node:net'
import { withDeadline, type Clock } from '../../base/clock.ts'
import { plainReason } from './linkReason.ts'
import type { Wire } from './wire.ts'
import { createWireCore } from './wireCore.ts'

const keepAliveMs = 10_000

/** The wire over a socket that is connected already: ours after connect(), or one that a server accepted. */
export function wireOfSocket(socket: Socket, name: string): Wire {
  socket.setNoDelay(true)
  socket.setKeepAlive(true, keepAliveMs)
  const core = createWireCore({
    name,
    transmit: (bytes) =>
      new Promise((resolve, reject) => {
        socket.write(bytes, (error) => (error ? reject(new Error(plainReason(error))) : resolve()))
      }),
    release: () =>
      new Promise((resolve) => {
        if (socket.closed) return resolve()
        socket.once('close', () => resolve())
        socket.destroy()
      }),
  })
  socket.on('data', (chunk) => core.received(chunk))
  socket.on('end', () => core.ended('the other side closed the connection'))
  socket.on('error', (error) => core.ended(plainReason(error)))
  socket.on('close', () => core.ended('the connection ended'))
  return core.wire
}

/** Connects, or rejects with the system's error or, after `timeoutMs`, with one whose code is ETIMEDOUT. */
export async function openTcpWire(
  address: { host: string; port: number },
  deadline: { clock: Clock; timeoutMs: number },
): Promise<Wire> {
  const socket = connect({ host: address.host, port: address.port, noDelay: true })
  const connected = new Promise<void>((resolve, reject) => {
    socket.once('connect', resolve)
    socket.once('error', reject)
  })
  const late = (): Error => Object.assign(new Error('no answer'), { code: 'ETIMEDOUT' })
  try {
    await withDeadline(connected, deadline.clock, { timeoutMs: deadline.timeoutMs, late })
  } catch (error) {
    // An attempt given up may still report an error of its own while it is torn down.
    socket.on('error', () => undefined)
    socket.destroy()
    throw error
  }
  const host = address.host.includes(':') ? `[${address.host}]` : address.host
  return wireOfSocket(socket, `tcp://${host}:${address.port}`)
}
