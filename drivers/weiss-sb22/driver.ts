// Weiss SB 22 and other chambers by ASCII-1: frames with a checksum, one poll that tells everything, one set for everything.
// Doesn't decide profiles over time; knows no programs and no gradients.
// Follows basil's weiss_sb22.py, which quotes the manual of the SB 22.
import type { Cancellation } from '../../src/base/cancellation.ts'
import type { DriverContext, DriverModule, Instrument, Reading } from '../../src/contract/instrument.ts'
import type { FrameLink, QueryOptions } from '../../src/contract/link.ts'
import { createChamber, reading, type ChamberSetting } from '../climate/chamber.ts'
import type { StopPlan } from '../climate/stop.ts'
import { createChamberLink, targetOf, type ChamberLink } from './chamberLink.ts'
import { profile } from './profile.ts'
import { errorText, etx, humidityDigit, sensorError, startDigit, stx, type Status, type Target } from './protocol.ts'

export const driver: DriverModule = {
  profile,
  link: 'frames',
  frameSettings: { start: stx, end: etx, longestBytes: 100, quietMs: 300, defaultTimeoutMs: 2000 },
  createInstrument: (link, context) => createDriver(link, context),
}

/** Two polls of 5 s each. */
const confirmMs = 11_000
const startMs = 25_000

function createDriver(link: FrameLink, context: DriverContext): Instrument {
  const chamber = createChamberLink(link, context)
  return createChamber(
    {
      identify: async (signal) => {
        const { unknown } = await chamber.status({ signal })
        // Real chambers have something else at this place; the simulated one says there what it is.
        const [, hardware] = /HW (\d\.\d\d)/.exec(unknown) ?? []
        const firmware = hardware === undefined ? null : `hardware ${hardware}`
        return { maker: 'Weiss Technik', model: 'SB22', serialNumber: null, firmware }
      },
      read: async (signal) => readAll(await chamber.status({ signal })),
      settings: settingsOf(chamber),
      stop: stopPlan(chamber),
    },
    { profile, context },
  )
}

const isRunning = ({ digits }: Status): boolean => digits[startDigit] === '1'
const isHumid = ({ digits }: Status): boolean => digits[humidityDigit] === '1'
const describeError = (error: number): string => `error ${error} (${errorText[error] ?? 'of no known meaning'})`

function readAll(status: Status): Reading[] {
  const { temperatureC, humidityPercent, setpointC, setpointPercent, error } = status
  const broken = (code: number): { missing: string } | null =>
    error === code ? { missing: describeError(error) } : null
  const none = { missing: 'the chamber shows no value' }
  const off = { missing: 'humidity is switched off' }
  return [
    reading('temperature', '°C', broken(sensorError.temperature) ?? temperatureC ?? none),
    reading('humidity', '%', broken(sensorError.humidity) ?? humidityPercent ?? none),
    reading('temperature.setpoint', '°C', setpointC),
    reading('humidity.setpoint', '%', isHumid(status) ? (setpointPercent ?? none) : off),
    reading('running', '1', Number(isRunning(status))),
    reading('error', '1', error),
  ]
}

function settingsOf(chamber: ChamberLink): Record<string, ChamberSetting> {
  const read = (signal: Cancellation): Promise<Status> => chamber.status({ signal })
  return {
    temperatureC: {
      write: (value, signal) => chamber.change({ setpointC: Number(value) }, signal),
      readBack: async (signal) => (await read(signal)).setpointC,
      resolution: 0.1,
      confirmMs,
    },
    humidityPercent: {
      write: (value, signal) => {
        const digits = new Map([[humidityDigit, value !== null]])
        return chamber.change(value === null ? { digits } : { digits, setpointPercent: Number(value) }, signal)
      },
      readBack: async (signal) => {
        const status = await read(signal)
        return isHumid(status) ? status.setpointPercent : null
      },
      resolution: 1,
      confirmMs,
    },
    run: {
      write: (value, signal) => chamber.change({ digits: new Map([[startDigit, value === true]]) }, signal),
      readBack: async (signal) => isRunning(await read(signal)),
      confirmMs: startMs,
      explain: async (signal) => {
        const { error } = await read(signal)
        return error === 0 ? null : describeError(error)
      },
    },
  }
}

const stopping: QueryOptions = { priority: 'stop' }
/** Where nothing was ever answered. */
const blindTarget: Target = { setpointC: 20, setpointPercent: 0, digits: '0'.repeat(16) }

function stopPlan(chamber: ChamberLink): StopPlan {
  const digits = new Map([
    [startDigit, false],
    [humidityDigit, false],
  ])
  const command = {
    command: '1T…F…R0 (start digit 0)',
    run: async () => {
      const last = chamber.lastStatus()
      // It doesn't keep the gap: if it comes too soon and is lost, it is sent again.
      await chamber.write(last ? targetOf(last, { digits }) : blindTarget, { ...stopping, gapMs: 0 })
      return 'ACK'
    },
  }
  return {
    commands: [command],
    check: async () => {
      const status = await chamber.status(stopping)
      const runs = isRunning(status)
      return {
        evidence: [
          { command: '1? (start digit)', readBack: runs ? '1' : '0' },
          { command: '1? (temperature)', readBack: status.temperatureC === null ? null : `${status.temperatureC} °C` },
        ],
        problem: runs ? 'the chamber still runs: its start digit reads 1' : null,
      }
    },
    confirmMs: 6000,
  }
}
