import { spawn, type ChildProcess } from 'node:child_process'
import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { discoverParts } from '../../src/engine/discover.ts'
import { createInstrumentManager } from '../../src/engine/instruments/manager.ts'
import { createRealClock } from '../../src/engine/realClock.ts'
import { startSimulator } from '../../drivers/bench/startSimulator.ts'
import { createBench } from '../../drivers/bench/bench.ts'
import { createRandom } from '../../src/base/random.ts'
import { createLinkOpener } from '../../src/engine/transport/openLink.ts'
import { startStopwatch } from '../support/stalls.ts'
import { hasSocat, needs, stopProcess, waitUntil } from './support.ts'
import { createServer, type Socket } from 'node:net'
import { once } from 'node:events'

const clock = createRealClock()
const cleanups: (() => Promise<unknown>)[] = []
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup()
})

/**
 * An instrument that lives on while its cable is pulled: a simulator behind a socket, and socat as the USB adapter whose
 * port comes and goes, under whatever name.
 */
async function createAdapter(driver: string, options: Record<string, string>) {
  const { simulators } = await discoverParts()
  const folder = mkdtempSync(join(tmpdir(), 'pvtp-cable-'))
  const socketPath = join(folder, 'device')
  const random = createRandom(1)
  let socket: Socket | null = null
  const { simulator } = startSimulator(simulators.get(driver)!, {
    clock,
    random,
    bench: createBench({ clock, random }),
    send: (bytes) => void socket?.write(bytes),
    options,
  })
  const server = createServer((own) => {
    socket = own
    own.on('data', (bytes) => simulator.receive(bytes)).on('error', () => undefined)
  })
  server.listen(socketPath)
  await once(server, 'listening')
  let child: ChildProcess | null = null
  const plug = async (name: string): Promise<string> => {
    const path = join(folder, name)
    child = spawn('socat', [`pty,raw,echo=0,link=${path}`, `unix-connect:${socketPath}`])
    await waitUntil(() => existsSync(path))
    return path
  }
  const unplug = async (): Promise<void> => {
    if (child) await stopProcess(child)
    child = null
  }
  cleanups.push(async () => {
    await unplug()
    server.close()
    rmSync(folder, { recursive: true, force: true })
  })
  return { plug, unplug }
}

const openFiles = (): number => readdirSync('/proc/self/fd').length

/** A manager of one instrument at the USB adapter 0403:6001/A, whose port has whatever name `port` says. */
async function keep(driver: string, options: Record<string, string>, link: string) {
  const adapter = await createAdapter(driver, options)
  const port: { path: string | null } = { path: await adapter.plug('ttyUSB0') }
  const { drivers } = await discoverParts()
  const errors: unknown[] = []
  const found = { maker: 'FTDI', vendorId: '0403', productId: '6001', serialNumber: 'A' }
  const manager = createInstrumentManager({
    clock,
    drivers,
    opener: createLinkOpener({ clock, listPorts: async () => (port.path ? [{ path: port.path, ...found }] : []) }),
    changed: () => undefined,
    onError: (error) => errors.push(error),
  })
  cleanups.push(() => manager.close())
  manager.put({ id: 'x', name: 'X', driver, link, deviations: [], calibration: null, pollMs: 50 })
  manager.start()
  const health = () => manager.state('x').health
  await waitUntil(() => health() === 'connected')
  const unplug = async (): Promise<void> => {
    port.path = null
    await adapter.unplug()
  }
  const plug = async (name: string): Promise<void> => {
    port.path = await adapter.plug(name)
  }
  return { manager, health, unplug, plug, errors }
}

const cell = ['imt-si-rs485', { startMs: '0', hardware: '9.99' }, 'modbus-rtu-usb://0403:6001/A?baudRate=9600'] as const
const meter = ['keithley-2400', { serial: 'SIM1' }, 'serial-usb://0403:6001/A?baudRate=9600'] as const

describe.skipIf(!hasSocat)(`a cable that is pulled and put back${needs(hasSocat, 'socat')}`, () => {
  it('a hundred times, each time at another port, leaks nothing', { timeout: 600_000 }, async () => {
    const { manager, health, unplug, plug, errors } = await keep(...cell)
    const cycle = async (i: number): Promise<void> => {
      await unplug()
      await waitUntil(() => health() === 'lost')
      await plug(`ttyUSB${i}`)
      await waitUntil(() => health() === 'connected')
    }
    for (let i = 1; i <= 3; i++) await cycle(i)
    const before = { files: openFiles(), resources: process.getActiveResourcesInfo().length }
    for (let i = 4; i <= 100; i++) await cycle(i)
    // A timer or a query of this very moment comes and goes.
    await expect.poll(openFiles).toBeLessThanOrEqual(before.files + 2)
    await expect.poll(() => process.getActiveResourcesInfo().length).toBeLessThanOrEqual(before.resources + 4)
    expect(manager.stats('x')).toMatchObject({ opens: 101, losses: 100 })
    expect(errors).toEqual([])
  })

  it('is seen within 3 s without any traffic', async () => {
    const adapter = await createAdapter(meter[0], meter[1])
    const path = await adapter.plug('ttyUSB0')
    const { drivers } = await discoverParts()
    const manager = createInstrumentManager({
      clock,
      drivers,
      opener: createLinkOpener({ clock }),
      changed: () => undefined,
      onError: () => undefined,
    })
    cleanups.push(() => manager.close())
    const link = `serial://${path}?baudRate=9600`
    manager.put({ id: 'x', name: 'X', driver: meter[0], link, deviations: [], calibration: null })
    await manager.acquire(['x'], 'a-run')
    await adapter.unplug()
    const stopwatch = startStopwatch()
    await waitUntil(() => manager.state('x').health === 'lost')
    expect(stopwatch.elapsedMs()).toBeLessThan(3000)
    stopwatch.end()
  })

  it('of a line instrument: the run has it again, at another port', async () => {
    const { manager, unplug, plug } = await keep(...meter)
    const [opened] = await manager.acquire(['x'], 'a-run')
    await unplug()
    await waitUntil(() => manager.state('x').health === 'lost')
    await plug('ttyACM5')
    await waitUntil(() => manager.state('x').health === 'connected')
    const readings = await opened!.instrument.read()
    expect(readings.find((each) => each.channel === 'output')).toMatchObject({ value: 0 })
    expect(await opened!.instrument.safeStop()).toMatchObject({ safe: true })
  })
})
