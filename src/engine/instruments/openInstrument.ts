import { assert } from '../../base/assert.ts'
import type { Clock } from '../../base/clock.ts'
import { messageOf } from '../../contract/errors.ts'
import type {
  DriverContext,
  DriverModule,
  Identity,
  Instrument,
  InstrumentPart,
  InstrumentParts,
  Profile,
} from '../../contract/instrument.ts'
import type { FrameLink, FrameSettings, LineLink, LineSettings, RegisterLink } from '../../contract/link.ts'
import type { Provenance } from '../../contract/provenance.ts'
import type { InstrumentConfig } from '../../contract/run.ts'
import { driverOf, effectiveProfile, partConfigs, type ProfileSource } from './effectiveProfile.ts'
import { watchParts } from './parts.ts'

/** What is known of a link while it is open. */
export interface LinkFacts {
  /** Called when the wire ends by itself or is closed. */
  onClose?: (listener: (reason: string) => void) => () => void
  stats?: () => LinkCounts
  /** As a trace names the wire. */
  wireName?: string
}

/** Counters since the link was opened; discarded bytes are those of the whole wire. */
export interface LinkCounts {
  sentBytes: number
  receivedBytes: number
  queries: number
  timeouts: number
  discardedBytes: number
  lastGoodUtcMs: number | null
}

type OpenedOn<T> = LinkFacts & { link: T; close(): Promise<void> }

/** How links are opened; given by the composition root. */
export interface LinkOpener {
  openLine(url: string, settings: LineSettings, name?: string): Promise<OpenedOn<LineLink>>
  openFrames(url: string, settings: FrameSettings, name?: string): Promise<OpenedOn<FrameLink>>
  openRegisters(url: string, name?: string): Promise<OpenedOn<RegisterLink>>
}

export interface OpenInstrument extends LinkFacts {
  config: InstrumentConfig
  driver: DriverModule
  /** What this instrument is and can, its definition and parts included. */
  profile: Profile
  instrument: Instrument
  identity: Identity
  provenance: Provenance
  close(): Promise<void>
}

export interface OpenDeps extends ProfileSource {
  clock: Clock
  opener: LinkOpener
}

/** Our simulators say what they are in their serial number, also behind a real socket. */
const simulatedSerial = /^SIM/i
/** The IMT sensor has no serial number: a hardware version that was never built says it there. */
const simulatedHardware = /hardware 9\.99/

const isSimulated = (identity: Pick<Identity, 'serialNumber' | 'firmware'>): boolean =>
  simulatedSerial.test(identity.serialNumber ?? '') || simulatedHardware.test(identity.firmware ?? '')

export const provenanceOf = (config: InstrumentConfig, identity: Identity): Provenance =>
  config.link.startsWith('sim:') || isSimulated(identity) || identity.parts?.some(isSimulated) ? 'simulated' : 'live'

interface Opened extends LinkFacts {
  instrument: Instrument
  close(): Promise<void>
}

/** A driver on what was opened for it. */
function openedAs<T>(opened: OpenedOn<T>, instrument: Instrument): Opened {
  const { onClose, stats, wireName } = opened
  return {
    instrument,
    ...(onClose ? { onClose } : {}),
    ...(stats ? { stats } : {}),
    ...(wireName === undefined ? {} : { wireName }),
    close: () => opened.close(),
  }
}

const contextOf = (config: InstrumentConfig, clock: Clock): DriverContext => ({
  clock,
  name: config.name,
  deviations: config.deviations,
  definition: config.definition,
})

/** Opens the link and puts the driver on it; nothing is sent yet. One made of parts has no link: see openInstrument(). */
export async function openOnLink(
  config: InstrumentConfig,
  driver: DriverModule,
  deps: Pick<OpenDeps, 'clock' | 'opener'>,
): Promise<Opened> {
  const context = contextOf(config, deps.clock)
  if (driver.link === 'line') {
    const settings = driver.lineSettingsOf?.(config.definition) ?? driver.lineSettings
    const opened = await deps.opener.openLine(config.link, settings, config.name)
    return openedAs(opened, driver.createInstrument(opened.link, context))
  }
  if (driver.link === 'frames') {
    const opened = await deps.opener.openFrames(config.link, driver.frameSettings, config.name)
    return openedAs(opened, driver.createInstrument(opened.link, context))
  }
  assert(driver.link === 'registers', `${driver.profile.id} is opened on its parts`)
  const opened = await deps.opener.openRegisters(config.link, config.name)
  return openedAs(opened, driver.createInstrument(opened.link, context))
}

