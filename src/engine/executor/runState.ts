import type { StationEvent } from '../../contract/api.ts'
import type { Run } from '../../contract/run.ts'
import type { Audit } from './execute.ts'
import type { Lanes } from './lanes.ts'

/** The record of a run that goes on, as it is stored and shown. */
export interface RunState {
  run: () => Run
  /** Stores a change with who made it, then tells it. */
  save: (change: Partial<Run>, audit: Omit<Audit, 'subject'>) => Promise<void>
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
  },
): RunState {
  let record = initial
  let phase: 'running' | 'judged' | 'over' = 'running'
  const run = (): Run => {
    const lanes = deps.lanes.all()
    return phase === 'over' || lanes.length === 0 ? record : { ...record, lanes: [...lanes] }
  }
  return {
    run,
    save: async (change, audit) => {
      record = { ...run(), ...change }
      await deps.store.saveRun(record, { ...audit, subject: record.id })
      deps.publish({ type: 'run', run: record })
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
