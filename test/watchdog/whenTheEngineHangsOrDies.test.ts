import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { join } from 'node:path'
import { createInterface, type Interface } from 'node:readline'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import type { LogLine } from '../../src/engine/watchdog/messages.ts'
import { root, serveCli, temporaryFolder, type Served } from '../support/cli.ts'
import { openSetUp, type StationSetUp } from '../support/stationProcess.ts'
import { startStopwatch } from '../support/stalls.ts'
import { tinyTemplate } from '../support/tinyTemplate.ts'
import { createPtyOf, hasSocat, needs, type Pty } from '../transport/support.ts'

/** As the brief of the watchdog has it; measured by another client of the instruments. */
const promisedMs = 2000
/** Where a wait is given up. */
const giveUpMs = 60_000

const role = (name: string, kind: string) => ({ name, title: name, role: kind })
const sweep = {
  ...{ id: 'sweep', kind: 'sweep', title: 'Sweep', direction: 'forward', source: 'source' },
  ...{ irradiance: 'light', temperature: 'module', startV: 0, stopV: 40, points: 400, currentLimitA: 4 },
  ...{ settleMs: 1000, nplc: 0.1 },
}
const bias = {
  ...{ id: 'bias', kind: 'bias', title: 'Voltage', role: 'hv', voltageV: 300, currentLimitA: 0.001, rampVPerS: 300 },
  ...{ tolerancePercent: 5, settleS: 60, steps: [sweep] },
}
const inject = {
  ...{ id: 'inject', kind: 'inject', title: 'Current', role: 'supply', voltageLimitV: 60, currentA: 2, otherwiseA: 2 },
  ...{ when: { expr: 'true' }, everyS: 1, steps: [bias] },
}
const roles = [
  ...[role('source', 'IvSource'), role('light', 'IrradianceSensor'), role('module', 'TemperatureSensor')],
  ...[role('hv', 'HvSource'), role('supply', 'PowerSupply')],
]
const template = {
  ...tinyTemplate({
    steps: [
      {
        ...{ id: 'energy', kind: 'group', title: 'Under energy', main: [inject] },
        teardown: [{ id: 'off', kind: 'safeState', title: 'Off', roles: ['source', 'hv', 'supply'] }],
      },
    ],
  }),
  roles,
}

/** Another client of an instrument, as a person with a terminal is. */
async function ask(address: string, query: string): Promise<string> {
  const [host, port] = address.replace('tcp://', '').split(':')
  const socket = connect(Number(port), host)
  await once(socket, 'connect')
  socket.write(`${query}\n`)
  const lines = createInterface({ input: socket })
  const [line] = (await once(lines, 'line')) as [string]
  socket.destroy()
  return line
}

const simulators = new Map<string, Served>()
const addressOf = (driver: string): string => simulators.get(driver)?.address ?? ''
const isOn: Readonly<Record<string, () => Promise<boolean>>> = {
  'keithley-2460': async () => Number(await ask(addressOf('keithley-2460'), ':OUTP?')) === 1,
  'delta-sm15k': async () => Number(await ask(addressOf('delta-sm15k'), 'OUTP?')) === 1,
  // Bit 3 of the channel's status: the voltage is on.
  'iseg-shr': async () => {
    // It gives back what it is asked, as a channel's line does.
    const text = await ask(addressOf('iseg-shr'), ':READ:CHAN:STAT? (@0)')
    return (Number(/\d+$/.exec(text.trim())?.[0]) & 8) !== 0
  },
}
const energised = Object.keys(isOn)
const allOn = async (drivers = energised): Promise<boolean[]> => Promise.all(drivers.map((each) => isOn[each]!()))

/** Asks until all are as wanted; resolves with when it was asked last and they were not, the stalls of this PC not counted. */
async function untilAll(wanted: boolean, drivers = energised): Promise<number> {
  const stopwatch = startStopwatch()
  try {
    for (let lastMs = 0; ;) {
      const askedMs = stopwatch.elapsedMs()
      const found = await allOn(drivers)
      if (found.every((each) => each === wanted)) return lastMs
      lastMs = askedMs
      if (lastMs > giveUpMs) throw new Error(`after ${lastMs} ms: ${drivers.join(', ')} on: ${found.join(', ')}`)
      await new Promise((turn) => setTimeout(turn, 20))
    }
  } finally {
    stopwatch.end()
  }
}

