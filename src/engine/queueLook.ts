import { messageOf } from '../contract/errors.ts'
import type { QueueEntry } from '../contract/queue.ts'
import { runName } from '../contract/runName.ts'
import type { StartRequest } from '../contract/startRequest.ts'
import { unfinished } from './executor/transitions.ts'
import { blocksOf, inHand } from './queueBlocks.ts'
import type { QueueBook } from './queueBook.ts'
import type { QueueDeps } from './queueDesk.ts'
import { settleStarting, type Begin, type Log } from './queueStart.ts'
import { whatChangedSince } from './unattended.ts'

const personNeeded = 'a person has to start it'

interface Evaluating {
  book: QueueBook
  begin: Begin
  attended: (request: StartRequest) => string | null
  log: Log
  /** Hands that were at the instruments of an entry since the last look. */
  touched: Map<string, string>
}

/** Goes through the queue in its order: whose turn has come is ready; what may start by itself does. */
export const createEvaluate = (deps: QueueDeps, given: Evaluating) => {
  const evaluateOne = createEvaluateOne(deps, given)
  return async (): Promise<void> => {
    // Looks and starts come one after the other: what is being started now was left so, by a crash or by a full disk.
    await settleStarting(deps.store, given.book)
    for (const { id } of [...given.book.open()]) {
      const entry = given.book.open().find((each) => each.id === id)
      if (entry?.state === 'waiting' || entry?.state === 'ready') await evaluateOne(entry)
    }
  }
}

const createEvaluateOne =
  (deps: QueueDeps, { book, begin, attended, log, touched }: Evaluating) =>
  async (entry: QueueEntry): Promise<void> => {
    const { id } = entry
    const runs = await deps.store.runsWithStatus(unfinished)
    const blocks = blocksOf(entry, { entries: book.open(), states: deps.instruments.states(), runs })
    // A query of a moment takes nothing away from one that is ready; it only isn't started just then.
    const holds = entry.state === 'ready' ? blocks.filter((block) => !block.brief) : blocks
    const reasons = [...new Set(holds.map(({ text }) => text))]
    const hand = touched.get(id) ?? inHand(entry.request, deps.instruments.states())
    // Whoever has a chamber in hand may have changed what is in it: the word was given for what was there.
    if (hand !== null && entry.unattended)
      await book.apply(id, 'withdraw', { who: 'station', why: hand, unattended: null })
    touched.delete(id)
    if (reasons.length > 0) {
      if (entry.state === 'ready') await book.apply(id, 'block', { who: 'station', reasons })
      else await book.explain(id, reasons)
      return
    }
    const { unattended } = book.get(id)
    const waits = await whyPerson(book.get(id), { deps, attended })
    const said = waits === null ? [] : [waits]
    if (entry.state === 'ready') await book.explain(id, said)
    else await book.apply(id, 'free', { who: 'station', reasons: said })
    if (entry.state === 'waiting' && waits !== null)
      await log('info', `The queued run of ${runName(entry.request)} is ready: ${waits}.`)
    if (waits === null && blocks.length === 0 && unattended)
      await begin(book.get(id), { who: unattended.who, isAlone: true })
  }

/** Why it isn't started by the station; null where it is. */
async function whyPerson(
  entry: QueueEntry,
  { deps, attended }: Pick<Evaluating, 'attended'> & { deps: QueueDeps },
): Promise<string | null> {
  if (!entry.unattended || !deps.startsAlone) return personNeeded
  try {
    const states = deps.instruments.states()
    const reason = attended(entry.request) ?? whatChangedSince(entry, { runs: await deps.store.listRuns(200), states })
    return reason === null ? null : `${personNeeded}: ${reason}`
  } catch (error) {
    // A protocol that is gone; the start says it once more.
    return `${personNeeded}: ${messageOf(error)}`
  }
}
