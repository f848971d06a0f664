// CTS climate chambers by the ASCII protocol in 8-bit frames (RS-232 19200 8O1, TCP 1080): set-points, gradients, programs.
// Doesn't decide profiles over time, nor acknowledge errors: that is for a person at the chamber.
// Follows the interface protocol on cts-umweltsimulation.de (ITC controller), and the drivers of DESY and labtoys.
import type { Cancellation } from '../../src/base/cancellation.ts'
import { StationError } from '../../src/contract/errors.ts'
import type { DriverContext, DriverModule, Identity, Instrument, Reading } from '../../src/contract/instrument.ts'
import type { FrameLink, QueryOptions } from '../../src/contract/link.ts'
import { createChamber, reading } from '../climate/chamber.ts'
import type { StopPlan } from '../climate/stop.ts'
import { createCtsClient, type CtsClient } from './client.ts'
import { profile } from './profile.ts'
import { programPort } from './programs.ts'
import { channel, command, etx, stx } from './protocol.ts'
import { noHumidity, settingsOf } from './settings.ts'

export const driver: DriverModule = {
  profile,
  link: 'frames',
  frameSettings: { start: stx, end: etx, longestBytes: 80, quietMs: 200, defaultTimeoutMs: 2000 },
  createInstrument: (link, context) => createDriver(link, context),
}

function createDriver(link: FrameLink, context: DriverContext): Instrument {
  const client = createCtsClient(link, context)
  const device = { client, context }
  return createChamber(
    {
      identify: (signal) => identify(client, context, signal),
      read: (signal) => readAll(client, context, signal),
      settings: settingsOf(device),
      stop: stopPlan(client),
      program: programPort(device),
    },
    { profile, context },
  )
}

/** The protocol names neither model nor serial number: a CTS control is known by how it answers. */
async function identify(
  client: CtsClient,
  context: DriverContext,
  signal: Cancellation | undefined,
): Promise<Identity> {
  try {
    await client.status({ signal })
    await client.channel(channel.temperature, { signal })
    // Real chambers have an error's text here, or blanks; the simulated one says what it is.
    const [, hardware] = /hardware (\d\.\d\d)/.exec(await client.errorText({ signal })) ?? []
    const firmware = hardware === undefined ? null : `hardware ${hardware}`
    return { maker: 'CTS', model: 'CTS', serialNumber: null, firmware }
  } catch (error) {
    const reply = error instanceof StationError && error.code === 'device.badReply' ? error.context['reply'] : null
    // Another instrument's frame: plain text between STX and ETX.
    if (typeof reply !== 'string' || !/^02[2-7][0-9a-f]([2-7][0-9a-f])+03$/.test(reply)) throw error
    throw new StationError('device.wrongModel', { expected: profile.title, link: context.name, actual: reply }, error)
  }
}

/** Beyond these ends a sensor is broken: no such air was ever in the chamber. */
const possible = { '°C': [-95, 250], '%': [0, 105] } as const

function measured(unit: keyof typeof possible, value: number): number | { missing: string } {
  const [least, most] = possible[unit]
  return value >= least && value <= most ? value : { missing: `the chamber shows ${value}: its sensor is broken` }
}

async function readAll(
  client: CtsClient,
  context: DriverContext,
  signal: Cancellation | undefined,
): Promise<Reading[]> {
  const status = await client.status({ signal })
  const temperature = await client.channel(channel.temperature, { signal })
  const none = { missing: 'this chamber doesn’t control humidity' }
  const hasHumidity = !context.deviations.includes(noHumidity)
  const humidity = hasHumidity ? await client.channel(channel.humidity, { signal }) : null
  const isSet = humidity !== null && humidity.setpoint !== 0
  return [
    reading('temperature', '°C', measured('°C', temperature.actual)),
    reading('humidity', '%', humidity ? measured('%', humidity.actual) : none),
    reading('temperature.setpoint', '°C', temperature.setpoint),
    reading(
      'humidity.setpoint',
      '%',
      isSet ? humidity.setpoint : humidity ? { missing: 'humidity is switched off' } : none,
    ),
    reading('running', '1', Number(status.isRunning)),
    reading('error', '1', Number(status.hasError)),
  ]
}

const stopping: QueryOptions = { priority: 'stop' }

function stopPlan(client: CtsClient): StopPlan {
  const step = (request: string, reply: string) => ({
    command: request,
    run: () => client.tell(request, reply, stopping),
  })
  return {
    commands: [step(command.stopProgram, command.stopProgram), step(command.run(false), 's1')],
    check: async () => {
      const { isRunning } = await client.status(stopping)
      const { actual } = await client.channel(channel.temperature, stopping)
      return {
        evidence: [
          { command: `${command.status} (running)`, readBack: isRunning ? '1' : '0' },
          { command: `${command.read(channel.temperature)} (temperature)`, readBack: `${actual} °C` },
        ],
        problem: isRunning ? 'the chamber still runs' : null,
      }
    },
    confirmMs: 5000,
  }
}
