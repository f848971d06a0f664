import { once } from 'node:events'
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import { freePort } from '../../../test/transport/freePort.ts'
import { createBench, failureOf, patientScpi, scpi, waitUntil } from '../../../test/transport/support.ts'
import { createRealClock } from '../realClock.ts'
import { createMemoryWire, type FarEnd } from './memoryWire.ts'
import { rtuFrame } from './modbusFrame.ts'
import { createLinkOpener } from './openLink.ts'

const servers: Server[] = []
afterEach(() => {
  for (const server of servers.splice(0)) server.close()
})

const listen = async (onSocket: (socket: Socket) => void, wanted = 0): Promise<number> => {
  const server = createServer(onSocket).listen(wanted, '127.0.0.1')
  servers.push(server)
  await once(server, 'listening')
  return (server.address() as AddressInfo).port
}

/** An opener of simulated wires, whose far ends answer each RTU request with the unit's number. */
const createSimulated = () => {
  const { clock } = createBench()
  const plugged: FarEnd[] = []
  const attachSimulated = (name: string) => {
    const { wire, far } = createMemoryWire(name)
    far.onData((frame) => {
      if (frame.length === 8) far.send(rtuFrame(frame[0] ?? 0, Uint8Array.of(4, 2, 0, frame[0] ?? 0)))
    })
    plugged.push(far)
    return wire
  }
  return { clock, plugged, opener: createLinkOpener({ clock, attachSimulated }) }
}

