import type { InstrumentState } from '../contract/api.ts'
import type { QueueEntry } from '../contract/queue.ts'
import type { Run } from '../contract/run.ts'
import { runName } from '../contract/runName.ts'
import { partIds } from './instruments/effectiveProfile.ts'
import { isManual } from './instruments/idlePolls.ts'
import { instrumentIdsOf } from './runRoles.ts'

/** What keeps a queued run from beginning. */
export interface Block {
  text: string
  /** It will be over in a moment. */
  brief: boolean
}

/** Instruments of a request and what they are made of. */
export function neededIds(request: Pick<QueueEntry['request'], 'roles'>, states: readonly InstrumentState[]): string[] {
  const configOf = (id: string) => states.find((state) => state.config.id === id)?.config
  return instrumentIdsOf(request).flatMap((id) => {
    const config = configOf(id)
    return config ? [id, ...partIds(config)] : [id]
  })
}

/** Whether a run uses any of these, by itself or as a part of another instrument. */
export const isUsedIn = (run: Pick<Run, 'instruments'>, needs: ReadonlySet<string>): boolean =>
  run.instruments.some(
    ({ instrumentId, parts = [] }) => needs.has(instrumentId) || parts.some((part) => needs.has(part.instrumentId)),
  )

/** Which of its instruments a person has in hand now, in words; null where none. */
export function inHand(
  request: Pick<QueueEntry['request'], 'roles'>,
  states: readonly InstrumentState[],
): string | null {
  const needs = neededIds(request, states)
  const found = states.find(({ config, lockedBy }) => needs.includes(config.id) && isManual(lockedBy))
  return found ? lockText([found.config.name], found.lockedBy ?? '', []) : null
}

const handText = (name: string, who: string): string => `${name} is in the hand of ${who}`

function lockText(names: readonly string[], owner: string, runs: readonly Run[]): string {
  const run = runs.find((each) => each.id === owner)
  if (isManual(owner)) return handText(names.join(', '), owner.slice(owner.indexOf(' ') + 1))
  return `${names.join(', ')} ${names.length === 1 ? 'is' : 'are'} taken by ${run ? `the run of ${runName(run)}` : owner}`
}

/** One for each who has some of them. */
function locksOn(needs: ReadonlySet<string>, states: readonly InstrumentState[], runs: readonly Run[]): Block[] {
  const taken = states.filter(({ config, lockedBy }) => needs.has(config.id) && lockedBy !== null)
  const owners = [...new Set(taken.map(({ lockedBy }) => lockedBy ?? ''))]
  return owners.map((owner) => {
    const names = taken.filter(({ lockedBy }) => lockedBy === owner).map(({ config }) => config.name)
    return { text: lockText(names, owner, runs), brief: isBrief(owner) }
  })
}

/** Queries of a moment, such as those of a pre-flight check. */
const isBrief = (owner: string): boolean => owner === 'a manual query' || owner.startsWith('recovery of ')

/**
 * What an entry waits for, in words; empty where its turn has come. One that was refused holds nobody up.
 * @param runs those that go on and those that were interrupted
 */
export function blocksOf(
  entry: QueueEntry,
  given: { entries: readonly QueueEntry[]; states: readonly InstrumentState[]; runs: readonly Run[] },
): Block[] {
  const { states, runs } = given
  const needs = new Set(neededIds(entry.request, states))
  const left = runs.flatMap((run): Block[] => {
    const uses = run.status === 'interrupted' && isUsedIn(run, needs)
    return uses ? [{ text: `the interrupted run of ${runName(run)} waits for a decision`, brief: false }] : []
  })
  const before = given.entries.flatMap((other): Block[] => {
    const counts = other.position < entry.position && ['waiting', 'ready', 'starting'].includes(other.state)
    if (!counts || !neededIds(other.request, states).some((id) => needs.has(id))) return []
    return [{ text: `${runName(other.request)} is before it`, brief: false }]
  })
  return [...locksOn(needs, states, runs), ...left, ...before]
}
