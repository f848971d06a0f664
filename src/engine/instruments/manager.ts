import type { InstrumentState } from '../../contract/api.ts'
import type { Calibration } from '../../contract/calibration.ts'
import { StationError } from '../../contract/errors.ts'
import type { Instrument, Profile, Reading } from '../../contract/instrument.ts'
import type { InstrumentConfig } from '../../contract/run.ts'
import type { CalibrationFinding } from './calibrationGate.ts'
import { tellCommands, type AuditLevel, type CommandEntry } from './commandLog.ts'
import type { Connection } from './connection.ts'
import { createConnections, type Connections, type InstrumentGap } from './connections.ts'
import { createEntries, type Entries } from './entries.ts'
import { effectiveProfile, partIds } from './effectiveProfile.ts'
import type { HandCare } from './hands.ts'
import { createIdlePolls, type IdlePolls, type IdleReading } from './idlePolls.ts'
import { createManual, type Manual } from './manual.ts'
import type { LinkCounts, OpenDeps, OpenInstrument } from './openInstrument.ts'
import { findCalibration, type CalibrationQuestion, type Register } from './register.ts'
import { createStable } from './stable.ts'

export interface ManagerDeps extends OpenDeps {
  changed: (states: InstrumentState[]) => void
  onError: (error: unknown) => void
  /** For the jitter of reconnecting; the middle unless given. */
  random?: () => number
  /** An instrument was lost, or is back: for the log of the run that has it. */
  onGap?: (gap: InstrumentGap) => void
  /** Values of instruments that no run has. */
  onReading?: (reading: IdleReading) => void
  /** Commands and answers, for the audit trail. */
  onCommand?: (command: CommandEntry & { id: string; who: string }) => void
  auditLevel?: () => AuditLevel
  /** Certificates and checks, and what is done about those that are missing or overdue. */
  register?: Register
  /** What happens about instruments that people switch on. */
  hand?: HandCare | undefined
}

export interface InstrumentStats extends LinkCounts {
  /** How often the link was opened and lost since the station began. */
  opens: number
  losses: number
  wireName: string | null
}

export interface InstrumentManager extends Manual {
  states: () => InstrumentState[]
  state: (id: string) => InstrumentState
  config: (id: string) => InstrumentConfig
  /** What it can do, its definition and parts included. */
  profile: (id: string) => Profile
  put: (config: InstrumentConfig) => void
  remove: (id: string) => void
  identify: (id: string) => Promise<InstrumentState>
  read: (id: string) => Promise<Reading[]>
  /**
   * Opens, identifies and locks all of them, or none. What is handed out stays the same object over any number of links:
   * see createStable().
   * @param name what the owner is called where somebody else wants them
   */
  acquire: (ids: readonly string[], owner: string, name?: string) => Promise<OpenInstrument[]>
  release: (owner: string) => Promise<void>
  /** From now on every instrument is kept connected, and read while no run has it. */
  start: () => void
  stats: (id: string) => InstrumentStats
  /** What the register says about it for a run that begins now. */
  calibration: (id: string, run: CalibrationQuestion) => CalibrationFinding
  /** Another certificate holds from now on; nothing else changes. */
  recalibrate: (id: string, calibration: Calibration | null) => void
  /** Manual set-points are taken back, and all links closed. */
  close: () => Promise<void>
}

/** What the parts of the manager share. */
export interface ManagerCore {
  deps: ManagerDeps
  entries: Entries
  connections: Connections
  polls: IdlePolls
  isKept: (id: string) => boolean
  /** These and what they are made of; no instrument may be in two hands. */
  withParts: (ids: readonly string[]) => string[]
  profileOf: (id: string) => Profile
  /** The instrument as this owner has it: its commands are told in the owner's name. */
  told: (id: string, who: string, instrument: Instrument) => Instrument
  /** Opens it where it isn't, and makes sure who it is now. */
  fresh: (id: string) => Promise<OpenInstrument>
  /** Gives it back to nobody: closed, unless it is kept. */
  leave: (id: string) => Promise<void>
}

const noCounts: LinkCounts = {
  sentBytes: 0,
  receivedBytes: 0,
  queries: 0,
  timeouts: 0,
  discardedBytes: 0,
  lastGoodUtcMs: null,
}

function createCore(deps: ManagerDeps, keeping: { isOn: boolean }): ManagerCore {
  const entries = createEntries(deps)
  const configOf = (id: string): InstrumentConfig => entries.get(id).config
  const { random = () => 0.5, onGap = () => undefined, onReading = () => undefined } = deps
  const connections = createConnections({ ...deps, entries, configOf, random, onGap })
  const polls = createIdlePolls({ ...deps, entries, connections, onReading })
  const isKept = (id: string): boolean =>
    keeping.isOn && configOf(id).keepConnected !== false && partIds(configOf(id)).length === 0
  const withParts = (ids: readonly string[]): string[] => {
    const all = ids.flatMap((id) => [id, ...partIds(configOf(id))])
    const twice = all.find((id, i) => all.indexOf(id) !== i)
    if (twice === undefined) return all
    const detail = `${configOf(twice).name} is chosen by itself and as a part of another instrument, or of two`
    throw new StationError('usage.invalidInput', { detail })
  }
  const fresh = async (id: string): Promise<OpenInstrument> => {
    const connection = connections.of(id)
    const known = connection.current()
    if (known) {
      try {
        const identity = await connection.use((now) => now.identify())
        entries.update(id, { identity })
        return { ...known, config: configOf(id), identity }
      } catch (error) {
        // A link that ended without a sign gets one new try.
        if (connection.current()) throw error
      }
    }
    return connection.ensure()
  }
  const leave = async (id: string): Promise<void> => {
    const connection = connections.of(id)
    connection.keep(isKept(id))
    if (!isKept(id)) await connection.disconnect()
  }
  const told = (id: string, who: string, instrument: Instrument): Instrument =>
    tellCommands(instrument, {
      level: deps.auditLevel ?? (() => 'off'),
      tell: (command) => deps.onCommand?.({ ...command, id, who }),
    })
  const profileOf = (id: string): Profile => effectiveProfile(configOf(id), { drivers: deps.drivers, configOf })
  return { deps, entries, connections, polls, isKept, withParts, profileOf, told, fresh, leave }
}