const closeAll = async (opened: Iterable<Pick<Opened, 'close'>>): Promise<void> => {
  const ends = await Promise.allSettled([...opened].map((each) => each.close()))
  for (const end of ends) if (end.status === 'rejected') throw end.reason
}

/** Opens every part, each once, and puts the driver on them. */
async function openOnParts(
  config: InstrumentConfig,
  driver: DriverModule & { link: 'parts' },
  deps: OpenDeps,
): Promise<Opened & { parts: OpenInstrument[] }> {
  const byId = new Map<string, OpenInstrument>()
  try {
    const slots: Record<string, InstrumentPart[]> = {}
    for (const [slot, configs] of partConfigs(config, deps)) {
      const parts: InstrumentPart[] = []
      for (const each of configs) {
        const part = byId.get(each.id) ?? (await openInstrument(each, deps))
        byId.set(each.id, part)
        parts.push({ name: each.name, instrument: part.instrument, profile: part.profile })
      }
      slots[slot] = parts
    }
    const { parts, guard } = watchParts(slots)
    const instrument = guard(driver.createInstrument(parts, contextOf(config, deps.clock)))
    // The whole has lost its link when a part has.
    const onClose: NonNullable<LinkFacts['onClose']> = (listener) => {
      const offs = [...byId.values()].map((part) =>
        part.onClose?.((reason) => listener(`${part.config.name}: ${reason}`)),
      )
      return () => offs.forEach((off) => off?.())
    }
    return { instrument, parts: [...byId.values()], onClose, close: () => closeAll(byId.values()) }
  } catch (error) {
    await closeAll(byId.values())
    throw error
  }
}

/** A part that is opened when it is first called, so that one that can't be opened keeps no other waiting. */
function openWhenCalled(config: InstrumentConfig, deps: OpenDeps): Opened {
  let opened: Promise<Opened> | null = null
  const now = async (): Promise<Instrument> => {
    opened ??= openOnLink(config, driverOf(config, deps.drivers), deps)
    return (await opened).instrument
  }
  const instrument: Instrument = {
    identify: async (signal) => (await now()).identify(signal),
    read: async (signal) => (await now()).read(signal),
    safeStop: async (onSent, extent) => {
      try {
        return await (await now()).safeStop(onSent, extent)
      } catch (error) {
        return { safe: false, evidence: [], detail: messageOf(error) }
      }
    },
  }
  const close = async (): Promise<void> => (await opened?.catch(() => null))?.close()
  return { instrument, close }
}

/** Without asking who it is, and of one made of parts without those that can't be reached: for a stop that can't wait. */
export async function openForStop(
  config: InstrumentConfig,
  deps: OpenDeps,
): Promise<Pick<Opened, 'instrument' | 'close'>> {
  const driver = driverOf(config, deps.drivers)
  if (driver.link !== 'parts') return openOnLink(config, driver, deps)
  const byId = new Map<string, Opened>()
  const partOf = (each: InstrumentConfig): InstrumentPart => {
    const part = byId.get(each.id) ?? openWhenCalled(each, deps)
    byId.set(each.id, part)
    return { name: each.name, instrument: part.instrument, profile: effectiveProfile(each, deps) }
  }
  const slots = [...partConfigs(config, deps)].map(([slot, configs]) => [slot, configs.map(partOf)])
  const { parts, guard } = watchParts(Object.fromEntries(slots) as InstrumentParts)
  const instrument = guard(driver.createInstrument(parts, contextOf(config, deps.clock)))
  return { instrument, close: () => closeAll(byId.values()) }
}

/** Opens an instrument on its link or its parts and makes sure that it is the model its driver is for. */
export async function openInstrument(config: InstrumentConfig, deps: OpenDeps): Promise<OpenInstrument> {
  const driver = driverOf(config, deps.drivers)
  const profile = effectiveProfile(config, deps)
  const { parts, ...opened } =
    driver.link === 'parts'
      ? await openOnParts(config, driver, deps)
      : { parts: [], ...(await openOnLink(config, driver, deps)) }
  try {
    const identity = await opened.instrument.identify()
    const all = [provenanceOf(config, identity), ...parts.map((each) => each.provenance)]
    const provenance = all.find((each) => each !== 'live') ?? 'live'
    return { config, driver, profile, ...opened, identity, provenance }
  } catch (error) {
    await opened.close()
    throw error
  }
}
