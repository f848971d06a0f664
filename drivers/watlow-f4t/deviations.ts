import type { Profile } from '../../src/contract/instrument.ts'
import { linkIsEthernet, linkIsSerial, secondIsHumidity } from './fit.ts'
import { events, key, output } from './registers.ts'

/**
 * How the chamber's maker wired “chamber on”: a key that switches over each time it is pressed (or one that is held), an
 * event, or not at all.
 */
export type RunSwitch =
  | { kind: 'key'; press: number; holds: boolean; name: string }
  | { kind: 'event'; event: number; name: string }
  | { kind: 'none' }

export interface Wiring {
  runSwitch: RunSwitch
  /** Register of the output that says “chamber runs”. */
  runOutput: number
  /** Register of the event that enables humidity; null where it is the loop's mode alone. */
  humidityEvent: number | null
  highWordFirst: boolean
}

const noSwitch = 'no-run-switch'
const keyHolds = 'run-key-is-held'
const highWordFirst = 'high-word-first'

const range = (first: number, last: number): number[] =>
  Array.from({ length: last - first + 1 }, (_each, i) => first + i)

export const deviations: Profile['deviations'] = [
  ...range(2, 4).map((n) => ({
    name: `run-by-key-${n}`,
    title: `Function key ${n} switches the chamber on (usual: 1)`,
  })),
  { name: keyHolds, title: 'That key is held down while the chamber runs (usual: each press switches over)' },
  ...range(1, 8).map((n) => ({ name: `run-by-event-${n}`, title: `Event ${n} switches the chamber on, not a key` })),
  { name: noSwitch, title: 'Nothing switches the chamber on but the mode of its loops' },
  ...range(2, 6).map((n) => ({
    name: `run-output-module-${n}`,
    title: `The output “chamber runs” is on module ${n} (usual: 1)`,
  })),
  ...range(2, 6).map((n) => ({
    name: `run-output-io-${n}`,
    title: `The output “chamber runs” is number ${n} (usual: 1)`,
  })),
  ...range(1, 8).map((n) => ({ name: `humidity-by-event-${n}`, title: `Event ${n} enables humidity` })),
  { name: secondIsHumidity, title: 'The second loop is humidity (a controller without profiles can’t say so)' },
  { name: linkIsEthernet, title: 'This link is Ethernet: its unit of temperatures is the one that counts' },
  { name: linkIsSerial, title: 'This link is RS-232/485: its unit of temperatures is the one that counts' },
  { name: highWordFirst, title: 'The word order of Modbus is set to high-low at the panel (usual: low-high)' },
]

/** The number behind such a name; null where no such deviation is on. */
function numberOf(names: readonly string[], prefix: string): number | null {
  const found = names.find((each) => each.startsWith(`${prefix}-`))
  return found === undefined ? null : Number(found.slice(prefix.length + 1))
}

function switchOf(names: readonly string[]): RunSwitch {
  if (names.includes(noSwitch)) return { kind: 'none' }
  const event = numberOf(names, 'run-by-event')
  if (event !== null) return { kind: 'event', event: events[event - 1] ?? events[0], name: `event ${event}` }
  const number = numberOf(names, 'run-by-key') ?? 1
  const press = key.press + (number - 1) * key.stride
  return { kind: 'key', press, holds: names.includes(keyHolds), name: `key ${number}` }
}

export function wiringOf(names: readonly string[]): Wiring {
  const module = numberOf(names, 'run-output-module') ?? 1
  const io = numberOf(names, 'run-output-io') ?? 1
  const humidity = numberOf(names, 'humidity-by-event')
  return {
    runSwitch: switchOf(names),
    runOutput: output.state + (module - 1) * output.moduleStride + (io - 1) * output.stride,
    humidityEvent: humidity === null ? null : (events[humidity - 1] ?? null),
    highWordFirst: names.includes(highWordFirst),
  }
}