/** A short use between runs: the instrument is locked meanwhile. */
const createBriefly =
  (core: ManagerCore) =>
  async <T>(id: string, work: (connection: Connection) => Promise<T>): Promise<T> => {
    const { entries } = core
    const all = core.withParts([id])
    all.forEach(entries.refuseLocked)
    for (const each of all) entries.update(each, { lockedBy: 'a manual query' })
    try {
      await core.fresh(id)
      return await work(core.connections.of(id))
    } finally {
      try {
        await core.leave(id)
      } finally {
        for (const each of all) entries.update(each, { lockedBy: null })
      }
    }
  }

/** Takes instruments for one owner, and gives them back. */
function createHolding(core: ManagerCore): Pick<InstrumentManager, 'acquire' | 'release'> {
  const { entries, connections } = core
  const held = new Map<string, string[]>()

  /** Its parts are opened by the whole, which has them for itself then. */
  const take = async (id: string, owner: string): Promise<OpenInstrument> => {
    for (const part of partIds(entries.get(id).config)) {
      connections.of(part).keep(false)
      await connections.of(part).disconnect()
    }
    const opened = await core.fresh(id)
    const connection = connections.of(id)
    connection.pin(opened.identity)
    connection.keep(true)
    const instrument = core.told(id, owner, createStable(connection, opened.instrument))
    return { ...opened, instrument, close: () => core.leave(id) }
  }
  const giveBack = async (id: string): Promise<void> => {
    if (!entries.has(id)) return
    connections.of(id).pin(null)
    await core.leave(id)
    for (const part of partIds(entries.get(id).config)) await core.leave(part)
  }
  const release: InstrumentManager['release'] = async (owner) => {
    const mine = held.get(owner) ?? []
    held.delete(owner)
    // A link that won't close keeps no other from being closed, and no lock from being given back.
    for (const id of mine) await giveBack(id).catch(core.deps.onError)
    entries.unlock(owner)
  }
  const acquire: InstrumentManager['acquire'] = async (ids, owner, name = owner) => {
    const all = core.withParts(ids)
    all.forEach(entries.refuseLocked)
    entries.call(owner, name)
    for (const id of all) entries.update(id, { lockedBy: owner })
    held.set(owner, [...ids])
    const opened: OpenInstrument[] = []
    try {
      for (const id of ids) opened.push(await take(id, owner))
      return opened
    } catch (error) {
      await release(owner)
      throw error
    }
  }
  return { acquire, release }
}

/** Who has which instrument. One that a run holds can't be used, changed or removed by anybody else. */
export function createInstrumentManager(deps: ManagerDeps): InstrumentManager {
  const keeping = { isOn: false }
  const core = createCore(deps, keeping)
  const { entries, connections, polls } = core
  const briefly = createBriefly(core)
  const begin = (id: string): void => {
    if (!core.isKept(id)) return
    connections.of(id).keep(true)
    polls.start(id)
  }
  const put: InstrumentManager['put'] = (config) => {
    entries.put(config)
    polls.stop(config.id)
    void connections
      .drop(config.id)
      .then(() => (entries.has(config.id) ? begin(config.id) : undefined))
      .catch(deps.onError)
  }
  const manual = createManual(core)
  return {
    states: entries.states,
    state: entries.state,
    config: (id) => entries.get(id).config,
    profile: core.profileOf,
    put,
    remove: (id) => {
      entries.remove(id)
      polls.stop(id)
      void connections.drop(id).catch(deps.onError)
    },
    identify: (id) => briefly(id, async () => undefined).then(() => entries.state(id)),
    read: (id) => briefly(id, (connection) => connection.use((now) => now.read())),
    ...createHolding(core),
    ...manual,
    start: () => {
      keeping.isOn = true
      entries.ids().forEach(begin)
    },
    stats: (id) => {
      const connection = connections.of(id)
      return { ...(connection.current()?.stats?.() ?? noCounts), ...connection.counts() }
    },
    calibration: (id, run) => findCalibration(entries.get(id).config, run, deps.register),
    recalibrate: (id, calibration) => entries.recalibrate(id, calibration),
    close: async () => {
      keeping.isOn = false
      entries.ids().forEach(polls.stop)
      await manual.endManual()
      await connections.closeAll()
    },
  }
}
