import { once } from 'node:events'
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net'
import type { Clock } from '../../base/clock.ts'
import { createConnectionFaults } from './connectionFaults.ts'
import { watchFaults, type CreateSimulator, type ServedSimulator } from './simulatorHost.ts'
import { wireOfSocket } from './tcpWire.ts'
import type { Wire } from './wire.ts'

interface Client {
  wire: Wire
  socket: Socket
  lastMs: number
}

/** A listening port that can be taken away and given back. */
async function createPort(deps: { host: string; port: number; onSocket: (socket: Socket) => void }) {
  let { port } = deps
  let server: Server | null = null
  const listen = async (): Promise<void> => {
    const own = createServer(deps.onSocket)
    server = own
    own.listen(port, deps.host)
    await once(own, 'listening')
    port = (own.address() as AddressInfo).port
  }
  const leave = async (): Promise<void> => {
    const own = server
    server = null
    if (own?.listening) await new Promise<void>((resolve) => void own.close(() => resolve()))
  }
  await listen()
  return { port, listen, leave, isListening: () => server !== null }
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
  clock: Clock
}): Promise<ServedSimulator & { port: number }> {
  const { clock } = deps
  const clients = new Set<Client>()
  let talker: Client | null = null
  let isOpen = true
  const forget = (client: Client): void => {
    clients.delete(client)
    if (talker === client) talker = null
  }
  const simulator = deps.create((bytes) => {
    const to = talker
    // A client that left meanwhile misses its answer, as it would with the instrument.
    if (!faults.isSilent()) to?.wire.write(bytes).catch(() => forget(to))
  })
  const faults = createConnectionFaults({ clock, board: simulator.faults })

  const receive = (client: Client, bytes: Uint8Array): void => {
    look()
    if (!clients.has(client) || faults.isSilent()) return
    client.lastMs = clock.monotonicMs()
    talker = client
    simulator.receive(bytes)
  }
  const onSocket = (socket: Socket): void => {
    if (faults.isUnplugged() || (faults.refusesSecond() && clients.size > 0)) return void socket.resetAndDestroy()
    const wire = wireOfSocket(socket, `${socket.remoteAddress}:${socket.remotePort}`)
    const client: Client = { wire, socket, lastMs: clock.monotonicMs() }
    clients.add(client)
    wire.onData((bytes) => receive(client, bytes))
    wire.onClose(() => forget(client))
  }
  const endAll = (): Promise<unknown> => Promise.all([...clients].map((each) => each.wire.close()))
  const port = await createPort({ host: deps.host, port: deps.port, onSocket })
  // Coming and going, one after the other.
  let moving: Promise<unknown> = Promise.resolve()
  const follow = (): void => {
    const isWanted = isOpen && !faults.isUnplugged()
    moving = moving.then(async () => {
      if (isWanted && !port.isListening()) await port.listen().catch(() => port.leave())
      if (!isWanted && port.isListening()) await Promise.all([port.leave(), endAll()])
    })
  }
  const look = (): void => {
    if (port.isListening() === faults.isUnplugged()) follow()
    if (clients.size > 0 && faults.takeReset())
      for (const each of [...clients]) {
        forget(each)
        each.socket.resetAndDestroy()
      }
    for (const each of clients) if (faults.isIdleTooLong(each.lastMs)) void each.wire.close()
  }
  void watchFaults({ clock, isOpen: () => isOpen, look })
  const close = async (): Promise<void> => {
    isOpen = false
    await moving
    await Promise.all([port.leave(), endAll()])
  }
  const moved = async (move: () => void): Promise<void> => {
    move()
    look()
    await moving
  }
  return { port: port.port, unplug: () => moved(faults.unplug), plug: () => moved(faults.plug), close }
}
