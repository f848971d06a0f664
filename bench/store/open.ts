import { randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync, statSync, existsSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Run } from '../../src/contract/run.ts'
import type { Template } from '../../src/contract/template.ts'
import { createStore, type Store } from '../../src/engine/storage/store.ts'
import { openThreads } from '../../src/engine/storage/thread.ts'
import { channelCount } from './data.ts'

const workerUrl = new URL('../../src/engine/storage/worker.ts', import.meta.url)

export const keyHex = randomBytes(32).toString('hex')

export async function inFolder<T>(work: (folder: string) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), 'pvtp-bench-'))
  try {
    return await work(folder)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/** A store as a station has it: encrypted, FULL, in threads of its own. */
export async function openBenchStore(path: string): Promise<Store> {
  const port = await openThreads({
    workerUrl,
    options: { path, keyHex, keyFile: 'in memory' },
    paceMs: 0,
    onError: (error) => process.stderr.write(`${String(error)}\n`),
  })
  return createStore({ port, utcMs: () => Date.now() })
}

const entry = (subject: string) => ({ actor: 'bench', action: 'run.start', subject, detail: {} })

/** What the store looks at of a run. */
export const benchRun = (id: string, given: { status: string; startedUtcMs: number }): Run =>
  ({ id, ...given, module: { id: 'M-1', maker: 'Acme', model: 'X' }, verdict: null }) as unknown as Run

export const finishRun = (store: Store, id: string): Promise<void> =>
  store.finishRun(benchRun(id, { status: 'completed', startedUtcMs: 0 }), [], entry(id))

/** A run with channels; returns the number of the first of them. */
export async function addRun(store: Store, runId: string, startedUtcMs = Date.now()): Promise<number> {
  await store.addRun(benchRun(runId, { status: 'running', startedUtcMs }), {} as Template, entry(runId))
  let first = 0
  for (let i = 0; i < channelCount; i++) {
    const id = await store.addChannel({
      runId,
      name: `temperature.${i}`,
      unit: '°C',
      provenance: 'simulated',
      instrumentId: `i${i}`,
      instrumentName: `I${i}`,
      calibration: null,
    })
    if (i === 0) first = id
  }
  return first
}

export const bytesOnDisk = (path: string): number =>
  ['', '-wal'].map((end) => path + end).reduce((sum, each) => sum + (existsSync(each) ? statSync(each).size : 0), 0)

export const round = (value: number, digits = 3): number => Number(value.toPrecision(digits))

/** CPU seconds of all threads of this process: what others do on the machine doesn't count. */
export const cpuSeconds = (mark: NodeJS.CpuUsage): number => {
  const { user, system } = process.cpuUsage(mark)
  return (user + system) / 1e6
}
