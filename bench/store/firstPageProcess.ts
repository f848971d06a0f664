/** The start of a station up to its run list, in a process of its own: node firstPageProcess.ts DATABASE KEY */
import { createStore } from '../../src/engine/storage/store.ts'
import { openThreads } from '../../src/engine/storage/thread.ts'

const [path = '', keyHex = ''] = process.argv.slice(2)
const startMs = performance.now()
const port = await openThreads({
  workerUrl: new URL('../../src/engine/storage/worker.ts', import.meta.url),
  options: { path, keyHex, keyFile: 'in memory' },
  paceMs: 0,
  onError: (error) => process.stderr.write(`${String(error)}\n`),
})
const store = createStore({ port, utcMs: () => Date.now() })
const runs = await store.listRuns(200)
const ms = performance.now() - startMs
const rssMiB = process.memoryUsage.rss() / 2 ** 20
await store.close()
process.stdout.write(JSON.stringify({ ms, runs: runs.length, rssMiB }))
