import { parentPort, workerData } from 'node:worker_threads'
import type Database from 'better-sqlite3'
import { assert } from '../../base/assert.ts'
import { backUp } from './backup.ts'
import { createEngine, createReadEngine, type Call, type Engine, type Reply } from './engine.ts'
import { inWords, toFailure } from './failure.ts'
import { openDatabase } from './open.ts'
import type { FromThread, ThreadStart, ToThread } from './thread.ts'

const begin = workerData as ThreadStart
const { role, options } = begin
const port = parentPort
assert(port, 'worker.ts runs in a worker thread only')

const readerCacheMiB = 128

/** Columns are handed over, not copied: the reader has no more use for them. */
function columnsIn(replies: readonly Reply[]): ArrayBuffer[] {
  const found = new Set<ArrayBuffer>()
  const look = (value: unknown, depth: number): void => {
    if (value instanceof Float64Array) found.add(value.buffer as ArrayBuffer)
    else if (Array.isArray(value)) value.forEach((each) => look(each, depth - 1))
    else if (depth > 0 && typeof value === 'object' && value !== null)
      for (const each of Object.values(value)) look(each, depth - 1)
  }
  for (const reply of replies) if (reply.ok) look(reply.value, 2)
  return [...found]
}

const say = (message: FromThread, transfer: ArrayBuffer[] = []): void => port.postMessage(message, transfer)

/** A backup is one long read: in a thread of its own, so that no view waits for it. */
function copy(target: string): void {
  const db = openDatabase({ ...options, readonly: true })
  try {
    say({ type: 'replies', replies: [{ ok: true, value: backUp(db, { ...options, path: target }) }] })
  } finally {
    db.close()
  }
}

function open(): { db: Database.Database; engine: Pick<Engine, 'read'> & Partial<Engine> } {
  const db = openDatabase({ ...options, ...(role === 'reader' ? { readonly: true, cacheMiB: readerCacheMiB } : {}) })
  const { path } = options
  if (role !== 'writer') return { db, engine: createReadEngine({ db, path }) }
  const onError = (error: unknown): void => say({ type: 'fault', failure: toFailure(inWords(error, path), path) })
  return { db, engine: createEngine({ db, path, onError }) }
}

function serve(): void {
  let opened: ReturnType<typeof open> | undefined
  const carryOut = (calls: readonly Call[]): void => {
    const { engine } = opened!
    const replies = engine.write ? engine.write(calls) : calls.map((call) => engine.read(call))
    say({ type: 'replies', replies }, role === 'reader' ? columnsIn(replies) : [])
    engine.idle?.()
  }
  const close = (): void => {
    opened?.db.close()
    say({ type: 'closed' })
    port!.close()
  }
  port!.on('message', (message: ToThread) => {
    if (message.type === 'close') return close()
    if (message.type === 'calls') return carryOut(message.calls)
    try {
      opened = open()
      say({ type: 'ready' })
    } catch (error) {
      say({ type: 'refused', failure: toFailure(error, options.path) })
    }
  })
}

if (begin.role === 'backup')
  try {
    copy(begin.target)
  } catch (error) {
    say({ type: 'refused', failure: toFailure(error, options.path) })
  }
else serve()
