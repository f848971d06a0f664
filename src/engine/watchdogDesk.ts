import { messageOf, StationError } from '../contract/errors.ts'
import type { PreflightLine } from '../contract/run.ts'
import type { Template } from '../contract/template.ts'
import type { ProfileSource } from './instruments/effectiveProfile.ts'
import type { Watchdog } from './watchdog/watchdog.ts'
import { electricalIds, watchedOf } from './watchdog/watched.ts'

/** A template and the instruments that were assigned to its roles. */
export interface Assigned {
  template: Pick<Template, 'roles'>
  roles: Readonly<Record<string, readonly string[]>>
}

/** The watchdog process as runs have it. In virtual time, and without energy on real wires, there is none. */
export interface WatchdogDesk {
  check: (assigned: Assigned) => Promise<PreflightLine | null>
  /** Throws run.preflight where it can't watch. */
  hold: (runId: string, assigned: Assigned) => Promise<void>
  release: (runId: string) => void
  /** An instrument that a person is about to switch on. Throws device.unwatched where it can't watch. */
  holdByHand: (id: string) => Promise<void>
  releaseByHand: (id: string) => void
  close: () => Promise<void>
}

// Said wherever it is said that there is one.
const noProtection =
  'It is software and not the protection: emergency stop and door have to cut the energy by themselves.'

const line = (found: Pick<PreflightLine, 'state' | 'detail' | 'todo'>): PreflightLine => ({
  ...{ id: 'watchdog', title: 'Watchdog' },
  ...found,
})

/** In the place of a run's id; a space is in none of those. */
const handHold = (id: string): string => `by hand: ${id}`

export function createWatchdogDesk(watchdog: Watchdog | null, source: ProfileSource): WatchdogDesk {
  const watched = ({ template, roles }: Assigned) => (watchdog ? watchedOf(electricalIds(template, roles), source) : [])
  return {
    check: async (assigned) => {
      const names = watched(assigned).map(({ config }) => config.name)
      if (!watchdog || names.length === 0) return null
      try {
        await watchdog.ensure()
      } catch (error) {
        const todo = 'Start the station again; see whether something on this PC keeps it from starting processes.'
        return line({ state: 'problem', detail: messageOf(error), todo })
      }
      const detail = `a second process commands ${names.join(', ')} off within 2 s if the station hangs or dies. ${noProtection}`
      return line({ state: 'ok', detail, todo: null })
    },
    hold: async (runId, assigned) => {
      const instruments = watched(assigned)
      if (!watchdog || instruments.length === 0) return
      await watchdog.hold(runId, instruments).catch((error: unknown) => {
        throw new StationError('run.preflight', { count: 1, detail: `Watchdog: ${messageOf(error)}` }, error)
      })
    },
    release: (runId) => watchdog?.release(runId),
    holdByHand: async (id) => {
      const instruments = watchedOf([id], source)
      if (!watchdog || instruments.length === 0) return
      await watchdog.hold(handHold(id), instruments).catch((error: unknown) => {
        const { name } = instruments[0]!.config
        throw new StationError('device.unwatched', { instrument: name, detail: messageOf(error) }, error)
      })
    },
    releaseByHand: (id) => watchdog?.release(handHold(id)),
    close: async () => watchdog?.close(),
  }
}
