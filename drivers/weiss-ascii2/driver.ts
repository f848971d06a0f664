// Weiss / Vötsch chambers by ASCII-2 (RS-232 9600 8N1, or TCP): one line reads everything, one line sets everything.
// Doesn't decide profiles over time; knows no programs and no alarms, which ASCII-2 doesn't tell.
// Follows the protocol as the chamber itself describes it (`$01?`), and clients of VT 4002, VT 7004 and VT³/VC³ 7060.
import { StationError } from '../../src/contract/errors.ts'
import type { Cancellation } from '../../src/base/cancellation.ts'
import type { DriverContext, DriverModule, Instrument, Reading } from '../../src/contract/instrument.ts'
import type { LineLink, QueryOptions } from '../../src/contract/link.ts'
import { createChamber, reading, refused, type ChamberSetting } from '../climate/chamber.ts'
import type { StopPlan } from '../climate/stop.ts'
import { createChamberLink, writeLine, type ChamberLink } from './chamberLink.ts'
import { profile } from './profile.ts'
import type { Layout, Place, Snapshot } from './protocol.ts'

export const driver: DriverModule = {
  profile,
  link: 'line',
  lineSettings: { sendTerminator: '\r', receiveTerminators: '\r\n', quietMs: 500, defaultTimeoutMs: 3000 },
  createInstrument: (link, context) => createDriver(link, context),
}

const confirmMs = 5000
const startMs = 15_000

function createDriver(link: LineLink, context: DriverContext): Instrument {
  const chamber = createChamberLink(link, context)
  const settings: Record<string, ChamberSetting> = {
    temperatureC: valueSetting(chamber, (layout) => layout.temperature),
    humidityPercent: humiditySetting(chamber, context),
    run: {
      write: async (value, signal) => {
        const { startDigit } = await chamber.layout(signal)
        await chamber.change({ digits: new Map([[startDigit, value === true]]) }, signal)
      },
      readBack: async (signal) => isRunning(await chamber.layout(signal), await chamber.snapshot({ signal })),
      confirmMs: startMs,
    },
  }
  return createChamber(
    {
      identify: async (signal) => {
        chamber.forget()
        const { hardware } = await identified(chamber, context, signal)
        const firmware = hardware === null ? null : `hardware ${hardware}`
        return { maker: 'Weiss Technik', model: 'ASCII-2 chamber', serialNumber: null, firmware }
      },
      read: async (signal) => readAll(await chamber.layout(signal), await chamber.snapshot({ signal })),
      settings,
      stop: stopPlan(chamber),
    },
    { profile, context },
  )
}

/** An answer in plain text that isn't one of ASCII-2 is another instrument's. */
async function identified(
  chamber: ChamberLink,
  context: DriverContext,
  signal: Cancellation | undefined,
): Promise<Layout> {
  try {
    return await chamber.layout(signal)
  } catch (error) {
    const reply = error instanceof StationError && error.code === 'device.badReply' ? error.context['reply'] : null
    if (typeof reply !== 'string' || !/^[\x20-\x7e]{2,}$/.test(reply)) throw error
    throw new StationError('device.wrongModel', { expected: profile.title, link: context.name, actual: reply }, error)
  }
}

const isRunning = (layout: Layout, { digits }: Snapshot): boolean => digits[layout.startDigit] === '1'

/** Inputs without a sensor show -191.3 or so; nothing beyond these ends is air that a module was in. */
const possible = { '°C': [-120, 300], '%': [0, 105] } as const

function measured(unit: keyof typeof possible, value: number | undefined): number | { missing: string } {
  const [least, most] = possible[unit]
  if (value !== undefined && value >= least && value <= most) return value
  return { missing: `the chamber shows ${value}: there is no sensor, or it is broken` }
}

function readAll(layout: Layout, snapshot: Snapshot): Reading[] {
  const { temperature, humidity } = layout
  const { values, digits } = snapshot
  const none = { missing: 'this chamber doesn’t control humidity' }
  const isControlled = humidity !== null && digits[humidity.digit] === '1'
  const off = humidity ? { missing: 'humidity is switched off' } : none
  return [
    reading('temperature', '°C', measured('°C', values[temperature.actual])),
    reading('humidity', '%', humidity ? measured('%', values[humidity.actual]) : none),
    reading('temperature.setpoint', '°C', values[temperature.nominal] ?? { missing: 'it is not among the values' }),
    reading('humidity.setpoint', '%', isControlled ? (values[humidity.nominal] ?? off) : off),
    reading('running', '1', Number(isRunning(layout, snapshot))),
  ]
}

function valueSetting(chamber: ChamberLink, placeOf: (layout: Layout) => Place): ChamberSetting {
  return {
    range: async (signal) => placeOf(await chamber.layout(signal)),
    write: async (value, signal) => {
      const { field } = placeOf(await chamber.layout(signal))
      await chamber.change({ values: new Map([[field, Number(value)]]) }, signal)
    },
    readBack: async (signal) => {
      const { nominal } = placeOf(await chamber.layout(signal))
      return (await chamber.snapshot({ signal })).values[nominal] ?? null
    },
    resolution: 0.1,
    confirmMs,
  }
}

function humiditySetting(chamber: ChamberLink, context: DriverContext): ChamberSetting {
  const placeOf = ({ humidity }: Layout): NonNullable<Layout['humidity']> => {
    if (humidity) return humidity
    throw refused(context.name, 'humidityPercent', 'this chamber doesn’t control humidity')
  }
  const number = valueSetting(chamber, placeOf)
  return {
    ...number,
    write: async (value, signal) => {
      const { field, digit } = placeOf(await chamber.layout(signal))
      const values = new Map(value === null ? [] : [[field, Number(value)] as const])
      await chamber.change({ values, digits: new Map([[digit, value !== null]]) }, signal)
    },
    readBack: async (signal) => {
      const { nominal, digit } = placeOf(await chamber.layout(signal))
      const { values, digits } = await chamber.snapshot({ signal })
      return digits[digit] === '1' ? (values[nominal] ?? null) : null
    },
  }
}

const stopping: QueryOptions = { priority: 'stop' }
/** Where nothing is known of the chamber and it doesn't answer: what most of them take, everything off. */
const blindStop = ['$01E', '0020.0', ...Array<string>(6).fill('0000.0'), '0'.repeat(32)].join(' ')

function stopPlan(chamber: ChamberLink): StopPlan {
  const stopLine = async (): Promise<string> => {
    try {
      const present = chamber.lastSnapshot() ?? (await chamber.snapshot(stopping))
      const layout = chamber.knownLayout() ?? (await chamber.layout(undefined))
      const off = [layout.startDigit, ...(layout.humidity ? [layout.humidity.digit] : [])]
      return writeLine(layout, present, { digits: new Map(off.map((digit) => [digit, false])) })
    } catch (error) {
      if (error instanceof StationError) return blindStop
      throw error
    }
  }
  return {
    commands: [{ command: '$01E … (start digit 0)', run: async () => chamber.write(await stopLine(), stopping) }],
    check: async () => {
      const snapshot = await chamber.snapshot(stopping)
      const layout = await chamber.layout(undefined)
      const runs = isRunning(layout, snapshot)
      const actualC = snapshot.values[layout.temperature.actual]
      return {
        evidence: [
          { command: '$01I (start digit)', readBack: runs ? '1' : '0' },
          { command: '$01I (temperature)', readBack: `${actualC} °C` },
        ],
        problem: runs ? 'the chamber still runs: its start digit reads 1' : null,
      }
    },
    confirmMs: 5000,
  }
}
