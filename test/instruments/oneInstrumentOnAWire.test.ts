import { execFile } from 'node:child_process'
import { connect, createServer, type AddressInfo } from 'node:net'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterEach, describe, expect, it } from 'vitest'
import type { Identity, Reading } from '../../src/contract/instrument.ts'
import { discoverParts } from '../../src/engine/discover.ts'
import { createRealClock } from '../../src/engine/realClock.ts'
import { serveSimulator, type SimulatorWire } from '../../src/engine/serveSimulator.ts'
import { jsonOf, serveCli } from '../support/cli.ts'
import { errorOf, runHere } from '../support/inProcess.ts'
import { freePort } from '../transport/freePort.ts'
import { createPtyPair, hasPymodbus, hasSocat, needs, python } from '../transport/support.ts'

interface Read {
  identity: Identity
  provenance: string
  readings: Reading[]
}

const cleanups: (() => Promise<unknown>)[] = []
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup()
})

const anyPort = { host: '127.0.0.1', port: 0 }

/** One simulator on a wire; resolves with its address without the kind of link. */
async function simulate(driver: string, options: Record<string, string> = {}, wire: SimulatorWire = anyPort) {
  const { simulators } = await discoverParts()
  const served = await serveSimulator({
    simulator: simulators.get(driver)!,
    clock: createRealClock(),
    seed: 1,
    options,
    wire,
  })
  cleanups.push(() => served.close())
  return served.address.replace(/^\w+:\/\//, '')
}

const linkTo = (driver: string, address: string): string =>
  `${driver === 'imt-si-rs485' ? 'modbus-rtu-over-tcp' : 'tcp'}://${address}`

const ask = async (driver: string, address: string, action = 'read') =>
  runHere('instrument', driver, '--link', linkTo(driver, address), action, '--json')

const channel = (ended: Awaited<ReturnType<typeof ask>>, name: string): Reading | undefined =>
  jsonOf<Read>(ended).readings.find((each) => each.channel === name)

describe('pvtp simulate puts a driver’s simulator on TCP, and pvtp instrument finds it there', () => {
  it.each([
    ['keithley-2460', { maker: 'KEITHLEY INSTRUMENTS', model: '2460', serialNumber: 'SIM00001' }, 'simulated'],
    ['keithley-2400', { maker: expect.stringContaining('KEITHLEY') as unknown, serialNumber: 'SIM00001' }, 'simulated'],
    // This sensor’s protocol has no serial number: a hardware version that was never built says that it is simulated.
    ['imt-si-rs485', { serialNumber: null, firmware: expect.stringContaining('1.53') as unknown }, 'simulated'],
  ])('%s', async (driver, identity, provenance) => {
    const served = await serveCli('simulate', driver, '--tcp', '127.0.0.1:0', '--seed', '3')
    cleanups.push(() => served.end('SIGKILL'))
    const address = served.address.replace('tcp://', '')
    const identified = await ask(driver, address, 'identify')
    expect(identified.code, identified.stderr).toBe(0)
    expect(JSON.parse(identified.stdout)).toMatchObject({ ...identity, provenance })
    const read = await ask(driver, address)
    expect(read.code, read.stderr).toBe(0)
    expect(jsonOf<Read>(read)).toMatchObject({ identity, provenance })
    expect(await served.end('SIGTERM')).toBe(0)
  })

  it('as text, too', async () => {
    const address = await simulate('imt-si-rs485')
    const spoken = await runHere('instrument', 'imt-si-rs485', '--link', linkTo('imt-si-rs485', address), 'read')
    expect(spoken.stdout).toMatch(/irradiance +(9|10)\d\d(\.\d)? +W\/m²/)
    expect(spoken.stdout).toMatch(/temperature\.external +2[45](\.\d)? +°C/)
  })
})

it.each(['keithley-2400', 'keithley-6517b'])(
  '%s ends its lines on TCP as clients there wait for: LF',
  async (driver) => {
    const [host, port] = (await simulate(driver)).split(':')
    const socket = connect(Number(port), host)
    cleanups.push(async () => socket.destroy())
    socket.write('*IDN?\n')
    const [answer] = (await once(socket, 'data')) as [Buffer]
    expect(answer.toString('latin1')).toMatch(/^KEITHLEY.*\r\n$/)
  },
)

describe('reading never energises', () => {
  it.each(['keithley-2460', 'keithley-2400'])('%s', async (driver) => {
    const address = await simulate(driver)
    for (let i = 0; i < 2; i++) {
      const read = await ask(driver, address)
      expect(channel(read, 'output')?.value).toBe(0)
      expect(channel(read, 'current')).toMatchObject({ value: null, reason: 'the output is off' })
    }
  })
})

describe('what is wrong with an instrument is said in three parts', () => {
  it.each([
    ['keithley-2400', 'keithley-2460', /2400.*“.*2460/],
    ['keithley-2460', 'keithley-2400', /2460.*“.*24[0-9]0/],
  ])('a %s driver refuses a %s', async (driver, simulated, named) => {
    const ended = await ask(driver, await simulate(simulated), 'identify')
    expect(ended.code).toBe(1)
    expect(errorOf(ended).code).toBe('device.wrongModel')
    expect(errorOf(ended).happened).toMatch(named)
  })

  it('the command set TSP is refused', async () => {
    const ended = await ask('keithley-2460', await simulate('keithley-2460', { language: 'TSP' }), 'identify')
    expect(errorOf(ended)).toMatchObject({ code: 'device.wrongModel' })
    expect(errorOf(ended).happened).toContain('*LANG SCPI')
  })

  it.each(['keithley-2460', 'keithley-2400', 'imt-si-rs485'])('%s: nothing listens at the port', async (driver) => {
    const ended = await ask(driver, `127.0.0.1:${await freePort()}`)
    expect(ended.code).toBe(1)
    expect(errorOf(ended).code).toBe('device.linkFailed')
    expect(errorOf(ended).happened).toContain('connection refused')
  })

  it.each([
    ['keithley-2460', 'no-answer', 'device.timeout'],
    ['imt-si-rs485', 'no-answer', 'device.timeout'],
    ['keithley-2460', 'partial', 'device.timeout'],
    ['imt-si-rs485', 'partial', 'device.timeout'],
    ['imt-si-rs485', 'exception', 'device.wrongModel'],
  ])('%s with the fault %s', async (driver, fault, code) => {
    const ended = await ask(driver, await simulate(driver, { fault }))
    expect(ended.code).toBe(1)
    expect(errorOf(ended).code).toBe(code)
    expect(errorOf(ended).happened).toContain(driver)
  })

  it.each(['keithley-2460', 'keithley-2400'])('%s: the read-back of the output is cut in half', async (driver) => {
    const ended = await ask(driver, await simulate(driver, { fault: 'partial', faultOn: 'OUTP?' }))
    expect(ended.code).toBe(1)
    expect(['device.timeout', 'device.badReply']).toContain(errorOf(ended).code)
    expect(errorOf(ended).happened).toContain('OUTP?')
  })

  it('an answer in two pieces is put together', async () => {
    const ended = await ask('keithley-2460', await simulate('keithley-2460', { fault: 'split' }), 'identify')
    expect(ended.code, ended.stderr).toBe(0)
  })

  it('an irradiance over range is missing, with the reason, and never a number', async () => {
    const read = await ask('imt-si-rs485', await simulate('imt-si-rs485', { fault: 'over-range' }))
    expect(read.code).toBe(0)
    expect(channel(read, 'irradiance')).toMatchObject({
      value: null,
      reason: expect.stringContaining('1500') as unknown,
    })
    expect(channel(read, 'temperature.external')?.value).toBeCloseTo(25, -1)
  })

  it('a temperature input without a sensor is missing, with the reason', async () => {
    const read = await ask('imt-si-rs485', await simulate('imt-si-rs485', { unfitted: 'external' }))
    expect(channel(read, 'temperature.external')).toMatchObject({
      value: null,
      reason: expect.stringContaining('no sensor') as unknown,
    })
  })

  it('an instrument that closes the connection in the middle', async () => {
    const server = createServer((socket) => socket.once('data', () => socket.destroy())).listen(0, '127.0.0.1')
    await once(server, 'listening')
    cleanups.push(() => new Promise((resolve) => server.close(resolve)))
    const ended = await ask('keithley-2460', `127.0.0.1:${(server.address() as AddressInfo).port}`)
    expect(ended.code).toBe(1)
    expect(errorOf(ended).code).toBe('device.closed')
  })

  it('something that talks without end', async () => {
    const server = createServer((socket) => {
      const timer = setInterval(() => socket.write('blah '.repeat(1000)), 20)
      socket.on('close', () => clearInterval(timer)).on('error', () => clearInterval(timer))
    }).listen(0, '127.0.0.1')
    await once(server, 'listening')
    cleanups.push(() => new Promise((resolve) => server.close(resolve)))
    const address = `127.0.0.1:${(server.address() as AddressInfo).port}`
    for (const driver of ['keithley-2460', 'imt-si-rs485']) {
      const ended = await ask(driver, address)
      expect(ended.code).toBe(1)
      expect(errorOf(ended).code).toMatch(/^device\./)
    }
  })
})

describe.skipIf(!hasSocat)(`on a serial port${needs(hasSocat, 'socat')}`, () => {
  it('the IMT sensor is read through modbus-rtu://, and another unit gives no answer', async () => {
    const pair = await createPtyPair()
    cleanups.push(pair.remove)
    const served = await serveCli('simulate', 'imt-si-rs485', '--serial', pair.far, '--set', 'unit=7')
    cleanups.push(() => served.end('SIGKILL'))
    const link = `modbus-rtu://${pair.near}?baudRate=9600&unit=`
    const read = await runHere('instrument', 'imt-si-rs485', '--link', `${link}7`, 'read', '--json')
    expect(read.code, read.stderr).toBe(0)
    expect(channel(read, 'irradiance')?.value).toBeCloseTo(1000, -1.5)
    const other = await runHere('instrument', 'imt-si-rs485', '--link', `${link}8`, 'read', '--json')
    expect(errorOf(other).code).toBe('device.timeout')
  })

  it('the 2400 is read through serial://', async () => {
    const pair = await createPtyPair()
    cleanups.push(pair.remove)
    await simulate('keithley-2400', {}, { path: pair.far, baudRate: 9600 })
    const link = `serial://${pair.near}?baudRate=9600`
    const read = await runHere('instrument', 'keithley-2400', '--link', link, 'read', '--json')
    expect(read.code, read.stderr).toBe(0)
    expect(jsonOf<Read>(read).provenance).toBe('simulated')
  })

  it.skipIf(!hasPymodbus)(
    `the simulated IMT sensor answers a third party’s client${needs(hasPymodbus, 'python3-pymodbus')}`,
    async () => {
      const pair = await createPtyPair()
      cleanups.push(pair.remove)
      await simulate('imt-si-rs485', { unit: '3' }, { path: pair.far, baudRate: 9600 })
      const script = fileURLToPath(new URL('pymodbusClient.py', import.meta.url))
      const { stdout } = await promisify(execFile)(python, [script, pair.near, '3'])
      const found = JSON.parse(stdout) as Record<'irradiance' | 'temperatures', number[]>
      expect(found).toMatchObject({ beyond: 2, holding: 1 })
      expect(found.irradiance[0]! / 10).toBeCloseTo(1000, -1.5)
      expect(found.temperatures).toHaveLength(2)
      for (const word of found.temperatures) expect(word / 10).toBeCloseTo(26, -1)
    },
  )
})
