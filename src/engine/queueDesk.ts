import { createTurns } from '../base/turns.ts'
import type { StationEvent } from '../contract/api.ts'
import { messageOf, StationError } from '../contract/errors.ts'
import {
  enqueueSchema,
  isQueued,
  type EditQueued,
  type Enqueue,
  type MoveQueued,
  type QueueEntry,
  type RemoveQueued,
  type StartQueued,
} from '../contract/queue.ts'
import type { PreflightLine, Run } from '../contract/run.ts'
import type { StartRequest } from '../contract/startRequest.ts'
import type { Template } from '../contract/template.ts'
import type { Approvals } from './approvals.ts'
import type { StepKind } from './executor/stepKind.ts'
import { sayIssues, validateInputs } from './executor/template.ts'
import type { InstrumentManager } from './instruments/manager.ts'
import { templateHash, type Protocols } from './protocols.ts'
import { blocksOf, neededIds } from './queueBlocks.ts'
import { createQueueBook, requireQueueLegal, type QueueBook } from './queueBook.ts'
import { instrumentIdsOf, lanesOf } from './runRoles.ts'
import type { Store } from './storage/store.ts'
import { whatChangedSince, whyAttended } from './unattended.ts'

/** Runs that wait until what they need is free. */
export interface QueueDesk {
  all: () => QueueEntry[]
  add: (given: Enqueue) => Promise<QueueEntry>
  edit: (given: EditQueued) => Promise<QueueEntry>
  move: (given: MoveQueued) => Promise<QueueEntry>
  remove: (given: RemoveQueued) => Promise<QueueEntry>
  start: (given: StartQueued) => Promise<QueueEntry>
  /** Why a person has to start it; null where an operator's word is enough. */
  whyAttended: (request: StartRequest) => string | null
  /** What somebody should know who starts a run past the queue. */
  warn: (request: StartRequest) => PreflightLine[]
  /** What it waits for may have changed. */
  look: () => void
  /** Looks for the first time, after what was interrupted has been gone on with. */
  open: () => Promise<void>
  /** From here on nothing begins; resolves when what is under way has ended. */
  close: () => Promise<void>
}

export interface QueueDeps {
  store: Store
  utcMs: () => number
  newId: () => string
  protocols: Protocols
  approvals: Pick<Approvals, 'of'>
  kinds: ReadonlyMap<string, StepKind>
  instruments: Pick<InstrumentManager, 'states' | 'config'>
  preflight: (request: StartRequest) => Promise<PreflightLine[]>
  start: (request: StartRequest, given: { runId: string }) => Promise<Run>
  /** Whether this host stays: one that ends with its command must not begin what it would stop again. */
  startsAlone: boolean
  publish: (event: StationEvent) => void
  onError: (error: unknown) => void
}

const say = (line: PreflightLine): string => `${line.title}: ${line.detail}`
const saidOf = (lines: readonly PreflightLine[], state: PreflightLine['state']): string[] =>
  lines.filter((line) => line.state === state).map(say)

const personNeeded = 'a person has to start it'

