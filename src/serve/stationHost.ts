import type { Clock } from '../base/clock.ts'
import type { Prompt } from '../contract/run.ts'
import { discoverParts } from '../engine/discover.ts'
import { openStation } from '../engine/openStation.ts'
import { runInThread } from '../engine/reports/thread.ts'
import { softwareVersion } from './environment.ts'

export interface HostOptions {
  dataFolder: string
  clock: Clock
  simulate: { seed: number } | null
  virtualTime: boolean
  automaticAnswer: ((prompt: Prompt) => { value: string; who: string }) | null
  lockWaitMs?: number
}

const reportWorker = new URL('../engine/reports/worker.ts', import.meta.url)

/** A station in this process, without a window. */
export const hostStation = async (options: HostOptions) =>
  openStation({
    ...options,
    parts: await discoverParts(),
    createReports: (request) => runInThread(reportWorker, request),
    softwareVersion,
    onError: (error) =>
      process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`),
  })
