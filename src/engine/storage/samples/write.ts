import type Database from 'better-sqlite3'
import { createBlockCodec } from '../codec/block.ts'
import { createEpochs, type Epochs } from './epochs.ts'
import { createFolder, type Folded } from './fold.ts'
import { createJournalCodec, type JournalCodec, type Stretch } from './journal.ts'
import { recoverSamples } from './recover.ts'
import { commitTail, createTail, dropSealed, extendTail, nextSeqOf, rollBackTail, type Tail } from './tail.ts'

/** What the journal may hold before it is folded: it is read at every start, and by every reader of the live tail. */
export interface JournalLimit {
  bytes: number
  rows: number
}

const usualLimit: JournalLimit = { bytes: 2 << 20, rows: 512 }
/** So many samples in one transaction go straight into chunks: the journal would only write them twice. */
const directSamples = 1 << 18

/** What the open transaction has added, and what is in memory beside the database. */
interface State {
  tails: Map<number, Tail>
  staged: Stretch[]
  stagedSamples: number
  /** Samples that were ever appended: the journal's number of the last of them. */
  appended: number
  journaled: { bytes: number; rows: number }
  folded: Folded[] | null
  sealRuns: Set<string>
}

/**
 * The one writer of samples. Appends are staged in memory; `beforeCommit` writes all of them with one row of the
 * journal, `committed` and `rolledBack` follow the end of the transaction. A reader sees each sample exactly once at
 * any moment, since a fold takes it out of the journal in the transaction that puts it into a chunk.
 */
export function createSampleWriter(db: Database.Database, limit = usualLimit) {
  const block = createBlockCodec()
  const journal = createJournalCodec(block)
  const folder = createFolder({ db, block, journal })
  const epochs = createEpochs(db)
  // The journal goes on where it ended; an empty one, where the chunks and parts end.
  const readAppended = db
    .prepare('SELECT coalesce((SELECT max(upto) FROM journal), (SELECT samples FROM kept))')
    .pluck()
  const state: State = {
    tails: new Map(),
    staged: [],
    stagedSamples: 0,
    appended: readAppended.get() as number,
    journaled: { bytes: 0, rows: 0 },
    folded: null,
    sealRuns: new Set(),
  }
  const fold = (sealsAll: (tail: Tail) => boolean): void => {
    state.folded = []
    folder.fold(state.tails.values(), { upto: state.appended, sealsAll, done: state.folded })
  }
  return {
    ...createAppender(db, { state, epochs }),
    ...createEnds(state, { epochs, appended: () => readAppended.get() as number }),
    beforeCommit: createBeforeCommit(db, { state, journal, fold }),
    /** Everything of this run goes into chunks with the transaction that is open. */
    sealRun: (runId: string): void => void state.sealRuns.add(runId),
    isFoldDue: () => state.journaled.bytes >= limit.bytes || state.journaled.rows >= limit.rows,
    fold: (): void => fold(() => false),
    /** Takes over what a process left behind that ended: it goes into chunks with the transaction that is open. */
    recover: (): void => {
      for (const tail of recoverSamples(db, { journal, epochs })) {
        state.tails.set(tail.channelId, tail)
        state.sealRuns.add(tail.runId)
      }
    },
  }
}
export type SampleWriter = ReturnType<typeof createSampleWriter>

function createAppender(db: Database.Database, { state, epochs }: { state: State; epochs: Epochs }) {
  const runOf = db.prepare('SELECT run_id FROM channels WHERE id = ?').pluck()
  // Only asked for channels without a tail: all their samples are in chunks.
  const firstFree = db
    .prepare('SELECT first_seq + samples FROM chunks WHERE channel_id = ? ORDER BY first_seq DESC LIMIT 1')
    .pluck()

  const nextSeq = (channelId: number): number => {
    const tail = state.tails.get(channelId)
    return tail ? nextSeqOf(tail) : ((firstFree.get(channelId) as number | undefined) ?? 1)
  }

  const tailFor = ({ channelId, firstSeq, samples }: Stretch): Tail => {
    const found = state.tails.get(channelId)
    if (found) return found
    const runId = runOf.get(channelId) as string | undefined
    if (runId === undefined) throw new RangeError(`there is no channel ${channelId}`)
    const epochId = epochs.of(runId, { utcMs: samples.utcMs[0]!, monotonicMs: samples.monotonicMs[0]! })
    const made = createTail({ channelId, runId, epochId, firstSeq })
    state.tails.set(channelId, made)
    return made
  }

  /** Refuses samples that leave a gap in the numbers or take the place of others. */
  const append = (stretch: Stretch): void => {
    if (stretch.samples.value.length === 0) return
    const expected = nextSeq(stretch.channelId)
    if (stretch.firstSeq !== expected)
      throw new RangeError(`channel ${stretch.channelId}: sample ${expected} is next, not ${stretch.firstSeq}`)
    extendTail(tailFor(stretch), stretch.samples)
    state.staged.push(stretch)
    state.stagedSamples += stretch.samples.value.length
  }
  return { nextSeq, append }
}

function createBeforeCommit(
  db: Database.Database,
  { state, journal, fold }: { state: State; journal: JournalCodec; fold: (sealsAll: (tail: Tail) => boolean) => void },
) {
  const insertJournal = db.prepare('INSERT INTO journal (upto, samples, bytes) VALUES (?, ?, ?)')
  return (): void => {
    state.appended += state.stagedSamples
    if (state.sealRuns.size > 0 || state.stagedSamples >= directSamples)
      return fold((tail) => state.sealRuns.has(tail.runId))
    if (state.stagedSamples === 0) return
    const bytes = journal.pack(state.staged)
    insertJournal.run(state.appended, state.stagedSamples, bytes)
    state.journaled = { bytes: state.journaled.bytes + bytes.length, rows: state.journaled.rows + 1 }
  }
}

/** Memory follows the transaction: after a failure it is as if nothing had been asked. */
function createEnds(state: State, deps: { epochs: Epochs; appended: () => number }) {
  const stagedTails = (): Tail[] =>
    state.staged.map(({ channelId }) => state.tails.get(channelId)).filter((tail) => tail !== undefined)

  const clear = (): void => {
    state.staged = []
    state.stagedSamples = 0
    state.folded = null
    state.sealRuns.clear()
  }

  const committed = (): void => {
    stagedTails().forEach(commitTail)
    for (const { tail, sealed } of state.folded ?? []) {
      if (sealed > 0) dropSealed(tail, sealed)
      tail.parted = tail.count
      if (state.sealRuns.has(tail.runId)) state.tails.delete(tail.channelId)
    }
    for (const runId of state.sealRuns) deps.epochs.end(runId)
    if (state.folded) state.journaled = { bytes: 0, rows: 0 }
    deps.epochs.committed()
    clear()
  }

  const rolledBack = (): void => {
    for (const { tail, before } of state.folded ?? []) Object.assign(tail, before)
    for (const tail of stagedTails()) {
      if (tail.isNew) state.tails.delete(tail.channelId)
      else rollBackTail(tail)
    }
    state.appended = deps.appended()
    deps.epochs.rolledBack()
    clear()
  }
  return { committed, rolledBack }
}
