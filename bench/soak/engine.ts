// The station of a soak, in a process of its own with its HTTP server: node engine.ts SETUP.json
// Says what it takes of the PC once a second, and at the end what it told and what it stored, a JSON document a line.
import { readdirSync, readFileSync } from 'node:fs'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import type { AddressInfo } from 'node:net'
import { createApi } from '../../src/engine/api.ts'
import { discoverParts } from '../../src/engine/discover.ts'
import type { Station } from '../../src/engine/station.ts'
import { createAccess } from '../../src/serve/http/access.ts'
import { createHttpServer } from '../../src/serve/http/server.ts'
import { openSetUp, type StationSetUp } from '../../test/support/stationProcess.ts'

export interface Sample {
  atS: number
  rssBytes: number
  heapBytes: number
  /** Just after what nobody needs was thrown away: only then memory says anything about leaks. */
  isSwept: boolean
  /** Open files, pipes and sockets; null where the system doesn't list them. */
  handles: number | null
  /** What keeps Node's event loop: timers, sockets, threads. */
  resources: number
  loopP99Ms: number
  /** Values that windows were told. */
  acknowledged: number
}

const say = (document: object): void => void process.stdout.write(`${JSON.stringify(document)}\n`)
const onError = (error: unknown): void => void process.stderr.write(`${String(error)}\n`)

const openHandles = (): number | null => {
  try {
    return readdirSync('/proc/self/fd').length
  } catch {
    return null
  }
}

/** Samples from one sweep of the memory to the next. */
const sweepEvery = 10

function measure(acknowledged: () => number): () => void {
  const delay = monitorEventLoopDelay({ resolution: 10 })
  delay.enable()
  const startMs = performance.now()
  const count = { samples: 0 }
  const timer = setInterval(() => {
    const isSwept = count.samples++ % sweepEvery === 0 && globalThis.gc !== undefined
    if (isSwept) globalThis.gc?.()
    const { rss, heapUsed } = process.memoryUsage()
    const sample: Sample = {
      ...{ atS: (performance.now() - startMs) / 1000, rssBytes: rss, heapBytes: heapUsed, handles: openHandles() },
      ...{ resources: process.getActiveResourcesInfo().length, acknowledged: acknowledged(), isSwept },
      loopP99Ms: delay.percentile(99) / 1e6,
    }
    delay.reset()
    say({ sample })
  }, 1000)
  return () => clearInterval(timer)
}

/** Numbers of all channels without a gap, counted. */
async function countStored({ reader }: Station, runId: string): Promise<{ stored: number; gaps: number }> {
  let [stored, gaps] = [0, 0]
  for (const { id } of await reader.channels(runId)) {
    let last = 0
    for await (const { seq } of reader.sampleRows(id)) {
      if (seq !== last + 1) gaps++
      last = seq
      stored++
    }
  }
  return { stored, gaps }
}

async function main(file: string): Promise<void> {
  const setUp = JSON.parse(readFileSync(file, 'utf8')) as StationSetUp
  const { station, close } = await openSetUp(setUp)
  const { drivers } = await discoverParts()
  const access = createAccess({ loopback: true, nowMs: Date.now })
  const http = await createHttpServer({ station, api: createApi(station, { drivers, onError }), access, onError })
  await http.listen({ host: '127.0.0.1', port: 0 })
  for (const each of setUp.instruments) await station.saveInstrument(each)
  let acknowledged = 0
  station.onEvent((event) => {
    if (event.type === 'reading') acknowledged += event.readings.length
  })
  const run = await station.startRun({
    ...{ protocolId: setUp.template.id, module: { id: 'M-1', maker: '', model: '' }, operator: 'soak' },
    ...{ parameters: {}, roles: setUp.roles },
  })
  say({ address: `http://127.0.0.1:${(http.server.address() as AddressInfo).port}/`, runId: run.id })
  const stop = measure(() => acknowledged)
  const ended = await station.whenEnded(run.id)
  stop()
  say({ ended: ended.status, problem: ended.problem, acknowledged, ...(await countStored(station, run.id)) })
  http.server.closeAllConnections()
  await http.close()
  await close()
}

await main(process.argv[2] ?? '')
