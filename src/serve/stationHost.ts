import type { Clock } from '../base/clock.ts'
import type { Prompt } from '../contract/run.ts'
import { discoverParts } from '../engine/discover.ts'
import { createEnding } from '../engine/ending.ts'
import { openStation } from '../engine/openStation.ts'
import { runInThread } from '../engine/reports/thread.ts'
import type { Simulate } from '../engine/simulatedLab.ts'
import { realClock, softwareVersion } from './environment.ts'
import { createSleepBlocker } from './sleepBlocker.ts'

export interface HostOptions {
  dataFolder: string
  clock: Clock
  simulate: Simulate | null
  virtualTime: boolean
  automaticAnswer: ((prompt: Prompt) => { value: string; who: string }) | null
  lockWaitMs?: number
  /** False: interrupted runs are left as they are. */
  goesOn?: boolean
  startsQueued?: boolean
}

const reportWorker = new URL('../engine/reports/worker.ts', import.meta.url)
const storageWorker = new URL('../engine/storage/worker.ts', import.meta.url)
const watchdogScript = new URL('../engine/watchdog/watchdogProcess.ts', import.meta.url)

const onError = (error: unknown): void =>
  void process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`)

/** A fault of the program ends the process, but through the station's own end: outputs off, read back, database closed. */
function endOnFault(close: () => Promise<void>): () => void {
  const ending = createEnding({
    clock: realClock(),
    close,
    isRunning: () => false,
    ask: async () => true,
    exit: (code) => process.exit(code),
    onError,
  })
  const fail = (error: unknown): void => {
    onError(error)
    void ending.end(1)
  }
  process.on('uncaughtException', fail)
  process.on('unhandledRejection', fail)
  return () => {
    process.off('uncaughtException', fail)
    process.off('unhandledRejection', fail)
  }
}

/** A station in this process, without a window. */
export async function hostStation(options: HostOptions) {
  const parts = await discoverParts()
  const { station, close } = await openStation({
    ...options,
    parts,
    createReports: (request) => runInThread(reportWorker, request),
    storageWorker,
    watchdogScript,
    softwareVersion,
    ...(options.virtualTime ? {} : { sleep: createSleepBlocker() }),
    onError,
  })
  const release = endOnFault(close)
  return { station, drivers: parts.drivers, close: () => close().finally(release) }
}
