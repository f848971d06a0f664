import { readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import type { Run, RunEvent } from '../../src/contract/run.ts'
import { discoverParts } from '../../src/engine/discover.ts'
import { withReader } from '../../src/engine/openStation.ts'
import { createRealClock } from '../../src/engine/realClock.ts'
import { serveSimulator } from '../../src/engine/serveSimulator.ts'
import { hostStation } from '../../src/serve/stationHost.ts'
import { jsonOf, runCliWith, serveCli, temporaryFolder } from '../support/cli.ts'
import { runHere } from '../support/inProcess.ts'
import { hasPdftotext, pagesOf } from '../support/pdf.ts'

const folder = temporaryFolder()
const closes: (() => Promise<unknown>)[] = []
afterAll(async () => {
  for (const close of closes) await close()
})

/** A simulator on a TCP port of this process. */
async function simulateHere(driver: string): Promise<string> {
  const simulator = (await discoverParts()).simulators.get(driver)!
  const wire = { host: '127.0.0.1', port: 0 }
  const served = await serveSimulator({ simulator, clock: createRealClock(), seed: 1, options: {}, wire })
  closes.push(() => served.close())
  return served.address.replace('tcp://', '')
}

const parameters = { sweepStopV: 22, currentLimitA: 4, points: 50, settleMs: 0, nplc: 0.01, temperatureHoldS: 0 }
const asOptions = (given: Record<string, number>): string[] =>
  Object.entries(given).flatMap(([name, value]) => ['--param', `${name}=${value}`])

describe('a run that is not called simulated, on wires with simulators at their ends', () => {
  const out = join(folder, 'out')
  const data = join(folder, 'data')

  it('says by the serial number what it is, and marks its papers', async () => {
    const source = await simulateHere('keithley-2460')
    const sensor = await simulateHere('imt-si-rs485')
    const sensorLink = `imt-si-rs485@modbus-rtu-over-tcp://${sensor}?unit=1`
    const instruments = [
      `ivSource=keithley-2460@tcp://${source}`,
      `irradiance=${sensorLink}`,
      `moduleTemperature=${sensorLink}`,
    ]
    const roles = instruments.flatMap((each) => ['--instrument', each])
    const options = [...asOptions(parameters), '--sample', 'M-1', '--data', data, '--out', out, '--json']
    const ended = await runCliWith('\n', 'run', 'PVTP-001', ...roles, ...options)
    const endedMs = Date.now()
    expect(ended.code, ended.stderr).toBe(0)
    expect(ended.stderr).toContain('Mount the module')
    // Nothing keeps the process when the papers are there, such as the timer of a tear-down (30 s).
    const papersMs = Math.max(...readdirSync(out).map((name) => statSync(join(out, name)).mtimeMs))
    expect(endedMs - papersMs).toBeLessThan(15_000)
    const { run, verdict } = jsonOf<{ run: Run; verdict: string }>(ended)
    expect(run).toMatchObject({ status: 'completed', provenance: 'simulated', virtualTime: false })
    expect(run.instruments.map(({ roleName }) => roleName).sort()).toEqual([
      'irradiance',
      'ivSource',
      'moduleTemperature',
    ])
    // One sensor where four are needed: no statement about the module.
    expect(verdict).toBe('inconclusive')
    const report = join(out, 'report.pdf')
    if (hasPdftotext) expect(pagesOf(report).filter((page) => !page.includes('SIMULATED'))).toEqual([])
    expect((await runHere('verify', out)).code).toBe(0)
  })
})

describe('an instrument whose calibration ran out', () => {
  const certificate = { kind: 'certificate', certificate: 'K-17', by: 'PTB', date: '2025-01-02' } as const
  const expired = { ...certificate, dueDate: '2025-01-03', result: 'pass', note: '', documentSha256: null } as const
  const reason = 'compared with the reference cell this morning'

  it('only takes part with a reason, which the record and the report keep', async () => {
    const source = await simulateHere('keithley-2460')
    const sensor = await simulateHere('imt-si-rs485')
    const data = join(folder, 'expired')
    const roles = ['irradiance', 'moduleTemperature'].flatMap((role) => [
      '--instrument',
      `${role}=imt-si-rs485@modbus-rtu-over-tcp://${sensor}`,
    ])
    const out = join(folder, 'expired-out')
    const args = ['run', 'PVTP-001', ...roles, '--instrument', `ivSource=keithley-2460@tcp://${source}`]
    const options = [
      ...asOptions(parameters),
      '--sample',
      'M-1',
      '--operator',
      'Ann',
      '--data',
      data,
      '--out',
      out,
      '--json',
    ]
    const { station, close } = await hostStation({
      ...{ dataFolder: data, clock: createRealClock(), simulate: null, virtualTime: false, automaticAnswer: null },
    })
    const link = `modbus-rtu-over-tcp://${sensor}`
    await station.saveInstrument({
      ...{ id: 'cell', name: 'Cell', driver: 'imt-si-rs485', link, deviations: [], calibration: null },
    })
    await station.instrumentDesk.calibrations.add('cell', expired, 'Ann')
    await close()

    const refused = await runCliWith('\n', ...args, ...options)
    expect(refused.code).not.toBe(0)
    expect(refused.stderr).toContain('Calibration of Cell: expired on 2025-01-03')
    const wrong = await runCliWith('\n', ...args, ...options, '--calibration-override', `Zell=${reason}`)
    expect(wrong.stderr).toContain('cell (Cell)')

    const ended = await runCliWith('\n', ...args, ...options, '--calibration-override', `Cell=${reason}`)
    expect(ended.code, ended.stderr).toBe(0)
    const { run } = jsonOf<{ run: Run }>(ended)
    const exception = { faults: ['expired on 2025-01-03'], reason }
    expect(run.instruments.find(({ instrumentId }) => instrumentId === 'cell')?.calibrationException).toEqual(exception)
    await withReader(data, async (reader) => {
      const override = (await reader.auditRows('cell')).find(({ action }) => action === 'calibration.override')
      expect(override?.actor).toBe('Ann')
      expect(JSON.parse(override?.detail ?? '{}')).toEqual({ runId: run.id, ...exception })
      const events = await reader.events(run.id)
      expect(events.filter(({ kind }) => kind === 'calibration').map(({ text }) => text)).toContain(
        `Calibration of Cell: expired on 2025-01-03; used all the same: ${reason} (Ann)`,
      )
    })
    if (hasPdftotext) {
      const text = pagesOf(join(out, 'report.pdf')).join(' ').replace(/\s+/g, ' ')
      expect(text).toContain('used all the same')
      for (const word of reason.split(' ')) expect(text).toContain(word)
    }
    expect((await runHere('verify', out)).code).toBe(0)
  })
})

describe('an instrument that dies in the middle of a sweep', () => {
  it('ends the run without a verdict, and says that its output is not known to be off', async () => {
    const served = await serveCli('simulate', 'keithley-2460', '--tcp', '127.0.0.1:0')
    const sensor = await simulateHere('imt-si-rs485')
    const { station, close } = await hostStation({
      dataFolder: join(folder, 'dying'),
      clock: createRealClock(),
      simulate: null,
      virtualTime: false,
      automaticAnswer: () => ({ value: 'confirmed', who: 'Test operator' }),
    })
    closes.push(close)
    const none = { deviations: [], calibration: null }
    await station.saveInstrument({
      id: 'smu',
      name: 'Tracer',
      driver: 'keithley-2460',
      link: served.address,
      ...none,
    })
    const link = `modbus-rtu-over-tcp://${sensor}`
    await station.saveInstrument({ id: 'cell', name: 'Cell', driver: 'imt-si-rs485', link, ...none })
    const states: string[] = []
    let shown = 0
    station.onEvent((event) => {
      if (event.type === 'live') states.push(...event.live.safeStops.map(({ state }) => state))
      if (event.type !== 'sweepPoints') return
      if (shown === 0) void served.end('SIGKILL')
      shown += event.points.voltageV.length
    })
    const run = await station.startRun({
      protocolId: 'PVTP-001',
      module: { id: 'M-1', maker: '', model: '' },
      operator: 'Test operator',
      parameters: { ...parameters, settleMs: 100 },
      roles: { ivSource: ['smu'], irradiance: ['cell'], moduleTemperature: ['cell'] },
    })
    const ended = await station.whenEnded(run.id)
    expect(shown).toBeGreaterThan(0)
    expect(ended).toMatchObject({ status: 'aborted', verdict: null, problem: { code: 'device.notSafe' } })
    expect(ended.problem?.happened).toContain('Tracer')
    expect(ended.problem?.check).toContain('Switch the instrument off by hand')
    expect(states.at(-1)).toBe('notConfirmed')
    const detail = await station.detail(run.id)
    expect(detail.criteria).toEqual([])
    // Papers that say so and judge nothing.
    const papers = detail.files.map(({ name }) => name)
    expect(papers).toContain('report.pdf')
    expect(papers).not.toContain('certificate.pdf')
    expect(detail.sweeps[0]).toMatchObject({ complete: false, voltageV: { length: shown } })
    const log = (kind: RunEvent['kind']) => detail.events.filter((event) => event.kind === kind)
    expect(log('safeState').at(-1)).toMatchObject({ level: 'error' })
    expect(log('safeState').at(-1)?.text).toMatch(/Tracer: safe state NOT confirmed/)
    // The other instrument, and the dead one's place in the list, are free for the next run.
    expect(station.instruments.states().map(({ lockedBy }) => lockedBy)).toEqual([null, null])
  })
})

it('a question that nobody can answer, because stdin has ended, ends the run safe', async () => {
  const source = await simulateHere('keithley-2460')
  const sensor = await simulateHere('imt-si-rs485')
  const sensorLink = `imt-si-rs485@modbus-rtu-over-tcp://${sensor}?unit=1`
  const args = ['--instrument', `ivSource=keithley-2460@tcp://${source}`, '--instrument', `irradiance=${sensorLink}`]
  const folders = ['--data', join(folder, 'mute'), '--out', join(folder, 'mute-out')]
  const options = [...args, ...asOptions(parameters), '--sample', 'M-1', ...folders, '--json']
  const ended = await runCliWith('', 'run', 'PVTP-001', ...options)
  expect(ended.code).toBe(1)
  expect(jsonOf<{ run: Run }>(ended).run).toMatchObject({ status: 'stopped', verdict: null })
})
