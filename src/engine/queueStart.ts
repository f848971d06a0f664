import { messageOf, StationError } from '../contract/errors.ts'
import type { QueueEntry } from '../contract/queue.ts'
import type { PreflightLine, Run } from '../contract/run.ts'
import { runName } from '../contract/runName.ts'
import type { Template } from '../contract/template.ts'
import { templateHash } from './protocols.ts'
import type { QueueBook } from './queueBook.ts'
import type { QueueDeps } from './queueDesk.ts'
import type { Store } from './storage/store.ts'

const say = (line: PreflightLine): string => `${line.title}: ${line.detail}`
export const saidOf = (lines: readonly PreflightLine[], state: PreflightLine['state']): string[] =>
  lines.filter((line) => line.state === state).map(say)

export type Log = (level: 'info' | 'warning', text: string, runId?: string) => Promise<void>

/** In the station's log, or in a run's. */
export const createLog =
  ({ store, publish, utcMs }: QueueDeps): Log =>
  async (level, text, runId) => {
    const event = await store.addEvent({ runId: runId ?? null, utcMs: utcMs(), level, kind: 'queue', text })
    publish({ type: 'log', event })
  }

export interface Starter {
  who: string
  /** Nobody is there: what nobody has seen yet keeps it from starting. */
  isAlone: boolean
}

/** What keeps it from starting now, by the same checks as the pre-flight page; empty where nothing does. */
async function findRefusals(entry: QueueEntry, template: Template, given: { deps: QueueDeps; how: Starter }) {
  const { deps, how } = given
  if (templateHash(template) !== entry.templateSha256)
    return [
      `Protocol ${template.id}: it was ${entry.protocolVersion} when this was queued, and is ${template.version} with another content now; edit the entry and look at its parameters`,
    ]
  const lines = await deps.preflight({ ...entry.request, operator: how.who })
  const seen = entry.unattended?.warnings ?? []
  const unseen = how.isAlone ? saidOf(lines, 'warning').filter((warning) => !seen.includes(warning)) : []
  return [...saidOf(lines, 'problem'), ...unseen.map((warning) => `${warning} (nobody has seen this warning yet)`)]
}

export type Begin = (entry: QueueEntry, how: Starter) => Promise<QueueEntry>

/** Makes the pre-flight and sets the run going; where that isn't possible, the entry stays and says why. */
export const createBegin =
  (deps: QueueDeps, { book, log }: { book: QueueBook; log: Log }): Begin =>
  async (entry, how) => {
    const { id } = entry
    const actor = how.isAlone ? 'station' : how.who
    const runId = deps.newId()
    await book.apply(id, 'start', { who: actor, runId, endedBy: how.who, reasons: [] })
    const refuse = async (reasons: string[]): Promise<QueueEntry> => {
      const refused = await book.apply(id, 'refuse', { who: actor, reasons, runId: null, endedBy: null })
      await log('warning', `The queued run of ${runName(entry.request)} did not start: ${reasons.join('; ')}`)
      return refused
    }
    try {
      const template = deps.protocols.get(entry.request.protocolId)
      const reasons = await findRefusals(entry, template, { deps, how })
      if (reasons.length > 0) return await refuse(reasons)
      await deps.start({ ...entry.request, operator: how.who }, { runId })
    } catch (error) {
      return refuse([messageOf(error)])
    }
    const begun = await book.apply(id, 'begin', { who: actor })
    const word = how.isAlone ? ` by itself; ${how.who} had allowed that` : ` by ${how.who}`
    await log('info', `Started from the queue${word}. It was queued by ${entry.queuedBy}.`, runId)
    return begun
  }

/** The run of one that was left while it was being started; null where none had begun. */
async function runOf({ runId }: QueueEntry, store: Store): Promise<Run | null> {
  if (runId === null) return null
  try {
    return (await store.getRun(runId)).run
  } catch (error) {
    if (error instanceof StationError && error.code === 'run.notFound') return null
    // That it can't be read is no sign that it isn't there.
    throw error
  }
}

/** The station ended, or could not write, while these were being started: the run is there, or it isn't. */
export async function settleStarting(store: Store, book: QueueBook): Promise<void> {
  for (const entry of book.open().filter((each) => each.state === 'starting')) {
    const reasons = ['its start was cut short; no run had begun']
    if (await runOf(entry, store)) await book.apply(entry.id, 'begin', { who: 'station' })
    else await book.apply(entry.id, 'refuse', { who: 'station', reasons, runId: null, endedBy: null })
  }
}
