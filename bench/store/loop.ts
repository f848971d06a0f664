import { join } from 'node:path'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { channelCount, createChamber } from './data.ts'
import { addRun, inFolder, openBenchStore, round } from './open.ts'

const samplesPerSecond = 100_000
const batchMs = 100
const seconds = 12
const perChannel = Math.round((samplesPerSecond * batchMs) / 1000 / channelCount)

const sleep = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms))

/** The delay of this thread's event loop while something goes on beside it. */
async function delayDuring(work: () => Promise<void>) {
  const histogram = monitorEventLoopDelay({ resolution: 5 })
  histogram.enable()
  await work()
  histogram.disable()
  // The timer's own interval is no delay.
  const ms = (nanoseconds: number) => round(Math.max(0, nanoseconds / 1e6 - 5))
  return { p50Ms: ms(histogram.percentile(50)), p99Ms: ms(histogram.percentile(99)), maxMs: ms(histogram.max) }
}

/** What the engine's thread notices of 100,000 samples a second, beside what it notices of nothing at all. */
export const benchLoop = () =>
  inFolder(async (folder) => {
    const store = await openBenchStore(join(folder, 'loop.db'))
    const firstChannel = await addRun(store, 'run-1')
    const chamber = createChamber({ intervalMs: 1, firstChannel })
    const batches = Array.from({ length: (seconds * 1000) / batchMs }, () => chamber.next(perChannel))
    const idle = await delayDuring(() => sleep(3000))
    const acknowledged: number[] = []
    const ingesting = await delayDuring(async () => {
      const startMs = performance.now()
      const all = batches.map(async (batch, i) => {
        await sleep(Math.max(0, startMs + i * batchMs - performance.now()))
        const givenMs = performance.now()
        await store.appendBatch(batch)
        acknowledged.push(performance.now() - givenMs)
      })
      await Promise.all(all)
    })
    await store.close()
    acknowledged.sort((a, b) => a - b)
    return {
      samplesPerSecond: perChannel * channelCount * (1000 / batchMs),
      ingesting,
      idle,
      durableAfter: {
        p50Ms: round(acknowledged[acknowledged.length >> 1]!),
        p99Ms: round(acknowledged[Math.floor(0.99 * acknowledged.length)]!),
        maxMs: round(acknowledged.at(-1)!),
      },
      reach: { p99Ms: 20, durableAfterMs: 250 },
    }
  })
