// One instrument out of four kinds: HV supply, leakage meters (a channel per lane), chamber and interlock input.
// Doesn't decide what the parts measure or how they are commanded: their own drivers do. It is no protection of persons.
// Follows IEC TS 62804-1 for what belongs together; the order of the safe stop is HV off, discharged, chamber to standby.
import { assert } from '../../src/base/assert.ts'
import type { Cancellation } from '../../src/base/cancellation.ts'
import type {
  DriverContext,
  DriverModule,
  Identity,
  Instrument,
  InstrumentPart,
  InstrumentParts,
  PartProfiles,
  Reading,
} from '../../src/contract/instrument.ts'
import { checkSetting } from '../scpi/settingCheck.ts'
import { createHighVoltage } from './highVoltage.ts'
import { parseStation, profile, profileOf, stationChannels, stationSettings } from './profile.ts'
import { stopStation } from './safeStop.ts'

export const driver: DriverModule = {
  profile,
  profileOf,
  exampleDefinition: {},
  link: 'parts',
  parts: [
    { name: 'hv', title: 'High-voltage supply', role: 'HvSource', minimum: 1, maximum: 1 },
    {
      name: 'leakage',
      title: 'Leakage meters, in the order of the lanes',
      role: 'LeakageMeter',
      minimum: 1,
      maximum: 16,
    },
    { name: 'chamber', title: 'Climate chamber', role: 'Chamber', minimum: 1, maximum: 1 },
    { name: 'interlock', title: 'Interlock input', role: 'Interlock', minimum: 1, maximum: 1 },
  ],
  createInstrument: (parts, context) => createStation(parts, context),
}

const only = (parts: InstrumentParts, slot: string): InstrumentPart => {
  const part = parts[slot]?.[0]
  assert(part, `a PID station has the part ${slot}`)
  return part
}

function createStation(parts: InstrumentParts, context: DriverContext): Instrument {
  const definition = parseStation(context.definition)
  const profiles: PartProfiles = parts
  const settings = stationSettings(profiles)
  const own = profileOf(context.definition, profiles)
  const [hv, chamber, interlock] = [only(parts, 'hv'), only(parts, 'chamber'), only(parts, 'interlock')]
  const highVoltage = createHighVoltage({ hv, chamber, interlock, context, definition })
  const { chamberProgram } = chamber.instrument
  const { watchdog } = hv.instrument

  return {
    identify: (signal) => identifyAll(parts, signal),
    read: async (signal) => {
      await highVoltage.guard(signal)
      return readAll(parts, signal)
    },
    set: async (name, value, signal) => {
      checkSetting(own, { name, value }, context.name)
      const slot = settings.find(({ setting }) => setting.name === name)?.slot
      const part = slot === 'hv' ? hv : chamber
      const set = part.instrument.set?.bind(part.instrument)
      assert(set, `${part.name} has the settings of its profile`)
      const energises = slot === 'hv' && ((name === 'output' && value === true) || (name === 'voltageV' && value !== 0))
      return energises
        ? highVoltage.energise(`${name} ${String(value)}`, () => set(name, value, signal), signal)
        : set(name, value, signal)
    },
    safeStop: (onSent, extent = 'all') => {
      highVoltage.noteStop()
      return stopStation({ parts, hv, chamber, clock: context.clock, definition, extent }, onSent)
    },
    ...(chamberProgram ? { chamberProgram } : {}),
    ...(watchdog ? { watchdog } : {}),
  }
}

async function identifyAll(parts: InstrumentParts, signal: Cancellation | undefined): Promise<Identity> {
  const identities: NonNullable<Identity['parts']> = []
  for (const [slot, each] of Object.entries(parts))
    for (const { name, instrument } of each) {
      const { maker, model, serialNumber, firmware } = await instrument.identify(signal)
      identities.push({ part: slot, name, maker, model, serialNumber, firmware })
    }
  return { maker: 'PVTP', model: 'PID station', serialNumber: null, firmware: null, parts: identities }
}

/** Every part once, and its channels under the names of the whole. */
async function readAll(parts: InstrumentParts, signal: Cancellation | undefined): Promise<Reading[]> {
  const readings = new Map<InstrumentPart['instrument'], Reading[]>()
  for (const { instrument } of Object.values(parts).flat())
    if (!readings.has(instrument)) readings.set(instrument, await instrument.read(signal))
  return stationChannels(parts).map(({ channel, source }) => {
    const part = parts[source.slot]?.[source.index]
    const found = part && readings.get(part.instrument)?.find((each) => each.channel === source.channel)
    if (found) return { ...found, channel: channel.channel }
    return { channel: channel.channel, value: null, unit: channel.unit, reason: 'the part gave no such value' }
  })
}
