import type { Clock } from '../../base/clock.ts'
import type { InstrumentState } from '../../contract/api.ts'
import { StationError } from '../../contract/errors.ts'
import type { DriverModule, Identity, Instrument, Reading } from '../../contract/instrument.ts'
import type { LineLink, LineSettings, RegisterLink } from '../../contract/link.ts'
import type { Provenance } from '../../contract/provenance.ts'
import type { InstrumentConfig } from '../../contract/run.ts'

/** How links are opened; given by the composition root. */
export interface LinkOpener {
  openLine(url: string, settings: LineSettings, name?: string): Promise<{ link: LineLink; close(): Promise<void> }>
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

export interface ManagerDeps {
  clock: Clock
  opener: LinkOpener
  drivers: ReadonlyMap<string, DriverModule>
  changed: (states: InstrumentState[]) => void
}

interface Entry {
  config: InstrumentConfig
  health: InstrumentState['health']
  identity: Identity | null
  lastGoodUtcMs: number | null
  problem: InstrumentState['problem']
  lockedBy: string | null
}

/** Our simulators say what they are in their serial number, also behind a real socket. */
const simulatedSerial = /^SIM/i

export const provenanceOf = (config: InstrumentConfig, identity: Identity): Provenance =>
  config.link.startsWith('sim:') || simulatedSerial.test(identity.serialNumber ?? '') ? 'simulated' : 'live'

/** Opens an instrument on its link and makes sure that it is the model its driver is for. */
export async function openInstrument(
  config: InstrumentConfig,
  deps: Pick<ManagerDeps, 'clock' | 'opener' | 'drivers'>,
): Promise<OpenInstrument> {
  const driver = deps.drivers.get(config.driver)
  if (!driver) throw new StationError('usage.notFound', { what: 'Driver', id: config.driver })
  const context = { clock: deps.clock, name: config.name, deviations: config.deviations }
  const opened =
    driver.link === 'line'
      ? await deps.opener.openLine(config.link, driver.lineSettings, config.name).then((found) => ({
          instrument: driver.createInstrument(found.link, context),
          close: () => found.close(),
        }))
      : await deps.opener.openRegisters(config.link, config.name).then((found) => ({
          instrument: driver.createInstrument(found.link, context),
          close: () => found.close(),
        }))
  try {
    const identity = await opened.instrument.identify()
    return { config, driver, ...opened, identity, provenance: provenanceOf(config, identity) }
  } catch (error) {
    await opened.close()
    throw error
  }
}

export interface InstrumentManager {
  states(): InstrumentState[]
  config(id: string): InstrumentConfig
  put(config: InstrumentConfig): void
  remove(id: string): void
  identify(id: string): Promise<InstrumentState>
  read(id: string): Promise<Reading[]>
  /** Opens, identifies and locks all of them, or none. */
  acquire(ids: readonly string[], owner: string): Promise<OpenInstrument[]>
  release(owner: string): Promise<void>
}

export function createInstrumentManager(deps: ManagerDeps): InstrumentManager {
  const entries = new Map<string, Entry>()
  const held = new Map<string, OpenInstrument[]>()

  const entry = (id: string): Entry => {
    const found = entries.get(id)
    if (!found) throw new StationError('usage.notFound', { what: 'Instrument', id })
    return found
  }
  const toState = (each: Entry): InstrumentState => {
    const profile = deps.drivers.get(each.config.driver)?.profile
    return {
      ...each,
      driverTitle: profile?.title ?? `unknown driver ${each.config.driver}`,
      roles: profile?.roles ?? [],
      simulated: each.identity
        ? provenanceOf(each.config, each.identity) === 'simulated'
        : each.config.link.startsWith('sim:'),
    }
  }
  const states = (): InstrumentState[] => [...entries.values()].map(toState)
  const update = (id: string, change: Partial<Entry>): void => {
    entries.set(id, { ...entry(id), ...change })
    deps.changed(states())
  }

  const open = async (id: string): Promise<OpenInstrument> => {
    try {
      const opened = await openInstrument(entry(id).config, deps)
      const lastGoodUtcMs = deps.clock.utcMs()
      update(id, { identity: opened.identity, health: 'connected', lastGoodUtcMs, problem: null })
      return opened
    } catch (error) {
      update(id, { health: 'lost', problem: error instanceof StationError ? error.text : null })
      throw error
    }
  }

  const refuseLocked = (id: string): void => {
    const { lockedBy, config } = entry(id)
    if (lockedBy !== null) throw new StationError('device.locked', { instrument: config.name, owner: lockedBy })
  }

  /** A short use between runs: the instrument is locked meanwhile, and its link closed afterwards. */
  const briefly = async <T>(id: string, work: (opened: OpenInstrument) => Promise<T>): Promise<T> => {
    refuseLocked(id)
    update(id, { lockedBy: 'a manual query' })
    try {
      const opened = await open(id)
      try {
        return await work(opened)
      } finally {
        await opened.close()
      }
    } finally {
      update(id, { lockedBy: null })
    }
  }

  const release: InstrumentManager['release'] = async (owner) => {
    const mine = held.get(owner) ?? []
    held.delete(owner)
    for (const opened of mine) await opened.close().catch(() => undefined)
    for (const [id, each] of entries) if (each.lockedBy === owner) update(id, { lockedBy: null })
  }

  const acquire: InstrumentManager['acquire'] = async (ids, owner) => {
    ids.forEach(refuseLocked)
    for (const id of ids) update(id, { lockedBy: owner })
    const opened: OpenInstrument[] = []
    held.set(owner, opened)
    try {
      for (const id of ids) opened.push(await open(id))
      return opened
    } catch (error) {
      await release(owner)
      throw error
    }
  }

  return {
    states,
    config: (id) => entry(id).config,
    put: (config) => {
      if (entries.has(config.id)) refuseLocked(config.id)
      const fresh = { health: 'unknown' as const, identity: null, lastGoodUtcMs: null, problem: null, lockedBy: null }
      entries.set(config.id, { config, ...fresh })
      deps.changed(states())
    },
    remove: (id) => {
      refuseLocked(id)
      entries.delete(id)
      deps.changed(states())
    },
    identify: (id) => briefly(id, async () => undefined).then(() => toState(entry(id))),
    read: (id) => briefly(id, (opened) => opened.instrument.read()),
    acquire,
    release,
  }
}
