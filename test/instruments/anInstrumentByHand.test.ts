import { once } from 'node:events'
import { createServer, type AddressInfo, type Socket } from 'node:net'
import { join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import type { SafeStateProof, SetResult } from '../../src/contract/instrument.ts'
import type { InstrumentConfig } from '../../src/contract/run.ts'
import { discoverParts } from '../../src/engine/discover.ts'
import { createRealClock } from '../../src/engine/realClock.ts'
import { serveSimulator, type SimulatorWire } from '../../src/engine/serveSimulator.ts'
import { jsonOf, startCli, temporaryFolder } from '../support/cli.ts'
import { runHere } from '../support/inProcess.ts'
import { createPtyPair, hasSocat, needs, stopProcess } from '../transport/support.ts'

const cleanups: (() => Promise<unknown>)[] = []
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup()
})

const anyPort = { host: '127.0.0.1', port: 0 }
const parts = await discoverParts()

async function simulate(driver: string, options: Record<string, string> = {}, wire: SimulatorWire = anyPort) {
  const simulator = parts.simulators.get(driver)!
  const served = await serveSimulator({ simulator, clock: createRealClock(), seed: 1, options, wire })
  cleanups.push(() => served.close())
  return served
}

/** Something that isn't an instrument, and says this to whoever asks. */
async function serveNonsense(answer: (socket: Socket) => void): Promise<string> {
  const server = createServer((socket) => socket.on('error', () => undefined).on('data', () => answer(socket)))
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  cleanups.push(async () => server.close())
  return `tcp://127.0.0.1:${(server.address() as AddressInfo).port}`
}

interface ErrorDocument {
  error: { code: string; happened: string; hints?: string[] }
}

const failing = async (driver: string, link: string, ...args: string[]) => {
  const ended = await runHere('instrument', driver, '--link', link, ...args, '--json')
  const { error } = jsonOf<ErrorDocument>(ended)
  for (const hint of error.hints ?? []) expect(ended.stderr).toContain(hint)
  return { ...error, code: ended.code, errorCode: error.code, hints: (error.hints ?? []).join(' ') }
}

describe('pvtp instrument', () => {
  it('sets, with a warning where it energises, reads back, and switches off with a proof', async () => {
    const { address, bench } = await simulate('iseg-shr')
    const set = await runHere(
      'instrument',
      'iseg-shr',
      '--link',
      address,
      'set',
      'voltageV=100',
      'rampVPerS=400',
      'output=on',
      '--json',
    )
    expect(set.code, set.stderr).toBe(0)
    expect(set.stderr).toContain('Warning: output can put energy on the terminals')
    const { set: results } = jsonOf<{ set: SetResult[] }>(set)
    expect(results).toMatchObject([
      { name: 'voltageV', asked: 100, actual: 100 },
      { name: 'rampVPerS', asked: 400, actual: 400 },
      { name: 'output', asked: true, actual: true },
    ])
    const stop = await runHere('instrument', 'iseg-shr', '--link', address, 'safe-stop', '--json')
    expect(stop.code, stop.stderr).toBe(0)
    expect(jsonOf<SafeStateProof>(stop)).toMatchObject({ safe: true, evidence: expect.any(Array) as unknown })
    expect(Math.abs(bench.stress.voltageV(0))).toBeLessThan(20)
  })

  it('says that it is not safe where that can’t be proved, and ends with 1', async () => {
    const { address } = await simulate('iseg-shr')
    await runHere('instrument', 'iseg-shr', '--link', address, 'set', 'voltageV=100', 'output=true', '--json')
    const served = await simulate('iseg-shr', { fault: 'stuck-output' })
    await runHere('instrument', 'iseg-shr', '--link', served.address, 'set', 'voltageV=100', 'output=true')
    const stop = await runHere('instrument', 'iseg-shr', '--link', served.address, 'safe-stop')
    expect(stop.code).toBe(1)
    expect(stop.stdout).toContain('NOT confirmed safe')
  })

  it.each([
    [['set'], /NAME=VALUE/],
    [['set', 'voltageV'], /NAME=VALUE/],
    [['set', 'warp=9'], /no setting “warp”; there are: voltageV/],
    [['set', 'output=maybe'], /true or false/],
    [['set', 'voltageV=much'], /a number in V/],
    [['set', 'voltageV=0x10'], /a number in V/],
    [['set', 'voltageV=1e999'], /a number in V/],
    [['set', 'voltageV='], /a number in V/],
    [['fly'], /identify, read, set, safe-stop/],
    [['read', 'twice'], /Nothing stands behind read/],
  ])('refuses %j before anything is opened, with 2', async (args, said) => {
    const ended = await failing('iseg-shr', 'tcp://127.0.0.1:1', ...args)
    expect(ended).toMatchObject({ code: 2, happened: expect.stringMatching(said) as unknown })
  })

  it('refuses a value beyond the limit with the limit', async () => {
    const { address } = await simulate('iseg-shr')
    const ended = await failing('iseg-shr', address, 'set', 'voltageV=5000')
    expect(ended).toMatchObject({
      code: 1,
      errorCode: 'device.limit',
      happened: expect.stringContaining('5000') as unknown,
    })
  })

  it('says what was set before a value was refused', async () => {
    const { address } = await simulate('iseg-shr')
    const ended = await failing('iseg-shr', address, 'set', 'voltageV=100', 'voltageV=5000')
    expect(ended.hints).toContain('Set before this, and it stays: voltageV is 100.')
  })

  it('reads again and again with --watch, a JSON line each, until it is asked to end', async () => {
    const { address } = await simulate('iseg-shr')
    const child = startCli(['instrument', 'iseg-shr', '--link', address, 'read', '--watch', '0.2', '--json'])
    cleanups.push(() => stopProcess(child))
    let text = ''
    const three = new Promise<void>((resolve) => {
      child.stdout?.setEncoding('utf8').on('data', (part: string) => {
        text += part
        if (text.split('\n').length > 3) resolve()
      })
    })
    await three
    const ended = once(child, 'exit')
    child.kill('SIGINT')
    expect((await ended)[0]).toBe(0)
    const [first] = text.split('\n')
    expect(JSON.parse(first!)).toMatchObject({ provenance: 'simulated', readings: expect.any(Array) as unknown })
  })
})

