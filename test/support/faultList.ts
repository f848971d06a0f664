import { StationError } from '../../src/contract/errors.ts'
import type { Fault, Struck } from './faultCells.ts'

const wire = (driver: string, fault: string) => ({ strike: ({ lab }: Struck) => lab.setFault(driver, fault) })
const stop =
  (options?: { emergency: boolean }) =>
  ({ lab, runId }: Struck): void =>
    lab.station.stopRun(runId ?? 'none', 'Ada', options)

export const faults = [
  { name: 'hv silent', ...wire('iseg-shr', 'no-answer') },
  { name: 'supply silent', ...wire('delta-sm15k', 'no-answer') },
  { name: 'source silent', ...wire('keithley-2460', 'no-answer') },
  { name: 'supply late', ...wire('delta-sm15k', 'late-answer') },
  { name: 'hv rubbish', ...wire('iseg-shr', 'rubbish') },
  { name: 'supply partial', ...wire('delta-sm15k', 'partial') },
  {
    name: 'hv unplugged, back with defaults',
    strike: async ({ lab }) => {
      lab.lab.unplug('hv')
      await lab.atTheFront('iseg-shr', '*RST')
    },
  },
  { name: 'supply unplugged, back at once', strike: ({ lab }) => lab.lab.unplug('supply') },
  { name: 'hv output stuck on', ...wire('iseg-shr', 'stuck-output') },
  { name: 'hv trips', ...wire('iseg-shr', 'trip') },
  { name: 'source over range', ...wire('keithley-2460', 'over-range') },
  { name: 'supply too hot', ...wire('delta-sm15k', 'over-temperature') },
  { name: 'interlock open', strike: ({ lab }) => lab.bench.interlock.set(false) },
  { name: 'interlock input stale', ...wire('generic-modbus', 'no-answer') },
  { name: 'chamber door open', ...wire('espec-p300', 'door-open') },
  { name: 'chamber alarm', ...wire('espec-p300', 'alarm') },
  { name: 'chamber sensor missing', ...wire('espec-p300', 'sensor-break') },
  { name: 'stop', strike: stop() },
  { name: 'emergency stop', strike: stop({ emergency: true }) },
  {
    name: 'second stop',
    strike: async (struck) => {
      stop()(struck)
      await struck.lab.clock.sleep(100)
      stop()(struck)
    },
  },
  {
    name: 'database write error',
    strike: ({ around }) => {
      around.storage = new StationError('storage.failed', { detail: 'SQLITE_IOERR: disk I/O error' })
    },
    relief: { afterS: 60, relieve: ({ around }) => void (around.storage = null) },
  },
  {
    name: 'disk full',
    strike: ({ around }) => {
      around.storage = new StationError('storage.full', { path: 'station.db' })
    },
    relief: { afterS: 60, relieve: ({ around }) => void (around.storage = null) },
  },
  { name: 'clock +1 h', strike: ({ around }) => void (around.utcShiftMs = 3_600_000) },
  { name: 'clock −1 h', strike: ({ around }) => void (around.utcShiftMs = -3_600_000) },
  { name: 'window gone', strike: ({ around }) => void (around.deafWindow = true) },
  { name: 'station killed', strike: () => undefined, life: 'killed' },
  { name: 'orderly shutdown', strike: () => undefined, life: 'shutDown' },
] as const satisfies readonly Fault[]
export type FaultName = (typeof faults)[number]['name']
