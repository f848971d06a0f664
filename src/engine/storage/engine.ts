import type Database from 'better-sqlite3'
import { assert } from '../../base/assert.ts'
import { inWords, toFailure, type Failure } from './failure.ts'
import { createReadOperations, createWriteOperations, type ReadOperations, type WriteOperations } from './operations.ts'
import { createSampleWriter, type JournalLimit, type SampleWriter } from './samples/write.ts'

export interface Call {
  name: string
  args: readonly unknown[]
  /** When it was made, by the caller's clock. */
  utcMs: number
}

export type Reply = { ok: true; value: unknown } | { ok: false; failure: Failure }

type Operation = (...args: unknown[]) => unknown
type Operations = Record<string, Operation>

const find = (operations: Operations, name: string): Operation => {
  const found = Object.hasOwn(operations, name) ? operations[name] : undefined
  assert(found, `the store has no operation ${name}`)
  return found
}

/** Carries out what is asked of the database, in the thread that has the connection. */
export interface Engine {
  read(call: Call): Reply
  /** All of them in one transaction. Where that fails, each on its own: every call answers for itself. */
  write(calls: readonly Call[]): Reply[]
  /** To be called when nobody waits: folds the journal when it is time to. */
  idle(): void
}

export interface EngineDeps {
  db: Database.Database
  path: string
  /** For what goes wrong where nobody waits for an answer. */
  onError: (error: unknown) => void
  /** When to fold; a test has it done more often. */
  journalLimit?: JournalLimit
}

export function createReadEngine({ db, path }: Pick<EngineDeps, 'db' | 'path'>): Pick<Engine, 'read'> {
  const operations: ReadOperations = createReadOperations(db)
  return {
    read: ({ name, args }) => {
      try {
        const work = () => find(operations as unknown as Operations, name)(...args)
        // What a pragma checks is the whole file; a transaction around it changes nothing.
        return { ok: true, value: db.inTransaction ? work() : db.transaction(work)() }
      } catch (error) {
        return { ok: false, failure: toFailure(error, path) }
      }
    },
  }
}

export function createEngine(deps: EngineDeps): Engine {
  const { db } = deps
  const samples = createSampleWriter(db, deps.journalLimit)
  const now = { utcMs: 0 }
  const operations: WriteOperations = createWriteOperations({ db, samples, utcMs: () => now.utcMs })
  const transact = createTransaction(db, samples)
  const carryOut = ({ name, args, utcMs }: Call): unknown => {
    now.utcMs = utcMs
    return find(operations as unknown as Operations, name)(...args)
  }

  transact(() => samples.recover())

  const one = (call: Call): Reply => {
    try {
      return { ok: true, value: transact(() => carryOut(call)) }
    } catch (error) {
      return { ok: false, failure: toFailure(error, deps.path) }
    }
  }

  const write = (calls: readonly Call[]): Reply[] => {
    if (calls.length === 1) return [one(calls[0]!)]
    try {
      const values = transact(() => calls.map(carryOut))
      return values.map((value) => ({ ok: true, value }))
    } catch {
      // Which of them failed, and how, each says for itself: the others must not fail with it.
      return calls.map(one)
    }
  }

  const idle = (): void => {
    if (!samples.isFoldDue()) return
    try {
      transact(() => samples.fold())
    } catch (error) {
      // Nothing is lost: the journal keeps everything, and the next commit tries again.
      deps.onError(inWords(error, deps.path))
    }
  }
  return { ...createReadEngine(deps), write, idle }
}

/** A transaction that the samples in memory follow. */
function createTransaction(db: Database.Database, samples: SampleWriter) {
  const begin = db.prepare('BEGIN IMMEDIATE')
  const commit = db.prepare('COMMIT')
  const rollback = db.prepare('ROLLBACK')
  return <T>(work: () => T): T => {
    begin.run()
    try {
      const result = work()
      samples.beforeCommit()
      commit.run()
      samples.committed()
      return result
    } catch (error) {
      // A full disk may have ended the transaction already.
      if (db.inTransaction) rollback.run()
      samples.rolledBack()
      throw error
    }
  }
}