describe('what is wrong with the wire is told apart, with what to look at', () => {
  it('a name that no server knows', async () => {
    const ended = await failing('keithley-2460', 'tcp://no-such-host.invalid:5025', 'identify')
    expect(ended).toMatchObject({ code: 1, errorCode: 'device.linkFailed' })
    expect(ended.happened).toMatch(/host name (is unknown|could not be looked up)/)
  })

  it('another model, with the driver that fits it', async () => {
    const { address } = await simulate('keithley-2460')
    const ended = await failing('keithley-2400', address, 'identify')
    if (ended.errorCode === 'device.wrongModel') expect(ended.hints).toContain('keithley-2460')
    else expect(ended.errorCode).toBe('device.timeout')
  })

  it('silence', async () => {
    const ended = await failing('iseg-shr', await serveNonsense(() => undefined), 'identify')
    expect(ended).toMatchObject({ code: 1, errorCode: 'device.timeout' })
    expect(ended.hints).toContain('Not a byte came back')
    expect(ended.hints).toContain('10001')
  })

  it('half an answer', async () => {
    const ended = await failing(
      'keithley-2460',
      await serveNonsense((socket) => socket.write('KEITHLEY INS')),
      'identify',
    )
    expect(ended).toMatchObject({ code: 1, errorCode: 'device.timeout' })
    expect(ended.hints).toContain('A part of an answer came')
  })

  it('binary rubbish', async () => {
    const rubbish = Uint8Array.of(0xff, 0x00, 0xa5, 0x13, 0x80, 0x0a, 0x7f, 0x0d, 0xfe)
    const ended = await failing('keithley-2460', await serveNonsense((socket) => socket.write(rubbish)), 'identify')
    expect(ended.code).toBe(1)
    expect(['device.badReply', 'device.timeout', 'device.wrongModel']).toContain(ended.errorCode)
  })

  it('a connection that is closed in the middle', async () => {
    const ended = await failing('keithley-2460', await serveNonsense((socket) => socket.destroy()), 'identify')
    expect(ended).toMatchObject({ code: 1, errorCode: 'device.closed' })
  })

  it('a USB adapter that is not plugged in', async () => {
    const ended = await failing('keithley-2400', 'serial-usb://0403:6001/NOWHERE', 'identify')
    expect(ended).toMatchObject({ code: 1, errorCode: 'device.linkFailed' })
    expect(ended.happened).toContain('NOWHERE')
  })

  it('a serial port that is not there', async () => {
    const ended = await failing('keithley-2400', 'serial:///dev/ttyNOWHERE', 'identify')
    expect(ended.happened).toContain('there is no such port')
  })
})

