import { z } from 'zod'
import type { Clock } from '../base/clock.ts'
import type { StationEvent } from '../contract/api.ts'
import type { HandCare } from './instruments/hands.ts'
import type { InstrumentManager } from './instruments/manager.ts'
import { proveAllOff, type LeftOnDeps } from './leftOn.ts'
import type { Store } from './storage/store.ts'
import type { WatchdogDesk } from './watchdogDesk.ts'

/** What is on by hand: watched by the watchdog process, and written down for a start after a power cut. */
export interface HandDesk extends HandCare {
  /**
   * What was on by hand when the station was killed is commanded off; what somebody left on at an orderly end is meant to be
   * on. Gives the ids of those that aren't proved off.
   */
  switchOffKilled: (given: Pick<LeftOnDeps, 'drivers' | 'configOf' | 'instruments'>) => Promise<string[]>
  /** Takes up what an earlier life left on: told to everybody until somebody sees to it. */
  takeUp: (given: { instruments: InstrumentManager; notProved: readonly string[] }) => Promise<void>
  /** The end of the station in order: what is still on stays on, and the next start knows. */
  close: () => Promise<void>
}

export interface HandDeskDeps {
  clock: Clock
  store: Store
  publish: (event: StationEvent) => void
  onError: (error: unknown) => void
  isPresent: HandCare['isPresent']
  /** Made after the instruments, whose hands these are. */
  watchdog: () => Pick<WatchdogDesk, 'holdByHand' | 'releaseByHand'>
}

const setting = 'instruments.onByHand'
const onSchema = z.record(z.string(), z.object({ who: z.string(), isMeant: z.boolean() }))

export async function createHandDesk(deps: HandDeskDeps): Promise<HandDesk> {
  const { store, clock } = deps
  let on = onSchema.parse(JSON.parse((await store.setting(setting)) ?? '{}'))
  const save = async (next: typeof on, entry: { actor: string; action: string; subject: string }): Promise<void> => {
    await store.saveSetting(setting, JSON.stringify(next), { ...entry, detail: null })
    on = next
  }
  const without = (id: string): typeof on => Object.fromEntries(Object.entries(on).filter(([each]) => each !== id))
  const tell: HandDesk['tell'] = (level, text) =>
    void store
      .addEvent({ runId: null, utcMs: clock.utcMs(), level, kind: 'hand', text })
      .then((event) => deps.publish({ type: 'log', event }))
      .catch(deps.onError)
  const begin: HandDesk['begin'] = async (id, who) => {
    await deps.watchdog().holdByHand(id)
    const entry = { actor: who, action: 'instrument.onByHand', subject: id }
    try {
      await save({ ...on, [id]: { who, isMeant: false } }, entry)
    } catch (error) {
      // Nothing is switched on then: the watchdog has nothing to watch.
      deps.watchdog().releaseByHand(id)
      throw error
    }
  }
  const end: HandDesk['end'] = async (id, who) => {
    deps.watchdog().releaseByHand(id)
    await save(without(id), { actor: who, action: 'instrument.offByHand', subject: id })
  }
  return {
    ...{ begin, end, tell },
    isPresent: deps.isPresent,
    switchOffKilled: (given) => {
      const killed = Object.keys(on).filter((id) => on[id]?.isMeant === false)
      const all = killed.map((id) => ({ id, name: given.configOf?.(id)?.name ?? id, runId: null }))
      return proveAllOff(all, { ...given, clock, addEvent: (event) => store.addEvent(event) })
    },
    takeUp: async ({ instruments, notProved }) => {
      const known = new Set(instruments.states().map(({ config }) => config.id))
      for (const [id, { who, isMeant }] of Object.entries(on)) {
        if (known.has(id) && (isMeant || notProved.includes(id)))
          await instruments.restoreHand(id, who).catch(deps.onError)
        else await end(id, 'station')
      }
    },
    close: async () => {
      if (Object.keys(on).length === 0) return
      const meant = Object.fromEntries(Object.entries(on).map(([id, { who }]) => [id, { who, isMeant: true }]))
      await save(meant, { actor: 'station', action: 'instrument.leftOnAtEnd', subject: 'station' })
    },
  }
}
