import type { RunStatus } from '../../src/contract/run.ts'
import type { State } from './faultCells.ts'
import type { FaultName } from './faultList.ts'

export interface Expected {
  /** null where no run comes about. */
  status: RunStatus | null
  /** Of the run's problem, or of what was refused; null where nothing is wrong. */
  code: string | readonly string[] | null
  /** Longest time from the fault to the command that takes the energy away; null where the run goes on. */
  offWithinMs: number | null
  /** Kind of a line in the run's log that has to tell it. */
  told?: string
  /** An action that the audit trail has to have. */
  audit?: string
  /** What can't be switched off by any command. */
  staysOn?: readonly string[]
  /** Longest time from what a guard saw to that command. */
  offAfterGuardMs?: number
  /** What is proposed for going on. */
  proposal?: 'continue' | 'restart' | 'close'
}

/** What is under energy in a state, and so has to be commanded off in time. */
export const energisedIn: Readonly<Partial<Record<State, string>>> = {
  ...{ measuring: 'keithley-2460', hvOn: 'iseg-shr', resuming: 'iseg-shr' },
  ...{ currentOn: 'delta-sm15k', cleanup: 'delta-sm15k', question: 'delta-sm15k' },
}

// A stop is carried out within this; what is only seen by reading it, within a reading's pace or a guard's silence more.
const stopMs = 500
const seenMs = 5_000 + stopMs
const silentMs = 12_000 + 3_000 + stopMs
/** What was asked last has its deadline before anything else goes over the same wire. */
const answerMs = 2_000
/** So long a killed station is away; see faultCells.ts. */
const awayMs = 5_000

const goesOn: Expected = { status: 'completed', code: null, offWithinMs: null, audit: 'run.end' }
const ends = (code: Expected['code'], offWithinMs: number, more: Partial<Expected> = {}): Expected => ({
  ...{ status: 'aborted', code, offWithinMs, audit: 'run.end', ...more },
})
const refused = (code: string): Expected => ({ status: null, code, offWithinMs: null })

const guarded = (offWithinMs: number): Expected => ends('run.guard', offWithinMs, { told: 'guard' })

const isHv = (state: State): boolean => ['idle', 'hvOn', 'paused', 'resuming'].includes(state)
const isCurrent = (state: State): boolean => state === 'currentOn' || state === 'question'
const isChamber = (state: State): boolean => state === 'ramp' || state === 'dwell'

type Rule = (state: State) => Expected

/** Bytes that don't come, or make no sense: nothing starts; what needs them ends; no end is proved without them. */
const deaf =
  (needs: (state: State) => boolean): Rule =>
  (state) =>
    state === 'idle'
      ? refused('run.preflight')
      : ends('device.notSafe', needs(state) ? silentMs : Infinity, {
          told: 'safeState',
          offAfterGuardMs: answerMs + stopMs,
        })

const byPerson =
  (action: string): Rule =>
  (state) =>
    state === 'idle'
      ? { ...goesOn, code: 'run.illegal' }
      : { status: 'stopped', code: 'run.stopped', offWithinMs: stopMs, audit: action, told: 'end' }

/** What is proposed to a person afterwards; a question is asked anew, and nothing under voltage is done again. */
const proposalIn = (state: State): NonNullable<Expected['proposal']> =>
  state === 'measuring' || isHv(state) ? 'close' : state === 'question' ? 'restart' : 'continue'

const left =
  (offWithinMs: number, audit: string): Rule =>
  (state) =>
    state === 'idle'
      ? { status: null, code: null, offWithinMs: null }
      : { status: 'interrupted', code: 'run.interrupted', offWithinMs, audit, proposal: proposalIn(state) }

const unwritable =
  (code: string): Rule =>
  (state) =>
    state === 'idle' ? refused(code) : ends(code, seenMs, { told: 'end' })

/** It stands still until there is room. What can't, is left for a person; guards that want what was switched off end it. */
const full: Rule = (state) => {
  if (state === 'idle') return refused('storage.full')
  if (state === 'measuring' || state === 'cleanup')
    return { status: 'interrupted', code: 'run.noRoom', offWithinMs: seenMs, audit: 'run.end', told: 'end' }
  return { ...(state === 'hvOn' || isCurrent(state) ? guarded(seenMs) : goesOn), told: 'disk' }
}

const ifState =
  (matters: (state: State) => boolean, then: Expected): Rule =>
  (state) =>
    matters(state) ? then : goesOn

export const rules: Readonly<Record<FaultName, Rule>> = {
  'hv silent': deaf(isHv),
  'supply silent': deaf(isCurrent),
  'source silent': deaf((state) => state === 'measuring'),
  'supply late': deaf(isCurrent),
  'hv rubbish': deaf(isHv),
  'supply partial': deaf(isCurrent),
  // Ramping up again it waits for a voltage that doesn't come; the reset has switched off already.
  'hv unplugged, back with defaults': (state) =>
    state === 'hvOn' ? guarded(seenMs) : state === 'resuming' ? ends('run.stepTimeout', Infinity) : goesOn,
  'supply unplugged, back at once': () => goesOn,
  'hv output stuck on': ifState(isHv, ends('device.notSafe', Infinity, { told: 'safeState', staysOn: ['iseg-shr'] })),
  'hv trips': (state) =>
    state === 'hvOn' ? guarded(seenMs) : isHv(state) ? ends(['device.refused', 'run.stepTimeout'], Infinity) : goesOn,
  'source over range': ifState((state) => state === 'measuring', ends('device.overRange', seenMs, { told: 'end' })),
  'supply too hot': ifState(isCurrent, guarded(Infinity)),
  'interlock open': (state) => (state === 'idle' ? ends(['run.guard', 'run.notVerified'], Infinity) : guarded(seenMs)),
  'interlock input stale': (state) => (state === 'idle' ? refused('run.preflight') : guarded(silentMs)),
  // The controller doesn't tell its door: the air does, where it has to be somewhere else.
  'chamber door open': ifState((state) => state === 'ramp', ends('run.stepTimeout', Infinity)),
  'chamber alarm': ifState(isChamber, guarded(Infinity)),
  'chamber sensor missing': ifState(isChamber, guarded(Infinity)),
  stop: byPerson('run.stop'),
  'emergency stop': byPerson('run.emergencyStop'),
  'second stop': byPerson('run.stop'),
  'database write error': unwritable('storage.failed'),
  'disk full': full,
  'clock +1 h': () => ({ ...goesOn, told: 'clock' }),
  'clock −1 h': () => ({ ...goesOn, told: 'clock' }),
  'window gone': () => goesOn,
  'station killed': left(awayMs + stopMs, 'run.interrupted'),
  'orderly shutdown': left(stopMs, 'run.end'),
}