describe.skipIf(!hasSocat)(`on a serial line${needs(hasSocat, 'socat')}`, () => {
  it('a port that another program has is told as such', async () => {
    const pair = await createPtyPair()
    cleanups.push(pair.remove)
    await simulate('keithley-2400', {}, { path: pair.far, baudRate: 9600 })
    const other = startCli(['instrument', 'keithley-2400', '--link', `serial://${pair.near}`, 'read', '--watch', '1'])
    cleanups.push(() => stopProcess(other))
    await once(other.stdout!, 'data')
    const ended = await failing('keithley-2400', `serial://${pair.near}`, 'identify')
    expect(ended).toMatchObject({ errorCode: 'device.linkFailed' })
    expect(ended.happened).toContain('in use by another program')
  })

  it('a wrong baud rate is suspected where what comes makes no sense', async () => {
    const pair = await createPtyPair()
    cleanups.push(pair.remove)
    // A pty has no speed: the rubbish stands for what a wrong one makes of an answer.
    await simulate('keithley-2400', { fault: 'rubbish' }, { path: pair.far, baudRate: 9600 })
    const ended = await failing('keithley-2400', `serial://${pair.near}?baudRate=19200`, 'identify')
    expect(ended.code).toBe(1)
    expect(ended.hints).toContain('19200 baud, 8N1')
  })
})

describe('pvtp drivers', () => {
  it('lists every driver with what it can, and the faults of its simulator', async () => {
    const ended = await runHere('drivers', '--json')
    const { drivers } = jsonOf<{ drivers: { id: string; simulator: { faults: unknown[] } | null }[] }>(ended)
    expect(drivers.map((each) => each.id)).toEqual([...parts.drivers.keys()])
    expect(drivers.find((each) => each.id === 'iseg-shr')?.simulator?.faults.length).toBeGreaterThan(3)
    expect((await runHere('drivers')).stdout).toContain('imt-si-rs485')
    expect((await runHere('drivers', 'iseg-shr')).stdout).toMatch(/voltageV +-2000 to 2000 V +energises/)
    expect((await runHere('drivers', 'nothing')).code).toBe(2)
  })
})

describe('pvtp instruments', () => {
  it('adds to the station’s list, asks each on demand, and removes', async () => {
    const data = join(temporaryFolder(), 'data')
    const { address } = await simulate('iseg-shr')
    const add = await runHere(
      'instruments',
      'add',
      'hv',
      '--driver',
      'iseg-shr',
      '--link',
      address,
      '--name',
      'HV',
      '--data',
      data,
    )
    expect(add.code, add.stderr).toBe(0)
    await runHere('instruments', 'add', 'dead', '--driver', 'iseg-shr', '--link', 'tcp://127.0.0.1:1', '--data', data)
    const listed = jsonOf<{ instruments: { config: InstrumentConfig }[] }>(
      await runHere('instruments', '--data', data, '--json'),
    )
    expect(listed.instruments.map((each) => each.config.id)).toEqual(['dead', 'hv'])
    const checked = await runHere('instruments', '--check', '--data', data, '--json')
    expect(checked.code).toBe(1)
    expect(jsonOf<{ instruments: object[] }>(checked).instruments).toMatchObject([
      { health: 'lost', problem: { code: 'device.linkFailed' } },
      { health: 'connected', identity: { serialNumber: 'SIM00001' }, problem: null },
    ])
    expect((await runHere('instruments', 'remove', 'dead', '--data', data)).code).toBe(0)
    expect((await runHere('instruments', '--check', '--data', data)).code).toBe(0)
  })

  it.each([
    [['add'], 2],
    [['add', 'x', '--driver', 'nothing', '--link', 'tcp://h:1'], 2],
    [['add', 'x', '--driver', 'iseg-shr', '--link', 'nonsense'], 2],
    [['remove', 'x'], 2],
    [['explode', 'x'], 2],
    [['scan', '--network', '10.0.0.0/8'], 2],
    [['scan', '--network', 'here'], 2],
  ])('refuses %j', async (args, code) => {
    expect((await runHere('instruments', ...args, '--data', join(temporaryFolder(), 'refused'))).code).toBe(code)
  })

  it('finds what listens in a range that is named, and sends nothing', async () => {
    const heard: unknown[] = []
    const server = createServer((socket) => socket.on('data', (bytes) => heard.push(bytes)))
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    cleanups.push(async () => server.close())
    const { port } = server.address() as AddressInfo
    const ended = await runHere('instruments', 'scan', '--network', '127.0.0.1/32', '--port', String(port), '--json')
    expect(jsonOf(ended)).toMatchObject({
      network: [{ host: '127.0.0.1', port }],
      serialPorts: expect.any(Array) as unknown,
    })
    expect(heard).toEqual([])
  })
})
