import { join } from 'node:path'
import { createRandom } from '../../src/base/random.ts'
import type { SampleBatch } from '../../src/contract/sample.ts'
import { openDatabase } from '../../src/engine/storage/open.ts'
import { createLocalPort } from '../../src/engine/storage/port.ts'
import { createStore, type Store } from '../../src/engine/storage/store.ts'
import { addRun, bytesOnDisk, inFolder, keyHex, openBenchStore, round } from './open.ts'

export const sampleCount = 100_000_000
const pixels = 1200
const queries = 40
const samplesPerBatch = 1 << 20
const startUtcMs = Date.UTC(2026, 0, 1)

/** One channel of 100 ms samples: a daily swing, noise of some last digits, and rare spikes that no chart may lose. */
function createSignal() {
  const random = createRandom(5)
  return (from: number, count: number): SampleBatch => {
    const monotonicMs = new Float64Array(count)
    const value = new Float64Array(count)
    for (let i = 0; i < count; i++) {
      const at = from + i
      monotonicMs[i] = 100 * at + Math.round(50 * random.uniform()) / 1000
      const spike = random.uniform() < 1e-6 ? 500 : 0
      value[i] = Math.round(100 * (25 + 10 * Math.sin(at / 137_000) + 0.2 * random.uniform() + spike)) / 100
    }
    return {
      stretches: [{ channelId: 1, firstSeq: from + 1, count }],
      monotonicMs,
      utcMs: monotonicMs.map((time) => Math.floor(startUtcMs + time)),
      value,
      missing: [],
    }
  }
}

/** Through the store itself, but without waiting for the disk: nothing of this is measured. */
async function fill(path: string): Promise<{ seconds: number; maximum: number; raw: Float64Array }> {
  const db = openDatabase({ path, keyHex, keyFile: 'in memory' })
  db.pragma('synchronous=OFF')
  const store = createStore({ port: createLocalPort({ db, path }), utcMs: () => 0 })
  await addRun(store, 'run-1')
  const signal = createSignal()
  const raw = new Float64Array(sampleCount)
  let maximum = -Infinity
  const startMs = performance.now()
  for (let from = 0; from < sampleCount; from += samplesPerBatch) {
    const batch = signal(from, Math.min(samplesPerBatch, sampleCount - from))
    raw.set(batch.value, from)
    for (const value of batch.value) if (value > maximum) maximum = value
    await store.appendBatch(batch)
  }
  db.close()
  return { seconds: (performance.now() - startMs) / 1000, maximum, raw }
}

/** The limit: one pass over a column in memory, as plain as it can be. */
function scanMemory(raw: Float64Array, from: number, count: number): number {
  const startMs = performance.now()
  const perPixel = count / pixels
  let sum = 0
  for (let pixel = 0; pixel < pixels; pixel++) {
    let minimum = Infinity
    let maximum = -Infinity
    const end = from + Math.floor((pixel + 1) * perPixel)
    for (let i = from + Math.floor(pixel * perPixel); i < end; i++) {
      const value = raw[i]!
      if (value < minimum) minimum = value
      if (value > maximum) maximum = value
    }
    sum += maximum - minimum
  }
  if (Number.isNaN(sum)) throw new Error('there is a value missing')
  return performance.now() - startMs
}

const quantile = (values: readonly number[], share: number): number =>
  [...values].sort((a, b) => a - b)[Math.min(values.length - 1, Math.floor(share * values.length))]!

const p50p95 = (values: readonly number[]) => ({
  p50Ms: round(quantile(values, 0.5)),
  p95Ms: round(quantile(values, 0.95)),
})

async function measure(store: Store, given: { share: number; exact: boolean; maximum: number }) {
  const random = createRandom(11)
  const spanMs = sampleCount * 100
  const [firstTime, again]: [number[], number[]] = [[], []]
  for (let i = 0; i < queries; i++) {
    const fromMs = startUtcMs + spanMs * (1 - given.share) * random.uniform()
    const span = given.share === 1 ? {} : { fromMs, toMs: fromMs + spanMs * given.share }
    const look = async () => {
      const startMs = performance.now()
      const view = await store.view({ runId: 'run-1', channelIds: [1], pixels, exact: given.exact, ...span })
      return { view, ms: performance.now() - startMs }
    }
    const { view, ms } = await look()
    firstTime.push(ms)
    again.push((await look()).ms)
    const [found] = view.channels
    if (given.share === 1 && Math.max(...found!.maximum) !== given.maximum) throw new Error('an extreme was lost')
    if (found!.count.some((count) => count === 0)) throw new Error('a pixel is empty')
  }
  // Where nobody has looked yet the pages have to be read and decrypted; the peers were measured warm.
  return { ...p50p95(again), neverLookedAt: p50p95(firstTime), veryFirstMs: round(firstTime[0]!) }
}

export const benchViews = () =>
  inFolder(async (folder) => {
    const path = join(folder, 'views.db')
    const { seconds, maximum, raw } = await fill(path)
    const bytesPerSample = round(bytesOnDisk(path) / sampleCount)
    const store = await openBenchStore(path)
    const found: Record<string, unknown> = {}
    for (const [name, share] of [
      ['whole', 1],
      ['tenPercent', 0.1],
      ['thousandth', 0.001],
    ] as const) {
      const count = Math.floor(sampleCount * share)
      const scan = Array.from({ length: 7 }, (_each, i) =>
        scanMemory(raw, i * Math.floor((sampleCount - count) / 8), count),
      )
      const snapped = await measure(store, { share, exact: false, maximum })
      const exact = await measure(store, { share, exact: true, maximum })
      const memory = p50p95(scan)
      found[name] = {
        snapped,
        exact,
        scanOfMemory: memory,
        snappedToScan: round(snapped.p95Ms / memory.p95Ms),
        exactToScan: round(exact.p95Ms / memory.p95Ms),
      }
    }
    await store.close()
    return {
      samples: sampleCount,
      pixels,
      bytesPerSample,
      filledInSeconds: round(seconds),
      ...found,
      extremesLost: 0,
      reach: { snappedP95Ms: 10, exactP95Ms: 80, bytesPerSample: 4 },
    }
  })
