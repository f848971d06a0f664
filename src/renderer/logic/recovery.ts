import type { ProgramStatus } from '../../contract/instrument.ts'
import type { RecoveryDecision, RecoveryReport, Run } from '../../contract/run.ts'
import type { RecoveryRule } from '../../contract/template.ts'
import { formatDuration } from './format.ts'
import { scaledReading } from './readings.ts'

export const ruleWords: Record<RecoveryRule, string> = {
  continue: 'go on where it was',
  extend: 'go on, and make up for what was not credited',
  restart: 'do the step again from its start',
  ask: 'a person decides',
  never: 'it is not done again unattended',
}

export const decisionWords: Record<RecoveryDecision, { title: string; act: string }> = {
  continue: { title: 'Go on', act: 'Go on with the test' },
  extend: { title: 'Go on and extend', act: 'Go on and extend' },
  restart: { title: 'Restart the step', act: 'Restart the step' },
  close: { title: 'Give the test up', act: 'Give the test up' },
}

/** Interrupted runs that wait for a decision, the latest first. */
export const interruptedRuns = (runs: readonly Run[]): Run[] => runs.filter((run) => run.status === 'interrupted')

type ReadingPair = RecoveryReport['instruments'][number]['readings'][number]

/** What changed while nobody looked; null where one of the two is missing. */
export function differenceOf({ before, now, unit }: ReadingPair): string | null {
  if (before === null || now === null) return null
  const difference = scaledReading(now - before, unit === '°C' ? 'K' : unit)
  return `${now > before ? '+' : ''}${difference.text} ${difference.unit}`.trim()
}

/** The first choice: the proposal, unless something speaks against it. */
export function firstChoice({
  proposal,
  options,
}: Pick<RecoveryReport, 'proposal' | 'options'>): RecoveryDecision | null {
  const open = options.filter(({ refused }) => refused === null).map(({ decision }) => decision)
  return open.includes(proposal) ? proposal : null
}

const programWords: Record<ProgramStatus['state'], string> = {
  idle: 'no program runs',
  running: 'its own program runs',
  paused: 'its own program is paused',
  ended: 'its own program has ended',
}

/** Where the controller's own program stands, as far as it tells. */
export function sayProgram({ state, program, step, stepRemainingS, cyclesRemaining }: ProgramStatus): string {
  const parts = [
    programWords[state],
    program === null ? '' : `program ${program}`,
    step === null ? '' : `step ${step}`,
    stepRemainingS === null ? '' : `${formatDuration(stepRemainingS * 1000)} left in it`,
    cyclesRemaining === null ? '' : `${cyclesRemaining} cycles left`,
  ]
  return parts.filter((part) => part !== '').join(', ')
}
