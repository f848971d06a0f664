// Watlow F4T chamber controllers by Modbus RTU or TCP: temperature and humidity by loop or cascade, operation, profiles.
// Doesn't decide which climate a test needs, nor edits profiles. Which key or event is “chamber on” the lab says (deviations).
// Follows the F4T's register list (data map 1) and the use that ChamberConnectLibrary's watlowf4t.py makes of it.
import type { Cancellation } from '../../src/base/cancellation.ts'
import type { DriverContext, DriverModule, Identity, Instrument } from '../../src/contract/instrument.ts'
import type { RegisterLink } from '../../src/contract/link.ts'
import { createChamber } from '../climate/chamber.ts'
import { createWatlowClient } from '../watlow/client.ts'
import { simulatedMark } from '../watlow/simulatedMark.ts'
import type { F4t } from './device.ts'
import { wiringOf } from './deviations.ts'
import { readFit, readPartNumber, type Fit } from './fit.ts'
import { profile } from './profile.ts'
import { programPort } from './programs.ts'
import { readAll } from './readings.ts'
import { register } from './registers.ts'
import { stopPlan } from './safeStop.ts'
import { settingsOf } from './settings.ts'

/** Silence that the controller wants behind an answer: 3.5 characters aren't enough for it (ChamberConnectLibrary). */
const gapMs = 30
/** It has its own loops to care for first. */
const timeoutMs = 1500

export const driver: DriverModule = {
  profile,
  link: 'registers',
  createInstrument: (link, context) => createDriver(link, context),
}

function createDriver(link: RegisterLink, context: DriverContext): Instrument {
  const wiring = wiringOf(context.deviations)
  const wordOrder = wiring.highWordFirst ? 'highFirst' : 'lowFirst'
  const client = createWatlowClient({ link, name: context.name, wordOrder, gapMs, timeoutMs })
  let known: Fit | null = null
  const fit = async (signal: Cancellation | undefined): Promise<Fit> =>
    (known ??= await readFit(client, { context, title: profile.title }, { signal }))
  const device: F4t = { client, context, wiring, fit }
  return createChamber(
    {
      identify: (signal) => {
        known = null
        return identify(device, signal)
      },
      read: (signal) => readAll(device, signal),
      settings: settingsOf(device),
      stop: stopPlan(device, () => known),
      program: programPort(device),
    },
    { profile, context },
  )
}

async function identify({ client, context }: F4t, signal: Cancellation | undefined): Promise<Identity> {
  const options = { signal }
  const model = await readPartNumber(client, { name: context.name, title: profile.title }, options)
  const serialNumber = await client.unsigned32(register.serialNumber, options)
  const release = await client.word(register.softwareRelease, options)
  const build = await client.word(register.softwareBuild, options)
  const manufactured = await client.unsigned32(register.manufactured, options)
  const firmware = `${release}, build ${build}${simulatedMark(manufactured, 99_999)}`
  return { maker: 'Watlow', model, serialNumber: String(serialNumber), firmware }
}