beforeAll(async () => {
  const start = async (driver: string, ...more: string[]) =>
    simulators.set(driver, await serveCli('simulate', driver, '--tcp', '127.0.0.1:0', ...more))
  await Promise.all([
    ...[start('keithley-2460'), start('iseg-shr'), start('imt-si-rs485', '--set', 'startMs=0')],
    start('delta-sm15k', '--set', 'model=SM1500-CP-30'),
  ])
})
afterAll(async () => {
  for (const each of simulators.values()) await each.end('SIGTERM')
})

interface Running {
  child: ChildProcess
  lines: Interface
  heard: Record<string, unknown>[]
  runId: string
  setUp: StationSetUp
}

const children: ChildProcess[] = []
afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL')
})

/** A station in a process of its own, and the first that it says. */
async function startStation(setUp: StationSetUp) {
  const file = join(setUp.dataFolder, 'setUp.json')
  writeFileSync(file, JSON.stringify(setUp))
  const script = join(root, 'test', 'support', 'stationProcess.ts')
  const child = spawn(process.execPath, [script, file], { stdio: ['pipe', 'pipe', 'inherit'] })
  children.push(child)
  const lines = createInterface({ input: child.stdout })
  const heard: Record<string, unknown>[] = []
  lines.on('line', (line) => heard.push(JSON.parse(line) as Record<string, unknown>))
  const failed = once(child, 'exit').then(([code]) => Promise.reject(new Error(`the station ended with ${code}`)))
  const [first] = (await Promise.race([once(lines, 'line'), failed])) as [string]
  return { child, lines, heard, first: JSON.parse(first) as unknown }
}

function setUpAll(sourceLink = addressOf('keithley-2460')): StationSetUp {
  const dataFolder = temporaryFolder()
  const instrument = (id: string, driver: string, link = addressOf(driver)) => ({
    ...{ id, driver, link, name: `The ${id}`, deviations: [], calibration: null },
  })
  const sensor = `modbus-rtu-over-${addressOf('imt-si-rs485')}?unit=1`
  return {
    ...{ dataFolder, template },
    instruments: [
      ...[
        instrument('source', 'keithley-2460', sourceLink),
        instrument('hv', 'iseg-shr'),
        instrument('supply', 'delta-sm15k'),
      ],
      instrument('sensor', 'imt-si-rs485', sensor),
    ],
    roles: { source: ['source'], light: ['sensor'], module: ['sensor'], hv: ['hv'], supply: ['supply'] },
  }
}

/** A station in its own process, with everything on. */
async function energise(sourceLink?: string): Promise<Running> {
  const setUp = setUpAll(sourceLink)
  const { child, lines, heard, first } = await startStation(setUp)
  const { runId, watchdog } = first as { runId: string; watchdog: { state: string; detail: string } }
  expect(watchdog.state, watchdog.detail).toBe('ok')
  expect(watchdog.detail).toContain('not the protection')
  await untilAll(true)
  return { child, lines, heard, runId, setUp }
}

const logOf = (folder: string): LogLine[] =>
  readFileSync(join(folder, 'watchdog.log'), 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as LogLine)

/** What the next start of the station says about the run. */
async function nextStart({ setUp, runId }: Running) {
  const { station, close } = await openSetUp(setUp)
  const { run, events } = await station.detail(runId)
  await close()
  // Of the same kind, as information: that a device’s own watchdog was armed.
  return { run, told: events.filter(({ kind, level }) => kind === 'watchdog' && level === 'error') }
}

