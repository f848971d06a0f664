import type Database from 'better-sqlite3'
import type { JournalLimit } from './samples/write.ts'
import { createEngine, createReadEngine, type Call, type Reply } from './engine.ts'

/** The way to the database, wherever the thread is that has it. */
export interface StoragePort {
  read(call: Call): Promise<Reply>
  /** Resolves when the transaction is on the disk. */
  write(call: Call): Promise<Reply>
  close(): Promise<void>
}

/**
 * The database in the caller's own thread: for the command line, and for virtual time, where a thread of its own would
 * only make the order of things depend on the PC. Each call is carried out before the next line of the caller runs.
 */
export function createLocalPort(deps: {
  db: Database.Database
  path: string
  readonly?: boolean
  onError?: (error: unknown) => void
  journalLimit?: JournalLimit
}): StoragePort {
  const { db, path } = deps
  if (deps.readonly) {
    const engine = createReadEngine({ db, path })
    return {
      read: async (call) => engine.read(call),
      write: () => Promise.reject(new Error('the database was opened for reading only')),
      close: async () => void db.close(),
    }
  }
  const limit = deps.journalLimit ? { journalLimit: deps.journalLimit } : {}
  const engine = createEngine({ db, path, onError: deps.onError ?? (() => undefined), ...limit })
  return {
    read: async (call) => engine.read(call),
    write: async (call) => {
      const [reply] = engine.write([call])
      engine.idle()
      return reply!
    },
    close: async () => void db.close(),
  }
}