export async function createQueueDesk(deps: QueueDeps): Promise<QueueDesk> {
  const { store } = deps
  const book = await createQueueBook(deps)
  const turns = createTurns()
  const state = { isClosed: false, isLooking: false }
  const attended = (request: StartRequest): string | null => {
    const template = deps.protocols.get(request.protocolId)
    const { kinds, instruments, approvals } = deps
    return whyAttended({ template, request, kinds, states: instruments.states(), approval: approvals.of(template) })
  }
  const log = createLog(deps)
  const begin = createBegin(deps, { book, log })
  const evaluate = createEvaluate(deps, { book, begin, attended, log })
  const pass = async (): Promise<void> => {
    state.isLooking = false
    if (!state.isClosed) await evaluate()
  }
  const look = (): void => {
    if (state.isLooking || state.isClosed || book.open().length === 0) return
    state.isLooking = true
    turns.take(pass).catch(deps.onError)
  }
  /** An act of a person, and then a look at what it changed for the others. */
  const act = (work: () => Promise<QueueEntry>): Promise<QueueEntry> =>
    turns.take(async () => {
      if (state.isClosed) throw new StationError('queue.illegal', { state: 'at its end', action: 'this' })
      const { id } = await work()
      await evaluate()
      return book.get(id)
    })
  const ask = createAsking(deps, attended)
  return {
    all: book.all,
    whyAttended: attended,
    add: (given) => act(async () => book.add(await newEntry(deps, book, await ask(given)), given.who)),
    edit: ({ id, ...given }) =>
      act(async () => {
        requireQueueLegal(book.get(id), 'edit')
        return book.apply(id, 'edit', { ...(await ask(given)), who: given.who })
      }),
    move: ({ id, before, who }) => act(() => book.move(id, before, who)),
    remove: ({ id, who, reason }) =>
      act(() => book.apply(id, 'remove', { who, why: reason, reasons: [reason], endedBy: who })),
    start: ({ id, who }) => act(() => begin(book.get(id), { who, isAlone: false })),
    warn: (request) => warnOf(request, { book, instruments: deps.instruments }),
    look,
    open: () => turns.take(() => settleStarting(store, book).then(evaluate)),
    close: () => {
      state.isClosed = true
      return turns.take(() => Promise.resolve())
    },
  }
}

type Asked = Pick<
  QueueEntry,
  'request' | 'protocolTitle' | 'protocolVersion' | 'templateSha256' | 'unattended' | 'reasons' | 'runId' | 'endedBy'
>

/** Checks what is asked for as far as it doesn't depend on what is free, and writes down whose word there is. */
const createAsking =
  (deps: QueueDeps, attended: (request: StartRequest) => string | null) =>
  async (given: Enqueue): Promise<Asked> => {
    const parsed = enqueueSchema.safeParse(given)
    if (!parsed.success) throw new StationError('usage.invalidInput', { detail: sayIssues(parsed.error) })
    const { request, who, unattended } = parsed.data
    const template = deps.protocols.get(request.protocolId)
    validateInputs(template, request.parameters)
    lanesOf(template, request)
    for (const id of instrumentIdsOf(request)) deps.instruments.config(id)
    const refused = unattended ? attended(request) : null
    if (refused !== null)
      throw new StationError('usage.invalidInput', { detail: `unattended: ${refused}; a person has to start this` })
    const warnings = unattended ? saidOf(await deps.preflight(request), 'warning') : []
    return {
      ...{ request, protocolTitle: template.title, protocolVersion: template.version },
      templateSha256: templateHash(template),
      unattended: unattended ? { who, utcMs: deps.utcMs(), warnings } : null,
      ...{ reasons: [], runId: null, endedBy: null },
    }
  }

async function newEntry(deps: QueueDeps, book: QueueBook, asked: Asked): Promise<QueueEntry> {
  const utcMs = deps.utcMs()
  const position = Math.max(0, ...book.open().map((each) => each.position)) + 1
  return {
    ...asked,
    ...{ id: deps.newId(), position, state: 'waiting', queuedBy: asked.request.operator },
    ...{ queuedUtcMs: utcMs, sinceUtcMs: utcMs },
  }
}

type Log = (level: 'info' | 'warning', text: string, runId?: string) => Promise<void>

const createLog =
  ({ store, publish, utcMs }: QueueDeps): Log =>
  async (level, text, runId) => {
    const event = await store.addEvent({ runId: runId ?? null, utcMs: utcMs(), level, kind: 'queue', text })
    publish({ type: 'log', event })
  }

const nameOf = ({ request }: QueueEntry): string => `${request.protocolId} on ${request.module.id}`

