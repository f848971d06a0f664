import { expect, it } from 'vitest'
import type { DriverModule, SafeStateProof } from '../contract/instrument.ts'
import type { InstrumentConfig, Run, RunEvent } from '../contract/run.ts'
import { createVirtualClock } from '../base/virtualClock.ts'
import { discoverParts } from './discover.ts'
import { restoreGiven, switchOffLeft, type LeftOnDeps } from './leftOn.ts'

const { drivers } = await discoverParts()

function createDeps(given: ReadonlyMap<string, DriverModule>) {
  const list = new Map<string, InstrumentConfig>()
  const stopped: string[] = []
  const events: Omit<RunEvent, 'seq'>[] = []
  const proof: SafeStateProof = { safe: true, evidence: [{ command: 'OUTP OFF', readBack: '0' }], detail: null }
  const deps: LeftOnDeps = {
    clock: createVirtualClock(0, () => Promise.resolve()),
    drivers: given,
    configOf: (id) => list.get(id),
    instruments: {
      states: () => [...list.values()].map((config) => ({ config })) as never,
      put: (config) => void list.set(config.id, config),
      safeStop: (id) => {
        stopped.push(id)
        return Promise.resolve(proof)
      },
    },
    addEvent: (event) => Promise.resolve(events.push(event)),
  }
  return { deps, list, stopped, events }
}

const used = (instrumentId: string, driver: string, link: string) => ({
  ...{ roleName: 'ivSource', role: 'IvSource', instrumentId, name: `${driver} 1`, driver, link, calibration: null },
  identity: { maker: '', model: '', serialNumber: '7', firmware: null },
})
const runOf = (...instruments: ReturnType<typeof used>[]): Run => ({ id: 'r', instruments }) as unknown as Run

it('switches off at the next start what was given for one run alone', async () => {
  const { deps, list, stopped, events } = createDeps(drivers)
  const run = runOf(used('cli-1', 'keithley-2460', 'tcp://10.0.0.5:5025'))
  restoreGiven([run], deps)
  expect(list.get('cli-1')).toMatchObject({ driver: 'keithley-2460', link: 'tcp://10.0.0.5:5025' })
  await switchOffLeft([run], deps)
  expect(stopped).toEqual(['cli-1'])
  expect(events[0]?.text).toContain('safe state confirmed')
})

it('takes in nothing that only the list can tell about, and changes nothing that it has', () => {
  const { deps, list } = createDeps(drivers)
  const own = { id: 'kept', name: 'Kept', driver: 'keithley-2460', link: 'tcp://10.0.0.9:5025' }
  list.set('kept', { ...own, deviations: [], calibration: null })
  restoreGiven(
    [
      runOf(
        used('kept', 'keithley-2460', 'tcp://10.0.0.5:5025'),
        used('parts', 'pid-station', 'parts:'),
        used('defined', 'generic-scpi', 'tcp://10.0.0.6:5025'),
        used('lab', 'keithley-2460', 'sim:smu'),
        used('gone', 'no-such-driver', 'tcp://10.0.0.7:5025'),
      ),
    ],
    deps,
  )
  expect([...list.keys()]).toEqual(['kept'])
  expect(list.get('kept')?.link).toBe(own.link)
})

it('says of what it can’t find that it isn’t proved off, but not of sensors and of a simulated lab that is gone', async () => {
  const { deps, stopped, events } = createDeps(drivers)
  const gone = [used('lab', 'keithley-2460', 'sim:smu'), used('cell', 'imt-si-rs485', 'modbus-rtu:///dev/ttyUSB0')]
  await switchOffLeft([runOf(...gone, used('defined', 'generic-scpi', 'tcp://10.0.0.6:5025'))], deps)
  expect(stopped).toEqual([])
  expect(events.map(({ level, text }) => `${level} ${text}`)).toEqual([
    'error generic-scpi 1: safe state NOT confirmed, it is no longer in the station’s list, at the start after an interruption',
  ])
})
