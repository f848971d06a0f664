// Watlow F4 chamber controllers by Modbus RTU: temperature and humidity, constant operation, profiles.
// Doesn't decide which climate a test needs, nor edits profiles. Which event is “chamber on” the lab says (deviations).
// Follows the F4's register list and the use that ChamberConnectLibrary's watlowf4.py makes of it.
import type { Cancellation } from '../../src/base/cancellation.ts'
import { StationError } from '../../src/contract/errors.ts'
import type { DriverContext, DriverModule, Identity, Instrument } from '../../src/contract/instrument.ts'
import type { RegisterLink } from '../../src/contract/link.ts'
import { createChamber } from '../climate/chamber.ts'
import { createWatlowClient, isStranger } from '../watlow/client.ts'
import { simulatedMark } from '../watlow/simulatedMark.ts'
import type { F4 } from './device.ts'
import { runEventOf } from './deviations.ts'
import { profile } from './profile.ts'
import { programPort } from './programs.ts'
import { readAll } from './readings.ts'
import { f4Model, register } from './registers.ts'
import { stopPlan } from './safeStop.ts'
import { settingsOf } from './settings.ts'

const gapMs = 30
/** 9600 baud, and a controller that saves to its memory meanwhile; ChamberConnectLibrary waits even longer. */
const timeoutMs = 3000

export const driver: DriverModule = {
  profile,
  link: 'registers',
  createInstrument: (link, context) => createDriver(link, context),
}

function createDriver(link: RegisterLink, context: DriverContext): Instrument {
  const client = createWatlowClient({ link, name: context.name, wordOrder: 'lowFirst', gapMs, timeoutMs })
  const device: F4 = { client, context, runEvent: runEventOf(context.deviations) }
  return createChamber(
    {
      identify: (signal) => identify(device, signal),
      read: (signal) => readAll(device, signal),
      settings: settingsOf(device),
      stop: stopPlan(device),
      program: programPort(device),
    },
    { profile, context },
  )
}

/** Throws device.wrongModel where it isn't an F4, having only read. */
async function identify({ client, context }: F4, signal: Cancellation | undefined): Promise<Identity> {
  const wrong = (actual: string, cause?: unknown): StationError =>
    new StationError('device.wrongModel', { expected: profile.title, link: context.name, actual }, cause)
  try {
    const found = await client.words(register.identity, 6, { signal })
    const [model = 0, first = 0, second = 0, software = 0, revision = 0, manufactured = 0] = found
    if (model !== f4Model) throw wrong(`a Modbus device with ${model} in register ${register.identity}`)
    return {
      maker: 'Watlow',
      model: 'F4',
      serialNumber: `${first}-${second}`,
      firmware: `${software}, revision ${revision}${simulatedMark(manufactured, 9999)}`,
    }
  } catch (error) {
    if (isStranger(error)) throw wrong('a Modbus device without the F4’s registers', error)
    throw error
  }
}
