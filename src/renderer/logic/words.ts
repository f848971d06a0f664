import type { ProtocolState } from '../../contract/approval.ts'
import type { Provenance } from '../../contract/provenance.ts'
import type { Lane, RunStatus, Verdict } from '../../contract/run.ts'
import type { QueueState } from '../../contract/queue.ts'
import type { Confidence } from '../../contract/template.ts'

export type Tone = 'good' | 'bad' | 'caution' | 'unknown' | 'broken' | 'busy'

export interface Wording {
  title: string
  meaning: string
  tone: Tone
}

export const verdictWords: Record<Verdict, Wording> = {
  pass: { title: 'Pass', meaning: 'The module meets every acceptance criterion.', tone: 'good' },
  marginal: {
    title: 'Marginal',
    meaning: 'The result is too close to a limit for its uncertainty to decide.',
    tone: 'caution',
  },
  fail: { title: 'Fail', meaning: 'The module misses at least one acceptance criterion.', tone: 'bad' },
  inconclusive: {
    title: 'Inconclusive',
    meaning: 'The measurement missed a validity criterion, so nothing is said about the module.',
    tone: 'unknown',
  },
  notMeasured: {
    title: 'Not measured',
    meaning: 'What the verdict needs was not measured or not entered.',
    tone: 'unknown',
  },
  error: { title: 'Error', meaning: 'The verdict could not be computed.', tone: 'broken' },
}

export const noVerdictWords: Wording = {
  title: 'No verdict',
  meaning: 'The run ended before a verdict could be given.',
  tone: 'broken',
}

export const statusWords: Record<RunStatus, Wording> = {
  running: { title: 'Running', meaning: 'The station is measuring.', tone: 'busy' },
  paused: { title: 'Paused', meaning: 'The test stands still; nothing is credited meanwhile.', tone: 'caution' },
  stopping: { title: 'Stopping', meaning: 'Outputs are being switched off and read back.', tone: 'caution' },
  completed: { title: 'Completed', meaning: 'All steps were done.', tone: 'good' },
  stopped: { title: 'Stopped', meaning: 'Somebody stopped the run; what was measured is kept.', tone: 'caution' },
  aborted: { title: 'Aborted', meaning: 'A problem ended the run; what was measured is kept.', tone: 'broken' },
  interrupted: {
    title: 'Interrupted',
    meaning: 'The station went down during the run; what was committed is kept.',
    tone: 'broken',
  },
  closed: {
    title: 'Closed',
    meaning: 'The run was interrupted and given up; what was measured is kept.',
    tone: 'broken',
  },
}

/** What a protocol is at this station. */
export const protocolWords: Record<ProtocolState, Wording> = {
  draft: { title: 'Draft', meaning: 'Nobody approved this content.', tone: 'caution' },
  shipped: {
    title: 'By the maker',
    meaning: 'Approved by the maker of this software; nobody at this laboratory has approved it.',
    tone: 'unknown',
  },
  approved: { title: 'Approved', meaning: 'A person of the laboratory approved this very content.', tone: 'good' },
  changed: {
    title: 'Changed since its approval',
    meaning: 'Another content under this version was approved; this one is approved by nobody.',
    tone: 'caution',
  },
  retired: { title: 'Retired', meaning: 'No run begins with it any more.', tone: 'broken' },
}

/** What a queued run is waiting for, if anything. */
export const queueWords: Record<QueueState, Wording> = {
  waiting: { title: 'Waiting', meaning: 'Something that it needs is taken, or another is before it.', tone: 'unknown' },
  ready: { title: 'Ready', meaning: 'All that it needs is free.', tone: 'good' },
  starting: { title: 'Starting', meaning: 'The pre-flight check is made and the instruments are taken.', tone: 'busy' },
  refused: { title: 'Did not start', meaning: 'It could not be started; a person has to look.', tone: 'bad' },
  started: { title: 'Started', meaning: 'It is a run now.', tone: 'good' },
  removed: { title: 'Removed', meaning: 'It was taken out of the queue.', tone: 'broken' },
}

export const laneWords: Record<Lane['state'], Wording> = {
  in: { title: 'In test', meaning: 'The module is being tested.', tone: 'busy' },
  removed: { title: 'Taken out', meaning: 'A person took the module out.', tone: 'caution' },
  stopped: { title: 'Stopped', meaning: 'A guard or a fault ended the test of this module.', tone: 'bad' },
  done: { title: 'Went through', meaning: 'The module went through every step.', tone: 'good' },
}

export const provenanceWords: Record<Provenance, string> = {
  live: 'Measured at this station.',
  simulated: 'From the simulated lab: not a measurement.',
  replayed: 'Replayed from an earlier recording.',
  manual: 'Typed in by a person.',
  imported: 'Read from a file; this station did not measure it.',
  backFilled: 'Filled in afterwards from the instrument’s own log.',
  stale: 'Older than it should be.',
}

export const markWords: Record<Confidence, string> = {
  A: 'Seen in a public source',
  B: 'Well-known content of the standard',
  C: 'Uncertain: check in your copy of the standard',
  R: 'Recommended by the makers of this software, not by a standard',
}

export const outcomeWords = {
  pass: { title: 'Met', tone: 'good' },
  fail: { title: 'Missed', tone: 'bad' },
  notMeasured: { title: 'Not measured', tone: 'unknown' },
  error: { title: 'Error', tone: 'broken' },
} as const satisfies Record<string, { title: string; tone: Tone }>

/** The station has the run in hand, whether it goes on or stands still. */
export const isActive = (status: RunStatus): boolean =>
  status === 'running' || status === 'paused' || status === 'stopping'
