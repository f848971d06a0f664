import { once } from 'node:events'
import { createServer, type AddressInfo } from 'node:net'
import type { Clock } from '../../base/clock.ts'
import type { WireSimulator } from '../../contract/instrument.ts'
import { createMemoryWire, type FarEnd } from './memoryWire.ts'
import { openSerialWire } from './serialWire.ts'
import { wireOfSocket } from './tcpWire.ts'
import type { Wire } from './wire.ts'

/** Makes the simulator; `send` is its way out. */
export type CreateSimulator = (send: (bytes: Uint8Array) => void) => WireSimulator

const openTimeoutMs = 5000

/**
 * One simulator within the process, for `sim:` links. Its state outlives the wires that are attached to it, one at a time as
 * with a cable: a new wire unplugs the one before.
 * @param deps.name of the wire, for messages, such as `sim:smu`
 */
export function hostSimulatorInMemory(deps: { name: string; create: CreateSimulator }): {
  attach: () => Wire
  unplug: (reason?: string) => void
} {
  let plugged: FarEnd | null = null
  const simulator = deps.create((bytes) => plugged?.send(bytes))
  const unplug = (reason?: string): void => plugged?.unplug(reason)
  const attach = (): Wire => {
    unplug('another link was attached to this simulator')
    const { wire, far } = createMemoryWire(deps.name)
    far.onData((bytes) => simulator.receive(bytes))
    plugged = far
    return wire
  }
  return { attach, unplug }
}

/**
 * One simulator on a TCP port (0: any free one). Its state outlives connections. Several clients may be connected: what the
 * simulator says goes to the one that spoke last, as with an instrument behind a port server.
 * @returns the port it listens on, and a close that ends all connections
 */
export async function serveSimulatorOnTcp(deps: {
  create: CreateSimulator
  host: string
  port: number
}): Promise<{ port: number; close: () => Promise<void> }> {
  const clients = new Set<Wire>()
  let talker: Wire | null = null
  const forget = (wire: Wire): void => {
    clients.delete(wire)
    if (talker === wire) talker = null
  }
  const send = (bytes: Uint8Array): void => {
    const to = talker
    // A client that left meanwhile misses its answer, as it would with the instrument.
    to?.write(bytes).catch(() => forget(to))
  }
  const simulator = deps.create(send)
  const server = createServer((socket) => {
    const wire = wireOfSocket(socket, `${socket.remoteAddress}:${socket.remotePort}`)
    clients.add(wire)
    wire.onData((bytes) => {
      talker = wire
      simulator.receive(bytes)
    })
    wire.onClose(() => forget(wire))
  })
  server.listen(deps.port, deps.host)
  await once(server, 'listening')
  const close = async (): Promise<void> => {
    const stopped = new Promise<void>((resolve) => void server.close(() => resolve()))
    await Promise.all([...clients].map((wire) => wire.close()))
    await stopped
  }
  return { port: (server.address() as AddressInfo).port, close }
}

/**
 * One simulator on a serial port, for example one end of a pair of ptys.
 * Rejects with the system's error when the port can't be opened.
 */
export async function serveSimulatorOnSerial(deps: {
  create: CreateSimulator
  path: string
  baudRate: number
  clock: Clock
}): Promise<{ close: () => Promise<void> }> {
  const serial = { baudRate: deps.baudRate, dataBits: 8, parity: 'none', stopBits: 1 } as const
  const wire = await openSerialWire({ path: deps.path, serial }, { clock: deps.clock, timeoutMs: openTimeoutMs })
  // Bytes for a port that ended are lost; the wire itself says that it ended.
  const simulator = deps.create((bytes) => void wire.write(bytes).catch(() => undefined))
  wire.onData((bytes) => simulator.receive(bytes))
  return { close: () => wire.close() }
}
