import type { SimulatorContext } from '../../src/contract/instrument.ts'
import { alarms, type AlarmName } from './alarms.ts'

/** After the mains came back the output stays off this long, whoever asks. */
const powerFailMs = 2000

const causes: Readonly<Partial<Record<AlarmName, string>>> = {
  overVoltage: 'over-voltage',
  overTemperature: 'over-temperature',
  powerFail: 'power-fail',
}

/** Alarms that stay until somebody acknowledges them by reading the errors; only heat goes by itself. */
export function createEaAlarms({ clock, faults }: SimulatorContext) {
  const latched = new Set<AlarmName>()
  const active = new Set<AlarmName>()
  const counts = new Map<AlarmName, number>()
  let mainsBackMs = -Infinity

  const trip = (name: AlarmName): void => {
    if (!latched.has(name)) counts.set(name, (counts.get(name) ?? 0) + 1)
    latched.add(name)
  }
  const isCaused = (name: AlarmName): boolean => {
    const fault = causes[name]
    return fault !== undefined && faults.isActive(fault)
  }
  /** Whether a cause came or went since the last look. */
  const look = (): void => {
    for (const { name } of alarms) {
      if (isCaused(name)) {
        trip(name)
        active.add(name)
      } else if (active.delete(name)) {
        if (name === 'overTemperature') latched.delete(name)
        if (name === 'powerFail') mainsBackMs = clock.monotonicMs()
      }
    }
  }
  return {
    look,
    trip,
    latched: (): ReadonlySet<AlarmName> => latched,
    count: (name: AlarmName): number => counts.get(name) ?? 0,
    acknowledge: (): void => {
      look()
      for (const name of [...latched]) if (!active.has(name)) latched.delete(name)
    },
    mayGoOn: (): boolean => {
      look()
      return latched.size === 0 && clock.monotonicMs() - mainsBackMs >= powerFailMs
    },
  }
}
