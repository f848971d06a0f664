import { StationError } from '../../contract/errors.ts'
import type { Run, RunStatus } from '../../contract/run.ts'

/** A run of these isn’t over: it goes on, is paused, ends, or waits for somebody’s decision. */
export const unfinished: readonly RunStatus[] = ['running', 'paused', 'stopping', 'interrupted']

export type RunAction =
  'pause' | 'resume' | 'stop' | 'emergencyStop' | 'complete' | 'abort' | 'interrupt' | 'recover' | 'close' | 'sign'

interface Transition {
  from: readonly RunStatus[]
  to: RunStatus | null
  meaning: string
}

/** What can be done with a run in which state, where it leads, and what it means. What isn't here isn't possible. */
export const transitions: Readonly<Record<RunAction, Transition>> = {
  pause: {
    from: ['running'],
    to: 'paused',
    meaning: 'The test stands still as its protocol says; nothing is credited meanwhile.',
  },
  resume: { from: ['paused'], to: 'running', meaning: 'The test goes on where it stood.' },
  stop: {
    from: ['running', 'paused', 'stopping'],
    to: 'stopping',
    meaning: 'Ends the test for good: outputs off, read back, tear-down. A second stop is by force.',
  },
  emergencyStop: {
    from: ['running', 'paused', 'stopping'],
    to: 'stopping',
    meaning: 'The same, and the run never goes on by itself.',
  },
  complete: { from: ['running'], to: 'completed', meaning: 'Every step went through; the module is judged.' },
  abort: { from: ['running', 'paused', 'stopping'], to: 'aborted', meaning: 'A step failed: safe state, no verdict.' },
  interrupt: {
    from: ['running', 'paused', 'stopping'],
    to: 'interrupted',
    meaning: 'The station ended during the run (power, crash).',
  },
  recover: {
    from: ['interrupted'],
    to: 'running',
    meaning: 'The run goes on after the instruments were read and the difference was seen.',
  },
  close: { from: ['interrupted'], to: 'closed', meaning: 'The run is given up; its data stay, without a verdict.' },
  sign: { from: ['completed'], to: null, meaning: 'A person answers for the result.' },
}

export const isLegal = (status: RunStatus, action: RunAction): boolean => transitions[action].from.includes(status)

/** What an interrupted run was doing when the station ended. */
export const leftAs = ({ status }: Pick<Run, 'status'>): NonNullable<Run['leftAs']> =>
  status === 'paused' || status === 'stopping' ? status : 'running'

/** @throws StationError run.illegal */
export function requireLegal(status: RunStatus, action: RunAction): void {
  if (!isLegal(status, action)) throw new StationError('run.illegal', { status, action })
}
