import { join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import type { StationEvent } from '../../src/contract/api.ts'
import type { InstrumentConfig, RunEvent } from '../../src/contract/run.ts'
import { discoverParts } from '../../src/engine/discover.ts'
import { createRealClock } from '../../src/engine/realClock.ts'
import { serveSimulator } from '../../src/engine/serveSimulator.ts'
import { hostStation } from '../../src/serve/stationHost.ts'
import { temporaryFolder } from '../support/cli.ts'
import { failureOf, waitUntil } from '../transport/support.ts'

const clock = createRealClock()
const parts = await discoverParts()
const cleanups: (() => Promise<unknown>)[] = []
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup()
})

async function simulate(driver: string, options: Record<string, string> = {}, port = 0) {
  const simulator = parts.simulators.get(driver)!
  const wire = { host: '127.0.0.1', port }
  const served = await serveSimulator({ simulator, clock, seed: 1, options, wire })
  cleanups.push(() => served.close())
  return served
}

async function openStation(folder = join(temporaryFolder(), 'data')) {
  const { station, close } = await hostStation({
    dataFolder: folder,
    clock,
    simulate: null,
    virtualTime: false,
    automaticAnswer: null,
  })
  cleanups.push(close)
  const events: StationEvent[] = []
  station.onEvent((event) => events.push(event))
  const add = (id: string, driver: string, { link, ...more }: { link: string } & Partial<InstrumentConfig>) =>
    station.saveInstrument({ id, name: id, driver, link, deviations: [], calibration: null, pollMs: 100, ...more })
  const health = (id: string) => station.instruments.state(id).health
  const log = (kind: string): RunEvent[] =>
    events.flatMap((event) => (event.type === 'log' && event.event.kind === kind ? [event.event] : []))
  return { station, events, add, health, log, folder, close }
}

const asRtu = (address: string): string => address.replace('tcp:', 'modbus-rtu-over-tcp:')

describe('a station keeps its instruments connected', () => {
  it('shows their values without a run, loses them with the cable and finds them again', async () => {
    const cell = await simulate('imt-si-rs485')
    const { station, events, add, health, log } = await openStation()
    await add('cell', 'imt-si-rs485', { link: asRtu(cell.address) })
    await waitUntil(() => events.filter((each) => each.type === 'idleReading').length > 3)
    expect(station.instruments.state('cell')).toMatchObject({
      health: 'connected',
      simulated: true,
      readings: [{ channel: 'irradiance', unit: 'W/m²' }, {}, {}],
    })
    await cell.unplug()
    await waitUntil(() => health('cell') === 'lost')
    const lost = station.instruments.state('cell')
    expect(lost.problem?.code).toMatch(/^device\./)
    await waitUntil(() => (station.instruments.state('cell').reconnect?.attempt ?? 0) > 1)
    await cell.plug()
    await waitUntil(() => health('cell') === 'connected')
    // The log tells of it once the row is on the disk, which may be later.
    await waitUntil(() => log('link').length > 1)
    expect(log('link').map((each) => each.level)).toEqual(['warning', 'info'])
    expect(station.instruments.stats('cell')).toMatchObject({ opens: 2, losses: 1 })
    // One state, however often it was tried.
    expect(events.filter((each) => each.type === 'log')).toHaveLength(2)
  })

  it('sees a half-open connection by the samples that don’t come', async () => {
    const cell = await simulate('imt-si-rs485')
    const { add, health } = await openStation()
    await add('cell', 'imt-si-rs485', { link: asRtu(cell.address) })
    await waitUntil(() => health('cell') === 'connected')
    cell.setFault('half-open')
    await waitUntil(() => health('cell') === 'stale')
    await waitUntil(() => health('cell') === 'lost')
    cell.setFault('')
    await waitUntil(() => health('cell') === 'connected')
  })

  it('remembers its list, and connects at the start', async () => {
    const cell = await simulate('imt-si-rs485')
    const first = await openStation()
    await first.add('cell', 'imt-si-rs485', { link: asRtu(cell.address), group: { station: 'Outdoor', slot: 'A' } })
    await cleanups.pop()!()
    const second = await openStation(first.folder)
    await waitUntil(() => second.health('cell') === 'connected')
    expect(second.station.instruments.config('cell').group).toEqual({ station: 'Outdoor', slot: 'A' })
  })
})