interface Starter {
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

type Begin = (entry: QueueEntry, how: Starter) => Promise<QueueEntry>

/** Makes the pre-flight and sets the run going; where that isn't possible, the entry stays and says why. */
const createBegin =
  (deps: QueueDeps, { book, log }: { book: QueueBook; log: Log }): Begin =>
  async (entry, how) => {
    const { id } = entry
    const actor = how.isAlone ? 'station' : how.who
    const runId = deps.newId()
    await book.apply(id, 'start', { who: actor, runId, endedBy: how.who, reasons: [] })
    const refuse = async (reasons: string[]): Promise<QueueEntry> => {
      const refused = await book.apply(id, 'refuse', { who: actor, reasons, runId: null, endedBy: null })
      await log('warning', `The queued run of ${nameOf(entry)} did not start: ${reasons.join('; ')}`)
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

interface Evaluating {
  book: QueueBook
  begin: Begin
  attended: (request: StartRequest) => string | null
  log: Log
}

/** Goes through the queue in its order: whose turn has come is ready; what may start by itself does. */
const createEvaluate =
  (deps: QueueDeps, { book, begin, attended, log }: Evaluating) =>
  async (): Promise<void> => {
    for (const { id } of [...book.open()]) {
      const entry = book.open().find((each) => each.id === id)
      if (!entry || (entry.state !== 'waiting' && entry.state !== 'ready')) continue
      const runs = await deps.store.runsWithStatus(['running', 'paused', 'stopping', 'interrupted'])
      const blocks = blocksOf(entry, { entries: book.open(), states: deps.instruments.states(), runs })
      // A query of a moment takes nothing away from one that is ready; it only isn't started just then.
      const holds = entry.state === 'ready' ? blocks.filter((block) => !block.brief) : blocks
      const reasons = [...new Set(holds.map(({ text }) => text))]
      if (reasons.length > 0) {
        if (entry.state === 'ready') await book.apply(id, 'block', { who: 'station', reasons })
        else await book.explain(id, reasons)
        continue
      }
      const waits = await whyPerson(entry, { deps, attended })
      if (entry.state === 'waiting') {
        await book.apply(id, 'free', { who: 'station', reasons: waits === null ? [] : [waits] })
        if (waits !== null) await log('info', `The queued run of ${nameOf(entry)} is ready: ${waits}.`)
      } else await book.explain(id, waits === null ? [] : [waits])
      if (waits === null && blocks.length === 0 && entry.unattended)
        await begin(book.get(id), { who: entry.unattended.who, isAlone: true })
    }
  }

/** Why it isn't started by the station; null where it is. */
async function whyPerson(
  entry: QueueEntry,
  { deps, attended }: Pick<Evaluating, 'attended'> & { deps: QueueDeps },
): Promise<string | null> {
  if (!entry.unattended || !deps.startsAlone) return personNeeded
  try {
    const reason = attended(entry.request) ?? whatChangedSince(entry, await deps.store.listRuns(200))
    return reason === null ? null : `${personNeeded}: ${reason}`
  } catch (error) {
    // A protocol that is gone; the start says it once more.
    return `${personNeeded}: ${messageOf(error)}`
  }
}

/** The station ended while these were being started: the run is there, or it isn't. */
async function settleStarting(store: Store, book: QueueBook): Promise<void> {
  for (const entry of book.open().filter((each) => each.state === 'starting')) {
    const run = entry.runId === null ? null : await store.getRun(entry.runId).catch(() => null)
    const reasons = ['the station ended while it was being started; no run had begun']
    if (run) await book.apply(entry.id, 'begin', { who: 'station' })
    else await book.apply(entry.id, 'refuse', { who: 'station', reasons, runId: null, endedBy: null })
  }
}

function warnOf(
  request: StartRequest,
  { book, instruments }: { book: QueueBook; instruments: QueueDeps['instruments'] },
): PreflightLine[] {
  const states = instruments.states()
  const needs = new Set(neededIds(request, states))
  const others = book
    .open()
    .filter((each) => isQueued(each) && neededIds(each.request, states).some((id) => needs.has(id)))
  if (others.length === 0) return []
  const detail = `${others.map(nameOf).join(', ')} ${others.length === 1 ? 'waits' : 'wait'} for these instruments; this run would begin before`
  return [
    {
      id: 'queue',
      title: 'Queue',
      state: 'warning',
      detail,
      todo: 'Queue this run, too, or settle it with who queued the others.',
    },
  ]
}
