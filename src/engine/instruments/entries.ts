import type { InstrumentState } from '../../contract/api.ts'
import { StationError } from '../../contract/errors.ts'
import type { DriverModule, Identity, Reading } from '../../contract/instrument.ts'
import type { Calibration } from '../../contract/calibration.ts'
import type { InstrumentConfig } from '../../contract/run.ts'
import { partIds, profileOrNull } from './effectiveProfile.ts'
import { provenanceOf } from './openInstrument.ts'

interface Entry {
  config: InstrumentConfig
  health: InstrumentState['health']
  identity: Identity | null
  lastGoodUtcMs: number | null
  problem: InstrumentState['problem']
  lockedBy: string | null
  reconnect: { attempt: number; atUtcMs: number } | null
  readings: Reading[]
  hand: NonNullable<InstrumentState['hand']> | null
}

/** The station's instruments and what is known of each; every change is announced. */
export interface Entries {
  get: (id: string) => Entry
  has: (id: string) => boolean
  ids: () => string[]
  state: (id: string) => InstrumentState
  states: () => InstrumentState[]
  put: (config: InstrumentConfig) => void
  update: (id: string, change: Partial<Omit<Entry, 'config'>>) => void
  /** What changes with every sample: known to whoever asks, and not announced. */
  sample: (id: string, change: Pick<Entry, 'lastGoodUtcMs'> & Partial<Pick<Entry, 'readings'>>) => void
  remove: (id: string) => void
  recalibrate: (id: string, calibration: Calibration | null) => void
  /** What to call an owner whose id says nothing to anybody, until it gives everything back. */
  call: (owner: string, name: string) => void
  /** Takes the lock away from whatever it had. */
  unlock: (owner: string) => void
  /** That somebody else has it. */
  lockedError: (id: string, owner: string) => StationError
  /** @throws StationError device.locked */
  refuseLocked: (id: string) => void
}

const fresh: Omit<Entry, 'config'> = {
  health: 'unknown',
  identity: null,
  lastGoodUtcMs: null,
  problem: null,
  lockedBy: null,
  reconnect: null,
  readings: [],
  hand: null,
}

/** @param names of owners, where they have one beside their id */
function createRefusals(
  get: Entries['get'],
  names: ReadonlyMap<string, string>,
): Pick<Entries, 'lockedError' | 'refuseLocked'> {
  const lockedError: Entries['lockedError'] = (id, owner) =>
    new StationError('device.locked', { instrument: get(id).config.name, owner: names.get(owner) ?? owner })
  const refuseLocked = (id: string): void => {
    const { lockedBy } = get(id)
    if (lockedBy !== null) throw lockedError(id, lockedBy)
  }
  return { lockedError, refuseLocked }
}

export function createEntries(deps: {
  drivers: ReadonlyMap<string, DriverModule>
  changed: (states: InstrumentState[]) => void
}): Entries {
  const entries = new Map<string, Entry>()
  const names = new Map<string, string>()
  const get = (id: string): Entry => {
    const found = entries.get(id)
    if (!found) throw new StationError('usage.notFound', { what: 'Instrument', id })
    return found
  }
  const toState = (entry: Entry): InstrumentState => {
    const { config, identity } = entry
    const profile = profileOrNull(config, { drivers: deps.drivers, configOf: (id) => entries.get(id)?.config })
    const isSimulated = identity ? provenanceOf(config, identity) === 'simulated' : config.link.startsWith('sim:')
    const simulated = isSimulated || partIds(config).some((id) => entries.get(id)?.config.link.startsWith('sim:'))
    const title = profile?.title ?? deps.drivers.get(config.driver)?.profile.title
    return {
      ...entry,
      driverTitle: title ?? `unknown driver ${config.driver}`,
      roles: profile?.roles ?? [],
      simulated,
    }
  }
  const states = (): InstrumentState[] => [...entries.values()].map(toState)
  const set = (id: string, entry: Entry): void => void (entries.set(id, entry), deps.changed(states()))
  const update: Entries['update'] = (id, change) => set(id, { ...get(id), ...change })
  const { lockedError, refuseLocked } = createRefusals(get, names)
  /** What was left on by hand has no lock, but must not be forgotten either. */
  const refuseUsed = (id: string): void => {
    refuseLocked(id)
    const { hand } = get(id)
    if (hand) throw lockedError(id, `${hand.who}, who left it on`)
  }
  const remove = (id: string): void => {
    refuseUsed(id)
    const whole = [...entries.values()].find((each) => partIds(each.config).includes(id))
    if (whole)
      throw new StationError('usage.invalidInput', {
        detail: `it is a part of ${whole.config.name}; remove that first`,
      })
    entries.delete(id)
    deps.changed(states())
  }
  return {
    get,
    has: (id) => entries.has(id),
    ids: () => [...entries.keys()],
    state: (id) => toState(get(id)),
    states,
    update,
    sample: (id, change) => void Object.assign(get(id), change),
    ...{ lockedError, refuseLocked },
    call: (owner, name) => void names.set(owner, name),
    remove,
    recalibrate: (id, calibration) => {
      const entry = get(id)
      set(id, { ...entry, config: { ...entry.config, calibration } })
    },
    put: (config) => {
      if (entries.has(config.id)) refuseUsed(config.id)
      set(config.id, { config, ...fresh })
    },
    unlock: (owner) => {
      names.delete(owner)
      for (const [id, entry] of entries) if (entry.lockedBy === owner) update(id, { lockedBy: null })
    },
  }
}
