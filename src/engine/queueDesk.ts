import { createTurns } from '../base/turns.ts'
import type { StationEvent } from '../contract/api.ts'
import { StationError } from '../contract/errors.ts'
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
import { runName } from '../contract/runName.ts'
import type { StartRequest } from '../contract/startRequest.ts'
import type { Approvals } from './approvals.ts'
import type { StepKind } from './executor/stepKind.ts'
import { sayIssues, validateInputs } from './executor/template.ts'
import type { InstrumentManager } from './instruments/manager.ts'
import { templateHash, type Protocols } from './protocols.ts'
import { inHand, neededIds } from './queueBlocks.ts'
import { createQueueBook, requireQueueLegal, type QueueBook } from './queueBook.ts'
import { createEvaluate } from './queueLook.ts'
import { createBegin, createLog, saidOf } from './queueStart.ts'
import { instrumentIdsOf, lanesOf } from './runRoles.ts'
import type { Store } from './storage/store.ts'
import { whyAttended } from './unattended.ts'

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

export async function createQueueDesk(deps: QueueDeps): Promise<QueueDesk> {
  const book = await createQueueBook(deps)
  const turns = createTurns()
  const state = { isOpen: false, isClosed: false, isLooking: false }
  /** Whose hand was at the instruments of an entry since the last look, however briefly. */
  const touched = new Map<string, string>()
  const attended = (request: StartRequest): string | null => {
    const template = deps.protocols.get(request.protocolId)
    const { kinds, instruments, approvals } = deps
    return whyAttended({ template, request, kinds, states: instruments.states(), approval: approvals.of(template) })
  }
  const log = createLog(deps)
  const begin = createBegin(deps, { book, log })
  const evaluate = createEvaluate(deps, { book, begin, attended, log, touched })
  const pass = async (): Promise<void> => {
    state.isLooking = false
    if (!state.isClosed) await evaluate()
  }
  const look = (): void => {
    noteHands(touched, book.open(), deps.instruments.states())
    // Before the station has seen to what its earlier life left, nothing has its turn.
    if (!state.isOpen || state.isLooking || state.isClosed || book.open().length === 0) return
    state.isLooking = true
    turns.take(pass).catch(deps.onError)
  }
  /** An act of a person, and then a look at what it changed for the others. */
  const act = (work: () => Promise<QueueEntry>): Promise<QueueEntry> =>
    turns.take(async () => {
      if (state.isClosed) throw new StationError('run.queue', { state: 'at its end', action: 'this' })
      const { id } = await work()
      await evaluate()
      return book.get(id)
    })
  const ask = createAsking(deps, attended)
  return {
    all: book.all,
    whyAttended: attended,
    add: (given) =>
      act(async () => {
        const asked = await ask(given)
        const who = given.who.trim()
        return book.add({ ...newEntry(deps, book, asked), queuedBy: who }, who)
      }),
    edit: ({ id, ...given }) =>
      act(async () => {
        requireQueueLegal(book.get(id), 'edit')
        touched.delete(id)
        return book.apply(id, 'edit', { ...(await ask(given)), who: given.who })
      }),
    move: ({ id, before, who }) => act(() => book.move(id, before, who)),
    remove: ({ id, who, reason }) =>
      act(() => book.apply(id, 'remove', { who, why: reason, reasons: [reason], endedBy: who })),
    start: ({ id, who }) => act(() => begin(book.get(id), { who, isAlone: false })),
    warn: (request) => warnOf(request, { book, instruments: deps.instruments }),
    look,
    open: () => {
      state.isOpen = true
      return turns.take(evaluate)
    },
    close: () => {
      state.isClosed = true
      return turns.take(() => Promise.resolve())
    },
  }
}

/** At once: whoever gives an instrument back before its turn to be looked at was at it all the same. */
function noteHands(
  touched: Map<string, string>,
  open: readonly QueueEntry[],
  states: ReturnType<InstrumentManager['states']>,
): void {
  for (const { id, request, unattended } of open) {
    const hand = unattended ? inHand(request, states) : null
    if (hand !== null) touched.set(id, hand)
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
    const refused = unattended ? (attended(request) ?? inHand(request, deps.instruments.states())) : null
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

function newEntry(deps: QueueDeps, book: QueueBook, asked: Asked): Omit<QueueEntry, 'queuedBy'> {
  const utcMs = deps.utcMs()
  const position = Math.max(0, ...book.open().map((each) => each.position)) + 1
  return {
    ...asked,
    ...{ id: deps.newId(), position, state: 'waiting' },
    ...{ queuedUtcMs: utcMs, sinceUtcMs: utcMs },
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
  const detail = `${others.map(({ request }) => runName(request)).join(', ')} ${others.length === 1 ? 'waits' : 'wait'} for these instruments; this run would begin before`
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
