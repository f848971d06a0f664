import type { RunEvent } from '../../contract/run.ts'
import type { ExecutorDeps } from './execute.ts'

export type Log = (level: RunEvent['level'], kind: string, text: string) => Promise<void>

export interface RunLog {
  /** Stores, then tells. Waits for room on a full disk where the run can. Throws what the store throws. */
  log: Log
  /** The same for what never waits. */
  logAtOnce: Log
  /** Writes the lines that found no room when they came, each with its own time. Throws what the store throws; to be called again then. */
  writeRest: () => Promise<void>
}

/** The lines of a run's log. None is dropped because it couldn't be stored when it came. */
export function createRunLog(
  runId: string,
  deps: Pick<ExecutorDeps, 'clock' | 'publish' | 'store'> & { rawStore: Pick<ExecutorDeps['store'], 'addEvent'> },
): RunLog {
  let unwritten: Omit<RunEvent, 'seq'>[] = []
  const write = async (store: Pick<ExecutorDeps['store'], 'addEvent'>, event: Omit<RunEvent, 'seq'>): Promise<void> =>
    deps.publish({ type: 'log', event: await store.addEvent(event) })
  const by =
    (store: Pick<ExecutorDeps['store'], 'addEvent'>): Log =>
    async (level, kind, text) => {
      const event = { runId, utcMs: deps.clock.utcMs(), level, kind, text }
      try {
        await write(store, event)
      } catch (error) {
        unwritten.push(event)
        throw error
      }
    }
  const writeAll = async (): Promise<void> => {
    unwritten = unwritten.toSorted((one, other) => one.utcMs - other.utcMs)
    for (let event = unwritten[0]; event; event = unwritten[0]) {
      await write(deps.rawStore, event)
      unwritten.shift()
    }
  }
  let last = Promise.resolve()
  return {
    log: by(deps.store),
    logAtOnce: by(deps.rawStore),
    // One after the other: no line twice.
    writeRest: () => (last = last.then(writeAll, writeAll)),
  }
}
