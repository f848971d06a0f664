import type { InstrumentState } from '../../contract/api.ts'
import { StationError } from '../../contract/errors.ts'
import type { Reading } from '../../contract/instrument.ts'
import type { InstrumentConfig } from '../../contract/run.ts'
import { createEntries } from './entries.ts'
import { partIds } from './effectiveProfile.ts'
import { openInstrument, type OpenDeps, type OpenInstrument } from './openInstrument.ts'

export interface ManagerDeps extends OpenDeps {
  changed: (states: InstrumentState[]) => void
  onError: (error: unknown) => void
}

export interface InstrumentManager {
  states: () => InstrumentState[]
  state: (id: string) => InstrumentState
  config: (id: string) => InstrumentConfig
  put: (config: InstrumentConfig) => void
  remove: (id: string) => void
  identify: (id: string) => Promise<InstrumentState>
  read: (id: string) => Promise<Reading[]>
  /** Opens, identifies and locks all of them, or none. */
  acquire: (ids: readonly string[], owner: string) => Promise<OpenInstrument[]>
  release: (owner: string) => Promise<void>
}

/** Who has which instrument. One that a run holds can't be used, changed or removed by anybody else. */
export function createInstrumentManager(deps: ManagerDeps): InstrumentManager {
  const entries = createEntries(deps)
  const held = new Map<string, OpenInstrument[]>()

  const configOf = (id: string): InstrumentConfig => entries.get(id).config
  /** These and what they are made of; no instrument may be in two hands. */
  const withParts = (ids: readonly string[]): string[] => {
    const all = ids.flatMap((id) => [id, ...partIds(configOf(id))])
    const twice = all.find((id, i) => all.indexOf(id) !== i)
    if (twice === undefined) return all
    const detail = `${configOf(twice).name} is chosen by itself and as a part of another instrument, or of two`
    throw new StationError('usage.invalidInput', { detail })
  }

  const open = async (id: string): Promise<OpenInstrument> => {
    try {
      const opened = await openInstrument(entries.get(id).config, { ...deps, configOf })
      const lastGoodUtcMs = deps.clock.utcMs()
      entries.update(id, { identity: opened.identity, health: 'connected', lastGoodUtcMs, problem: null })
      return opened
    } catch (error) {
      entries.update(id, { health: 'lost', problem: error instanceof StationError ? error.text : null })
      throw error
    }
  }

  /** A short use between runs: the instrument is locked meanwhile, and its link closed afterwards. */
  const briefly = async <T>(id: string, work: (opened: OpenInstrument) => Promise<T>): Promise<T> => {
    const all = withParts([id])
    all.forEach(entries.refuseLocked)
    for (const each of all) entries.update(each, { lockedBy: 'a manual query' })
    try {
      const opened = await open(id)
      try {
        return await work(opened)
      } finally {
        await opened.close()
      }
    } finally {
      for (const each of all) entries.update(each, { lockedBy: null })
    }
  }

  const release: InstrumentManager['release'] = async (owner) => {
    const mine = held.get(owner) ?? []
    held.delete(owner)
    // A link that won't close keeps no other from being closed, and no lock from being given back.
    for (const opened of mine) await opened.close().catch(deps.onError)
    entries.unlock(owner)
  }

  const acquire: InstrumentManager['acquire'] = async (ids, owner) => {
    const all = withParts(ids)
    all.forEach(entries.refuseLocked)
    for (const id of all) entries.update(id, { lockedBy: owner })
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
    states: entries.states,
    state: entries.state,
    config: configOf,
    put: entries.put,
    remove: entries.remove,
    identify: (id) => briefly(id, async () => undefined).then(() => entries.state(id)),
    read: (id) => briefly(id, (opened) => opened.instrument.read()),
    acquire,
    release,
  }
}
