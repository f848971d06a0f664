import type { SimulatorContext } from '../../src/contract/instrument.ts'
import { hasFault } from '../bench/faults.ts'
import type { CalendarClock } from './simulatedClock.ts'
import { createSimulatedChamber, type Fitting, type SimulatedChamber } from './simulatedChamber.ts'
import { examplePrograms, formatTenths, type StoredProgram } from './storedProgram.ts'

/** A command: its fields behind the first comma, and the text that they were cut from. */
export type Handler = (args: readonly string[], text: string) => string | null

/** By the command's own word; null answers `OK:` with the command. */
export type Commands = Readonly<Record<string, Handler>>

export interface EspecDevice {
  context: SimulatorContext
  fitting: Fitting
  chamber: SimulatedChamber
  programs: Map<number, StoredProgram>
  calendar: CalendarClock
  rom: string
  /** Alarms that are active, by their numbers. */
  alarms: () => number[]
  /** As they stand in answers; a broken sensor shows dashes. */
  measured: { temperature: () => string; humidity: () => string; product: () => string }
  isProtected: () => boolean
  keys: { locked: boolean }
  /** The alarm limits, which are the limits of the set-points, too. */
  limits: { highC: number; lowC: number; highPercent: number; lowPercent: number }
  mask: { bits: string }
  network: { text: string }
  /** Parameters of the product temperature control, which change nothing here. */
  productControl: { values: number[] }
}

export const refuse = (reason: string): string => `NA:${reason}`

const blank = '---.-'
const numberPattern = /^-?\d+(?:\.\d+)?$/

/** null where it isn't a number. */
export const toNumber = (text: string | undefined): number | null =>
  text !== undefined && numberPattern.test(text) ? Number(text) : null

/** What the compressor's alarm is called here; the numbers are the chamber's own (its main manual lists them). */
const compressorAlarm = 9

export function createEspecDevice(
  context: SimulatorContext,
  of: { fitting: Fitting; calendar: CalendarClock; rom: string },
): EspecDevice {
  const { bench, options } = context
  const { fitting, calendar, rom } = of
  const chamber = createSimulatedChamber(context, fitting)
  const noise = context.random.fork('sensor')
  const alarmNumber = Number(options['alarmNumber'] ?? compressorAlarm)
  const shown = (value: () => number) => (): string =>
    hasFault(context, 'sensor-break') ? blank : formatTenths(value() + 0.02 * noise.normal())
  const keys = { locked: false }
  return {
    context,
    fitting,
    chamber,
    programs: examplePrograms({ highC: fitting.mostC, lowC: fitting.leastC, date: calendar.date() }),
    calendar,
    rom,
    alarms: () => (hasFault(context, 'alarm') ? [alarmNumber] : []),
    measured: {
      temperature: shown(() => bench.chamber.temperatureC()),
      humidity: () => String(Math.round(bench.chamber.humidityPercent())),
      product: shown(() => bench.moduleTemperatureC(0)),
    },
    isProtected: () => keys.locked || hasFault(context, 'protect-on'),
    keys,
    limits: { highC: fitting.mostC, lowC: fitting.leastC, highPercent: 100, lowPercent: 0 },
    mask: { bits: '01110000' },
    network: { text: '192.168.0.10,255.255.255.0,192.168.0.1' },
    productControl: { values: [fitting.mostC, fitting.leastC, 1, 36, 2, 0, 0] },
  }
}