describe('an instrument in hand', () => {
  it('is set within its limits, read back, in the audit trail, and off when it is given back', async () => {
    const hv = await simulate('iseg-shr')
    const { station, add } = await openStation()
    await add('hv', 'iseg-shr', { link: hv.address })
    const { instruments } = station
    await instruments.lock('hv', { who: 'Ann' })
    const set = (name: string, value: number | boolean) => instruments.set({ id: 'hv', name, value, who: 'Ann' })
    expect(await set('voltageV', 100)).toMatchObject({ actual: 100 })
    await set('rampVPerS', 400)
    await set('output', true)
    expect(await failureOf(set('voltageV', 9000))).toMatchObject({ code: 'device.limit' })
    expect(await failureOf(instruments.lock('hv', { who: 'Bob' }))).toMatchObject({ code: 'device.locked' })
    await clock.sleep(600)
    expect(Math.abs(hv.bench.stress.voltageV(0))).toBeGreaterThan(50)
    expect(await instruments.unlock('hv', 'Ann')).toMatchObject({ safe: true })
    expect(Math.abs(hv.bench.stress.voltageV(0))).toBeLessThan(20)
    await station.instrumentDesk.close()
    const rows = await station.reader.auditRows('hv')
    expect(rows.map((row) => `${row.actor} ${row.action}`)).toEqual([
      'operator instrument.save',
      'Ann instrument.lock',
      'Ann instrument.onByHand',
      'Ann instrument.set',
      'Ann instrument.set',
      'Ann instrument.set',
      'Ann instrument.set',
      'Ann instrument.safeStop',
      'Ann instrument.offByHand',
      'Ann instrument.unlock',
    ])
    expect(JSON.stringify(rows.map((row) => row.detail))).toContain('beyond the limit')
  })
})

describe('what is kept of instruments', () => {
  it('a trace of a wire, switched on and off', async () => {
    const hv = await simulate('iseg-shr')
    const { station, add } = await openStation()
    await add('hv', 'iseg-shr', { link: hv.address, keepConnected: false })
    const desk = station.instrumentDesk
    await desk.startTrace('hv')
    await station.instruments.read('hv')
    const { pieces, isOn, link } = desk.stopTrace('hv')
    expect({ isOn, link }).toEqual({ isOn: false, link: hv.address })
    const text = pieces.map((each) => Buffer.from(each.bytes).toString('latin1')).join('')
    expect(text).toContain('*IDN?')
    expect(pieces.map((each) => each.direction)).toContain('received')
    const { length } = pieces
    await station.instruments.read('hv')
    expect(desk.trace('hv').pieces).toHaveLength(length)
  })

  it('certificates, the newest of which a run freezes, and which survive the station', async () => {
    const cell = await simulate('imt-si-rs485')
    const first = await openStation()
    await first.add('cell', 'imt-si-rs485', { link: asRtu(cell.address) })
    const { calibrations } = first.station.instrumentDesk
    const entry = {
      kind: 'certificate' as const,
      certificate: 'K-17',
      by: 'PTB',
      date: '2020-01-02',
      dueDate: '2020-01-03',
      result: 'pass' as const,
      note: '',
      documentSha256: null,
    }
    await calibrations.add('cell', entry, 'Ann')
    expect(await failureOf(calibrations.add('cell', { ...entry, dueDate: '2019-01-01' }, 'Ann'))).toMatchObject({
      code: 'usage.invalidInput',
    })
    expect(await failureOf(calibrations.add('cell', { ...entry, dueDate: 'soon' }, 'Ann'))).toMatchObject({
      code: 'usage.invalidInput',
    })
    expect(first.station.instruments.config('cell').calibration).toEqual({
      certificate: 'K-17',
      by: 'PTB',
      dueDate: '2020-01-03',
    })
    const request = {
      protocolId: 'PVTP-001',
      module: { id: 'M-1', maker: '', model: '' },
      operator: 'Ann',
      parameters: {},
      roles: { irradiance: ['cell'] },
    }
    const line = async (more: object = {}) =>
      (await first.station.preflight({ ...request, ...more })).find((each) => each.id === 'calibration.cell')
    expect(await line()).toMatchObject({ state: 'problem', detail: 'expired on 2020-01-03' })
    expect(await line({ calibrationOverrides: { cell: 'the certificate is in the post' } })).toMatchObject({
      state: 'warning',
      detail: expect.stringContaining('in the post') as unknown,
    })
    await calibrations.add('cell', { ...entry, certificate: 'K-18', date: '2020-01-04', dueDate: '2999-01-01' }, 'Ann')
    expect(await line()).toMatchObject({ state: 'ok' })
    await cleanups.pop()!()
    const second = await openStation(first.folder)
    const records = second.station.instrumentDesk.calibrations.records('cell')
    expect(records.map((each) => [each.version, each.certificate, each.who])).toEqual([
      [1, 'K-17', 'Ann'],
      [2, 'K-18', 'Ann'],
    ])
    expect(second.station.instruments.config('cell').calibration?.certificate).toBe('K-18')
  })
})