async function expectToldAndProved(running: Running, reason: 'hung' | 'died'): Promise<void> {
  const { run, told } = await nextStart(running)
  expect(run.status).toBe('interrupted')
  expect(told[0]).toMatchObject({
    level: 'error',
    text: expect.stringContaining(reason === 'hung' ? 'no sign of life' : 'ended without a farewell') as string,
  })
  const proofs = told.slice(1).map(({ text }) => text.split(':')[0])
  expect(proofs.sort()).toEqual(['The hv', 'The source', 'The supply'])
  for (const { text } of told.slice(1)) expect(text).toContain('safe state confirmed')
  // Told once.
  expect((await nextStart(running)).told).toHaveLength(told.length)
}

describe('what is under energy is off within 2 s, and proved', () => {
  it('when the engine is killed', async () => {
    const running = await energise()
    running.child.kill('SIGKILL')
    expect(await untilAll(false)).toBeLessThan(promisedMs)
    expect(logOf(running.setUp.dataFolder)[0]).toMatchObject({ kind: 'acts', reason: 'died', runIds: [running.runId] })
    await expectToldAndProved(running, 'died')
  })

  it('when the engine hangs, which then is ended', async () => {
    const running = await energise()
    const gone = once(running.child, 'exit')
    running.child.kill('SIGSTOP')
    expect(await untilAll(false)).toBeLessThan(promisedMs)
    expect(await gone).toEqual([null, 'SIGKILL'])
    await expectToldAndProved(running, 'hung')
  })
})

describe.skipIf(!hasSocat)(`also over a serial port, which the engine had to itself${needs(hasSocat, 'socat')}`, () => {
  let pty: Pty
  beforeAll(async () => {
    pty = await createPtyOf(addressOf('keithley-2460').replace('tcp://', ''))
  })
  afterAll(() => pty.remove())

  it.each(['SIGKILL', 'SIGSTOP'] as const)('after %s', async (signal) => {
    const running = await energise(`serial://${pty.path}?baudRate=57600`)
    running.child.kill(signal)
    expect(await untilAll(false)).toBeLessThan(promisedMs)
    await expectToldAndProved(running, signal === 'SIGKILL' ? 'died' : 'hung')
  })
})

describe('what a person switched on without a run', () => {
  it('is off within 2 s when the engine is killed, and the next start tells it', async () => {
    const drivers = ['iseg-shr', 'delta-sm15k']
    const setUp = setUpAll()
    const hv = { id: 'hv', settings: { voltageV: 300, output: true } }
    const supply = { id: 'supply', settings: { voltageV: 30, currentA: 2, output: true } }
    const { child } = await startStation({ ...setUp, byHand: [hv, supply] })
    await untilAll(true, drivers)
    child.kill('SIGKILL')
    expect(await untilAll(false, drivers)).toBeLessThan(promisedMs)
    const { station, close } = await openSetUp(setUp)
    const told = (await station.reader.stationEvents(50)).filter(({ kind }) => kind === 'watchdog')
    const hands = station.instruments.states().map(({ hand }) => hand)
    await close()
    expect(told[0]?.text).toContain('ended without a farewell')
    expect(
      told
        .slice(1)
        .map(({ text }) => text.split(',')[0])
        .sort(),
    ).toEqual([
      expect.stringContaining('The hv: safe state confirmed'),
      expect.stringContaining('The supply: safe state confirmed'),
    ])
    expect(hands).toEqual([null, null, null, null])
  })
})

describe('nothing happens', () => {
  it('when the engine is only busy for a moment, and when a run and the station end in order', async () => {
    const { child, heard, setUp, lines } = await energise()
    // Longer than it takes to a sign of life, and half a second shorter than to the end of patience.
    child.stdin?.write('block 500\n')
    while (!heard.some((each) => each['blocked'])) await once(lines, 'line')
    const endMs = performance.now() + 3000
    while (performance.now() < endMs) {
      expect(await allOn()).toEqual([true, true, true])
      await new Promise((turn) => setTimeout(turn, 100))
    }
    child.stdin?.write('stop\n')
    while (!heard.some((each) => each['ended'])) await once(lines, 'line')
    expect(heard.find((each) => each['ended'])).toMatchObject({ ended: 'stopped' })
    const gone = once(child, 'exit')
    child.stdin?.write('close\n')
    expect(await gone).toEqual([0, null])
    expect(() => logOf(setUp.dataFolder)).toThrow('ENOENT')
  })
})