describe('a link opener', () => {
  it('shares one wire among units, until the last one closes', async () => {
    const { opener, plugged, clock } = createSimulated()
    const [one, two] = await Promise.all([
      opener.openRegisters('sim:bus?unit=1'),
      opener.openRegisters('sim:bus?unit=2'),
    ])
    expect(plugged).toHaveLength(1)
    expect(await clock.run(Promise.all([one.link.readInput(0, 1), two.link.readInput(0, 1)]))).toEqual([[1], [2]])
    await one.close()
    await one.close()
    expect(plugged[0]?.isPlugged).toBe(true)
    expect((await clock.run(failureOf(one.link.readInput(0, 1)))).code).toBe('device.closed')
    expect(await clock.run(two.link.readInput(0, 1))).toEqual([2])
    await two.close()
    expect(plugged[0]?.isPlugged).toBe(false)
  })

  it('tells all users when the wire dies, and makes a new one at the next open', async () => {
    const { opener, plugged, clock } = createSimulated()
    const one = await opener.openRegisters('sim:bus?unit=1')
    const two = await opener.openRegisters('sim:bus?unit=2')
    plugged[0]?.unplug('somebody fell over the cable')
    const failures = await clock.run(Promise.all([one, two].map(({ link }) => failureOf(link.readInput(0, 1)))))
    expect(failures.map((each) => each.code)).toEqual(['device.closed', 'device.closed'])
    expect(failures[0]?.context?.detail).toBe('somebody fell over the cable')
    const again = await opener.openRegisters('sim:bus?unit=1')
    expect(plugged).toHaveLength(2)
    await one.close()
    await two.close()
    expect(plugged[1]?.isPlugged).toBe(true)
    const shared = await opener.openRegisters('sim:bus?unit=2')
    expect(plugged).toHaveLength(2)
    await shared.close()
    expect(await clock.run(again.link.readInput(0, 1))).toEqual([1])
    await again.close()
    expect(plugged[1]?.isPlugged).toBe(false)
  })

  it('refuses a kind of link that the instrument does not speak', async () => {
    const { opener } = createSimulated()
    for (const open of [
      () => opener.openLine('modbus-tcp://10.0.0.5:502', scpi),
      () => opener.openRegisters('tcp://10.0.0.5:502'),
      () => opener.openRegisters('serial://COM3'),
      () => opener.openLine('nonsense', scpi),
    ]) {
      expect((await failureOf(open())).code).toBe('usage.badArgument')
    }
  })

  it('refuses a second user with other settings', async () => {
    const port = await listen(() => undefined)
    const opener = createLinkOpener({ clock: createRealClock() })
    const first = await opener.openRegisters(`modbus-tcp://127.0.0.1:${port}`)
    const failure = await failureOf(opener.openRegisters(`modbus-rtu-over-tcp://127.0.0.1:${port}`))
    expect(failure).toMatchObject({
      code: 'device.linkFailed',
      context: { detail: 'the port is in use with other settings (modbus-tcp)' },
    })
    await first.close()
    const second = await opener.openRegisters(`modbus-rtu-over-tcp://127.0.0.1:${port}`)
    await second.close()
  })

  it('says in plain words why a port could not be opened', async () => {
    const port = await freePort()
    const opener = createLinkOpener({ clock: createRealClock() })
    const cases = [
      [() => opener.openLine(`tcp://127.0.0.1:${port}`, scpi), /nothing listens/],
      [() => opener.openLine('tcp://no-such-host.invalid:5025', scpi), /host name/],
      [() => opener.openLine('serial:///dev/no-such-port', scpi), /no such port/],
      [() => opener.openRegisters('modbus-rtu:///dev/no-such-port'), /no such port/],
      [() => opener.openLine('sim:cell', scpi), /no simulators/],
    ] as const
    for (const [open, said] of cases) {
      const failure = await failureOf(open())
      expect(failure.code).toBe('device.linkFailed')
      expect(failure.context?.detail).toMatch(said)
    }
  })

  it('opens again after a failure, and twice at once only one port', async () => {
    const sockets: Socket[] = []
    const opener = createLinkOpener({ clock: createRealClock() })
    // Nobody may be given it while nobody listens.
    const wanted = await freePort()
    const port = await listen((socket) => sockets.push(socket.on('data', (line) => socket.write(line))), wanted)
    const url = `tcp://127.0.0.1:${port}`
    const server = servers.pop()
    await new Promise((resolve) => server?.close(resolve))
    const failed = await Promise.all([failureOf(opener.openLine(url, scpi)), failureOf(opener.openLine(url, scpi))])
    expect(failed.map((each) => each.code)).toEqual(['device.linkFailed', 'device.linkFailed'])
    server?.listen(port, '127.0.0.1')
    if (server) servers.push(server)
    const [a, b] = await Promise.all([opener.openLine(url, patientScpi), opener.openLine(url, patientScpi)])
    expect(await a.link.query('hello')).toBe('hello')
    expect(sockets).toHaveLength(1)
    await Promise.all([a.close(), b.close()])
    await waitUntil(() => sockets.every((socket) => socket.destroyed))
  })

  it('reports a peer that closes or resets the connection while a query is pending, at once', async () => {
    const clock = createRealClock()
    const opener = createLinkOpener({ clock })
    for (const [end, said] of [
      [(socket: Socket) => socket.end(), /closed the connection/],
      [(socket: Socket) => socket.resetAndDestroy(), /reset/],
    ] as const) {
      const port = await listen((socket) => void socket.on('data', () => end(socket)))
      const { link, close } = await opener.openLine(`tcp://127.0.0.1:${port}`, scpi)
      const startMs = clock.monotonicMs()
      const timeoutMs = 60_000
      const failure = await failureOf(link.query('*IDN?', { timeoutMs }))
      expect(failure.code).toBe('device.closed')
      expect(failure.context?.detail).toMatch(said)
      expect(clock.monotonicMs() - startMs).toBeLessThan(timeoutMs / 2)
      await close()
    }
  })

  it('gives up connecting after its deadline', async () => {
    // 192.0.2.0/24 is reserved for documentation (RFC 5737): nothing answers there, or the network refuses at once.
    const clock = createRealClock()
    const opener = createLinkOpener({ clock, openTimeoutMs: 200 })
    const startMs = clock.monotonicMs()
    const failure = await failureOf(opener.openLine('tcp://192.0.2.1:5025', scpi))
    expect(failure.code).toBe('device.linkFailed')
    expect(failure.context?.detail).toMatch(/answered|way|refused/)
    // The system itself would go on for minutes.
    expect(clock.monotonicMs() - startMs).toBeLessThan(30_000)
  })
})
