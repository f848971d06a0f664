import { messageOf, StationError } from '../../contract/errors.ts'
import type { Clock } from '../../base/clock.ts'
import type { InstrumentState } from '../../contract/api.ts'
import type { InstrumentConfig } from '../../contract/run.ts'
import { createConnection, type Connection, type ConnectionEvents } from './connection.ts'
import { driverOf, profileOrNull } from './effectiveProfile.ts'
import type { Entries } from './entries.ts'
import { openInstrument, openForStop, type OpenDeps } from './openInstrument.ts'

/** A stretch in which an instrument could not be reached. */
export interface InstrumentGap {
  id: string
  name: string
  /** The run that has it, `manual: NAME`, or null. */
  owner: string | null
  state: 'lost' | 'back'
  fromUtcMs: number
  /** null while it lasts. */
  toUtcMs: number | null
  reason: string
}

export interface ConnectionsDeps extends OpenDeps {
  clock: Clock
  entries: Entries
  random: () => number
  onGap: (gap: InstrumentGap) => void
  onError: (error: unknown) => void
}

/** The error's text, with what the instrument's maker says to look at. */
const problemOf = (error: unknown, checks: readonly string[]): InstrumentState['problem'] => {
  if (!(error instanceof StationError)) return null
  const { text } = error
  return { ...text, check: [text.check, ...checks].join(' ') }
}

/** Keeps what is known of an instrument up to date by what becomes of its connection. */
function createEvents(id: string, deps: ConnectionsDeps): ConnectionEvents {
  const { entries, clock } = deps
  let lostSince: { utcMs: number; reason: string } | null = null
  const config = (): InstrumentConfig => entries.get(id).config
  const tellGap = (state: InstrumentGap['state'], gap: { utcMs: number; reason: string }): void => {
    const {
      lockedBy: owner,
      config: { name },
    } = entries.get(id)
    const toUtcMs = state === 'back' ? clock.utcMs() : null
    deps.onGap({ id, name, owner, state, fromUtcMs: gap.utcMs, toUtcMs, reason: gap.reason })
  }
  const checks = (): readonly string[] => profileOrNull(config(), deps)?.checks ?? []
  return {
    opened: ({ identity }) => {
      const lastGoodUtcMs = clock.utcMs()
      entries.update(id, { identity, health: 'connected', lastGoodUtcMs, problem: null, reconnect: null })
      if (lostSince) tellGap('back', lostSince)
      lostSince = null
    },
    good: () => {
      const lastGoodUtcMs = clock.utcMs()
      if (entries.get(id).health === 'connected') entries.sample(id, { lastGoodUtcMs })
      else entries.update(id, { health: 'connected', lastGoodUtcMs, problem: null, reconnect: null })
    },
    bad: (error) => {
      if (entries.get(id).health === 'connected')
        entries.update(id, { health: 'stale', problem: problemOf(error, checks()) })
    },
    lost: (error) => {
      const { health } = entries.get(id)
      entries.update(id, { health: 'lost', problem: problemOf(error, checks()), readings: [] })
      if (lostSince || (health !== 'connected' && health !== 'stale')) return
      lostSince = { utcMs: entries.get(id).lastGoodUtcMs ?? clock.utcMs(), reason: messageOf(error) }
      tellGap('lost', lostSince)
    },
    waiting: (reconnect) => entries.update(id, { reconnect }),
  }
}

export interface Connections {
  of: (id: string) => Connection
  /** Ends it, where there is one; the next `of` makes a new one. */
  drop: (id: string) => Promise<void>
  closeAll: () => Promise<void>
}

/** One connection an instrument, made when it is wanted first. */
export function createConnections(deps: ConnectionsDeps): Connections {
  const { entries } = deps
  const made = new Map<string, Connection>()
  const make = (id: string): Connection => {
    const { config } = entries.get(id)
    const driver = driverOf(config, deps.drivers)
    const connection = createConnection({
      name: config.name,
      clock: deps.clock,
      random: deps.random,
      open: () => openInstrument(entries.get(id).config, deps),
      openBlind: () => openForStop(entries.get(id).config, deps),
      isOfParts: driver.link === 'parts',
      on: createEvents(id, deps),
      onError: deps.onError,
    })
    made.set(id, connection)
    return connection
  }
  const drop = async (id: string): Promise<void> => {
    const connection = made.get(id)
    made.delete(id)
    await connection?.close()
  }
  return {
    of: (id) => made.get(id) ?? make(id),
    drop,
    closeAll: async () => {
      await Promise.allSettled([...made.keys()].map(drop))
    },
  }
}
