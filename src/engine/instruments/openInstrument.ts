import type { Clock } from '../../base/clock.ts'
import { StationError } from '../../contract/errors.ts'
import type { DriverModule, Identity, Instrument } from '../../contract/instrument.ts'
import type { FrameLink, FrameSettings, LineLink, LineSettings, RegisterLink } from '../../contract/link.ts'
import type { Provenance } from '../../contract/provenance.ts'
import type { InstrumentConfig } from '../../contract/run.ts'

/** How links are opened; given by the composition root. */
export interface LinkOpener {
  openLine(url: string, settings: LineSettings, name?: string): Promise<{ link: LineLink; close(): Promise<void> }>
  openFrames(url: string, settings: FrameSettings, name?: string): Promise<{ link: FrameLink; close(): Promise<void> }>
  openRegisters(url: string, name?: string): Promise<{ link: RegisterLink; close(): Promise<void> }>
}

export interface OpenInstrument {
  config: InstrumentConfig
  driver: DriverModule
  instrument: Instrument
  identity: Identity
  provenance: Provenance
  close(): Promise<void>
}

export interface OpenDeps {
  clock: Clock
  opener: LinkOpener
  drivers: ReadonlyMap<string, DriverModule>
}

/** Our simulators say what they are in their serial number, also behind a real socket. */
const simulatedSerial = /^SIM/i
/** The IMT sensor has no serial number: a hardware version that was never built says it there. */
const simulatedHardware = /hardware 9\.99/

export const provenanceOf = (config: InstrumentConfig, identity: Identity): Provenance =>
  config.link.startsWith('sim:') ||
  simulatedSerial.test(identity.serialNumber ?? '') ||
  simulatedHardware.test(identity.firmware ?? '')
    ? 'simulated'
    : 'live'

/** Opens the link and puts the driver on it; nothing is sent yet. */
export async function openOnLink(config: InstrumentConfig, driver: DriverModule, deps: Omit<OpenDeps, 'drivers'>) {
  const context = { clock: deps.clock, name: config.name, deviations: config.deviations }
  if (driver.link === 'line') {
    const opened = await deps.opener.openLine(config.link, driver.lineSettings, config.name)
    return { instrument: driver.createInstrument(opened.link, context), close: () => opened.close() }
  }
  if (driver.link === 'frames') {
    const opened = await deps.opener.openFrames(config.link, driver.frameSettings, config.name)
    return { instrument: driver.createInstrument(opened.link, context), close: () => opened.close() }
  }
  const opened = await deps.opener.openRegisters(config.link, config.name)
  return { instrument: driver.createInstrument(opened.link, context), close: () => opened.close() }
}

/** Opens an instrument on its link and makes sure that it is the model its driver is for. */
export async function openInstrument(config: InstrumentConfig, deps: OpenDeps): Promise<OpenInstrument> {
  const driver = deps.drivers.get(config.driver)
  if (!driver) throw new StationError('usage.notFound', { what: 'Driver', id: config.driver })
  const opened = await openOnLink(config, driver, deps)
  try {
    const identity = await opened.instrument.identify()
    return { config, driver, ...opened, identity, provenance: provenanceOf(config, identity) }
  } catch (error) {
    await opened.close()
    throw error
  }
}
