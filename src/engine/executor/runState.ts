import type { Clock } from '../../base/clock.ts'
import type { StationEvent } from '../../contract/api.ts'
import type { Run } from '../../contract/run.ts'
import type { Audit } from './execute.ts'
import type { Lanes } from './lanes.ts'

/** The record of a run that goes on, as it is stored and shown. */
export interface RunState {
  run: () => Run
  /** Stores a change with who made it, then tells it. */
  save: (change: Partial<Run>, audit: Omit<Audit, 'subject'>) => Promise<void>
  /** The same for what is done whether or not it can be stored: its audit row is owed until the end then. */
  saveOrOwe: (change: Partial<Run>, audit: Omit<Audit, 'subject'>) => Promise<void>
  owed: () => readonly Audit[]
  isRunning: () => boolean
  isOver: () => boolean
  setEmergency: () => void
  /** The end is known and only has to be written down. */
  judged: () => void
  end: (run: Run) => void
}

export function createRunState(
  initial: Run,
  deps: {
    lanes: Lanes
    store: { saveRun: (run: Run, audit: Audit) => Promise<void> }
    publish: (event: StationEvent) => void
    clock: Pick<Clock, 'utcMs'>
    stopNotStored?: (runId: string) => void
  },
): RunState {
  const owed: Audit[] = []
  let record = initial
  let phase: 'running' | 'judged' | 'over' = 'running'
  const run = (): Run => {
    const lanes = deps.lanes.all()
    return phase === 'over' || lanes.length === 0 ? record : { ...record, lanes: [...lanes] }
  }
  const save: RunState['save'] = async (change, audit) => {
    record = { ...run(), ...change }
    await deps.store.saveRun(record, { ...audit, subject: record.id })
    deps.publish({ type: 'run', run: record })
  }
  return {
    ...{ run, save, owed: () => owed },
    saveOrOwe: async (change, audit) => {
      const utcMs = deps.clock.utcMs()
      try {
        await save(change, audit)
      } catch (error) {
        deps.stopNotStored?.(record.id)
        owed.push({ ...audit, subject: record.id, detail: { actedUtcMs: utcMs } })
        throw error
      }
    },
    isRunning: () => phase === 'running',
    isOver: () => phase === 'over',
    setEmergency: () => void (record = { ...record, emergency: true }),
    judged: () => void (phase = 'judged'),
    end: (ended) => {
      record = ended
      phase = 'over'
    },
  }
}
