import { Worker } from 'node:worker_threads'
import { StationError } from '../../contract/errors.ts'
import type { BackupReport } from './backup.ts'
import type { Call, Reply } from './engine.ts'
import { toError, type Failure } from './failure.ts'
import type { OpenOptions } from './open.ts'
import type { StoragePort } from './port.ts'

export type ThreadStart =
  { role: 'writer' | 'reader'; options: OpenOptions } | { role: 'backup'; options: OpenOptions; target: string }

export type ToThread = { type: 'open' } | { type: 'calls'; calls: readonly Call[] } | { type: 'close' }
export type FromThread =
  | { type: 'ready' }
  | { type: 'refused'; failure: Failure }
  | { type: 'replies'; replies: Reply[] }
  | { type: 'fault'; failure: Failure }
  | { type: 'closed' }

export interface ThreadOptions {
  /** Where worker.ts is (or what it was built to). */
  workerUrl: URL
  options: OpenOptions
  /**
   * Samples that come sooner than this after the last commit wait until then, and share one: a disk has to be flushed
   * for each. What else is written goes at once, and takes the waiting samples along.
   */
  paceMs: number
  onError: (error: unknown) => void
}

/** Operations that may wait for the pace; a caller that needs its answer sooner uses another. */
const paced: ReadonlySet<string> = new Set(['appendBatch'])

interface Thread {
  /** Opens the database, which needs the code loaded: a thread is made early, and opened when its turn has come. */
  open(): Promise<void>
  ask(calls: readonly Call[]): Promise<Reply[]>
  close(): Promise<void>
}

const ended = (detail: string): StationError => new StationError('storage.failed', { detail })

/** One thread with one connection. It is asked one thing at a time, so its answers come in the order of the questions. */
function startThread(start: ThreadStart, given: Pick<ThreadOptions, 'workerUrl' | 'onError'>): Thread {
  const worker = new Worker(given.workerUrl, { workerData: start })
  const waiting: { resolve: (replies: Reply[]) => void; reject: (error: unknown) => void }[] = []
  let dead: Error | null = null
  const die = (error: Error): void => {
    dead ??= error
    for (const each of waiting.splice(0)) each.reject(dead)
  }
  const closed = Promise.withResolvers<void>()
  const ready = Promise.withResolvers<void>()
  // Whoever opens it hears of it; a thread that is let go unopened has nobody to tell.
  ready.promise.catch(() => undefined)
  worker.on('message', (message: FromThread) => {
    if (message.type === 'ready') ready.resolve()
    else if (message.type === 'refused') ready.reject(toError(message.failure))
    else if (message.type === 'replies') waiting.shift()?.resolve(message.replies)
    else if (message.type === 'fault') given.onError(toError(message.failure))
    else closed.resolve()
  })
  worker.on('error', (error: Error) => {
    die(ended(`its thread failed: ${error.message}`))
    ready.reject(error)
  })
  worker.on('exit', (code) => {
    die(ended(`its thread ended with code ${code}`))
    ready.reject(dead)
    closed.resolve()
  })

  return {
    open: () => {
      if (!dead) worker.postMessage({ type: 'open' } satisfies ToThread)
      return ready.promise
    },
    ask: (calls) => {
      if (dead) return Promise.reject(dead)
      const asked = Promise.withResolvers<Reply[]>()
      waiting.push(asked)
      worker.postMessage({ type: 'calls', calls } satisfies ToThread)
      return asked.promise
    },
    close: async () => {
      if (!dead) worker.postMessage({ type: 'close' } satisfies ToThread)
      await closed.promise
      await worker.terminate()
    },
  }
}

interface Waiting {
  call: Call
  resolve: (reply: Reply) => void
  reject: (error: unknown) => void
}

/** Calls that come while a commit is under way share the next one. */
function createWriteQueue(thread: Thread, paceMs: number) {
  let queue: Waiting[] = []
  let timer: NodeJS.Timeout | null = null
  let isBusy = false
  let isHurried = false
  let lastCommitMs = -Infinity
  let last: Promise<unknown> = Promise.resolve()

  const flush = async (): Promise<void> => {
    const taken = queue
    queue = []
    isHurried = false
    try {
      const replies = await thread.ask(taken.map(({ call }) => call))
      taken.forEach((each, i) => each.resolve(replies[i]!))
    } catch (error) {
      for (const each of taken) each.reject(error)
    }
    lastCommitMs = performance.now()
  }

  const start = (): void => {
    if (timer) clearTimeout(timer)
    timer = null
    if (isBusy || queue.length === 0) return
    isBusy = true
    void flush().finally(() => {
      isBusy = false
      schedule()
    })
  }

  const schedule = (): void => {
    if (isBusy || queue.length === 0) return
    const leftMs = lastCommitMs + paceMs - performance.now()
    const isUrgent = isHurried || leftMs <= 0 || queue.some(({ call }) => !paced.has(call.name))
    // In a microtask: what the same turn of the caller asks for goes along.
    if (isUrgent) queueMicrotask(start)
    else timer ??= setTimeout(start, leftMs)
  }

  const write = (call: Call): Promise<Reply> => {
    const written = new Promise<Reply>((resolve, reject) => queue.push({ call, resolve, reject }))
    last = written.catch(() => undefined)
    schedule()
    return written
  }

  /** Resolves when everything asked for until now is done, well or not; what comes later isn't waited for. */
  const settled = async (): Promise<void> => {
    isHurried = queue.length > 0
    schedule()
    await last
  }
  return { write, settled }
}

/**
 * The database in threads of its own: one writes, one reads, so that a long read delays no commit and neither delays
 * the engine or a window.
 * @throws StationError as openDatabase does
 */
export async function openThreads(given: ThreadOptions): Promise<StoragePort> {
  const writer = startThread({ role: 'writer', options: given.options }, given)
  const reader = startThread({ role: 'reader', options: given.options }, given)
  try {
    // First the one that may make or renew the database.
    await writer.open()
    await reader.open()
  } catch (error) {
    await Promise.all([reader.close(), writer.close()])
    throw error
  }
  const writes = createWriteQueue(writer, given.paceMs)
  return {
    read: async (call) => {
      // Whoever asks sees what was written before, also where nobody waited for it.
      await writes.settled()
      const [reply] = await reader.ask([call])
      return reply!
    },
    write: writes.write,
    close: async () => {
      await writes.settled()
      // The last connection to close takes the log into the database; a reader can't.
      await reader.close()
      await writer.close()
    },
  }
}

/**
 * Copies the database of a station that goes on, checked as backUp() does, in a thread that ends with it.
 * @throws StationError file.unwritable
 */
export const backUpInThread = (
  given: Pick<ThreadOptions, 'workerUrl' | 'options'>,
  target: string,
): Promise<BackupReport> =>
  new Promise((resolve, reject) => {
    const start: ThreadStart = { role: 'backup', options: given.options, target }
    const worker = new Worker(given.workerUrl, { workerData: start })
    worker.once('message', (message: FromThread) => {
      if (message.type === 'refused') reject(toError(message.failure))
      else if (message.type === 'replies' && message.replies[0]?.ok) resolve(message.replies[0].value as BackupReport)
    })
    worker.once('error', reject)
    // After an answer this changes nothing: a promise settles once.
    worker.once('exit', (code) => reject(ended(`the backup’s thread ended with code ${code}`)))
  })
