import type Database from 'better-sqlite3'
import { describe, expect, it } from 'vitest'
import { createRandom } from '../../src/base/random.ts'
import type { ChannelView, SampleBatch, View } from '../../src/contract/sample.ts'
import type { Store } from '../../src/engine/storage/store.ts'
import { temporaryFolder } from '../support/cli.ts'
import { dataFolderAt, openStore, storeRun, type DataFolder } from '../support/store.ts'

const runId = 'run-1'
const utc0 = Date.UTC(2026, 5, 1)

interface Point {
  timeMs: number
  value: number | null
}

interface Recorded {
  at: DataFolder
  db: Database.Database
  store: Store
  channelId: number
  /** As they must be found, in the order of their numbers. */
  points: Point[]
}

/** What a recorder would hand over: noise with rare spikes, jittered times, and now and then no value. */
function makeBatch(given: { channelId: number; firstSeq: number; count: number; fromMs: number }): SampleBatch {
  const random = createRandom(given.firstSeq)
  const { count } = given
  const batch = {
    stretches: [{ channelId: given.channelId, firstSeq: given.firstSeq, count }],
    utcMs: new Float64Array(count),
    monotonicMs: new Float64Array(count),
    value: new Float64Array(count),
    missing: [] as { at: number; reason: string }[],
  }
  for (let i = 0; i < count; i++) {
    batch.monotonicMs[i] = given.fromMs + 1000 * i + Math.round(300 * random.uniform()) / 1000
    batch.utcMs[i] = utc0 + Math.floor(batch.monotonicMs[i]!)
    const spike = random.uniform() < 1e-4 ? 1000 * random.normal() : 0
    if (random.uniform() < 1e-3) batch.missing.push({ at: i, reason: 'no answer' })
    else batch.value[i] = Math.round(100 * (85 + random.normal() + spike)) / 100
  }
  return batch
}

const pointsOf = (batch: SampleBatch, originMs: number): Point[] => {
  const missing = new Set(batch.missing.map(({ at }) => at))
  return Array.from(batch.value, (value, i) => ({
    timeMs: batch.monotonicMs[i]! + originMs,
    value: missing.has(i) ? null : value,
  }))
}

/** Two epochs: a first life of the station with chunks of all levels, and a second one whose end is still in the journal. */
async function record(first: number, second: number): Promise<Recorded> {
  const at = dataFolderAt(temporaryFolder())
  const before = openStore(at)
  const { channel } = await storeRun(before.store, { id: runId, count: 0 })
  const channelId = await before.store.addChannel({
    runId,
    name: 'temperature.module',
    unit: '°C',
    provenance: 'simulated',
    instrumentId: 'pt100',
    instrumentName: 'Pt100',
    calibration: null,
  })
  expect(channelId).not.toBe(channel)
  const batch = makeBatch({ channelId, firstSeq: 1, count: first, fromMs: 0 })
  await before.store.appendBatch(batch)
  before.db.close()

  const { db, store } = openStore(at)
  const points = pointsOf(batch, originOf(batch))
  // The PC was off for an hour; its monotonic time begins anew.
  const restartMs = utc0 + first * 1000 + 3_600_000
  let originMs = 0
  for (let done = 0; done < second; done += 500) {
    const count = Math.min(500, second - done)
    const more = makeBatch({ channelId, firstSeq: first + done + 1, count, fromMs: 1000 * done })
    // UTC is what the PC's clock says when the epoch begins; a later jump of it, by a day back, changes nothing.
    const jumpMs = done > second / 2 ? -86_400_000 : 0
    for (let i = 0; i < count; i++) more.utcMs[i] = restartMs + jumpMs + Math.floor(more.monotonicMs[i]!)
    await store.appendBatch(more)
    if (done === 0) originMs = originOf(more)
    points.push(...pointsOf(more, originMs))
  }
  return { at, db, store, channelId, points }
}

/** An epoch's station time begins at the UTC of its first sample. */
const originOf = ({ utcMs, monotonicMs }: SampleBatch): number => utcMs[0]! - monotonicMs[0]!

/** The same by looking at every sample. */
function bruteForce(points: readonly Point[], view: View): Omit<ChannelView, 'channelId' | 'gaps' | 'lastSeq'> {
  const { fromMs, toMs, pixels } = view
  const column = () => new Float64Array(pixels)
  const found = { minimum: column(), maximum: column(), first: column(), last: column(), count: column() }
  for (const { timeMs, value } of points) {
    if (value === null || timeMs < fromMs || timeMs > toMs) continue
    const at = Math.min(pixels - 1, Math.floor((timeMs - fromMs) * (pixels / (toMs - fromMs))))
    if (found.count[at] === 0) {
      found.first[at] = value
      found.minimum[at] = value
      found.maximum[at] = value
    }
    found.minimum[at] = Math.min(found.minimum[at]!, value)
    found.maximum[at] = Math.max(found.maximum[at]!, value)
    found.last[at] = value
    found.count[at]!++
  }
  return found
}

const columnsOf = ({ minimum, maximum, first, last, count }: ChannelView) => ({ minimum, maximum, first, last, count })

describe.each([
  ['of some chunks', 9_000, 5_000],
  ['of groups of chunks', 150_000, 30_000],
  ['of groups of groups', 1_150_000, 3_000],
])('a view %s', (_what, first, second) => {
  it('with exact edges is what looking at every sample gives; snapped, it has every extreme', async () => {
    const { db, store, channelId, points } = await record(first, second)
    const random = createRandom(first)
    const [begin, end] = [points[0]!.timeMs, points.at(-1)!.timeMs]
    const windows = [
      {},
      ...[0.5, 0.1, 0.01, 0.001, 0.0001].flatMap((share) =>
        Array.from({ length: 3 }, () => {
          const fromMs = begin + (end - begin) * (1 - share) * random.uniform()
          return { fromMs, toMs: fromMs + (end - begin) * share }
        }),
      ),
      { fromMs: begin - 5_000, toMs: begin + 5_000 },
      { fromMs: end - 1_000_000, toMs: end + 1_000_000 },
      { fromMs: end + 1, toMs: end + 1000 },
    ]
    for (const window of windows)
      for (const pixels of first > 1e6 ? [1200] : [1, 100, 1200]) {
        const asked = { runId, channelIds: [channelId], pixels, ...window }
        const exact = await store.view({ ...asked, exact: true })
        expect(columnsOf(exact.channels[0]!), JSON.stringify(asked)).toEqual(bruteForce(points, exact))
        const snapped = await store.view(asked)
        expectEveryExtreme(snapped, points)
      }
    expect((await store.view({ runId, channelIds: [channelId], pixels: 10 })).channels[0]!.lastSeq).toBe(points.length)
    db.close()
  })
})

/** Snapped edges may take in neighbours, never leave out what is inside. */
function expectEveryExtreme(view: View, points: readonly Point[]): void {
  const found = view.channels[0]!
  const inside = points.filter(({ timeMs, value }) => value !== null && timeMs >= view.fromMs && timeMs <= view.toMs)
  const present = Array.from(found.count, (count, i) => ({ count, i })).filter(({ count }) => count > 0)
  const lowest = present.reduce((least, { i }) => Math.min(least, found.minimum[i]!), Infinity)
  const highest = present.reduce((most, { i }) => Math.max(most, found.maximum[i]!), -Infinity)
  for (const { value } of inside) {
    if (value! < lowest) expect.fail(`${value} is below the lowest, ${lowest}`)
    if (value! > highest) expect.fail(`${value} is above the highest, ${highest}`)
  }
  const counted = present.reduce((sum, { count }) => sum + count, 0)
  expect(counted).toBeGreaterThanOrEqual(inside.length)
}

it('gaps, the power cut and the log are in the same answer, from chunks and from the journal alike', async () => {
  const { db, store, channelId, points } = await record(9_000, 5_000)
  const whole = await store.view({ runId, channelIds: [channelId], pixels: 1200 })
  const [found] = whole.channels
  const cut = found!.gaps.find(({ reason }) => reason === 'the recording was interrupted')
  expect(cut).toMatchObject({ fromMs: points[8_999]!.timeMs, toMs: points[9_000]!.timeMs, missing: 0 })
  const missing = points.filter(({ value }) => value === null).length
  expect(found!.gaps.reduce((sum, gap) => sum + gap.missing, 0)).toBe(missing)
  expect(found!.gaps.filter((gap) => gap.missing > 0).every(({ reason }) => reason === 'no answer')).toBe(true)
  // The log of storeRun is of the first moment.
  expect(whole.events.map(({ text }) => text)).toEqual(
    ['event 1', 'event 2', 'event 3'].filter(() => whole.fromMs <= utc0),
  )

  const pause = makeBatch({ channelId, firstSeq: points.length + 1, count: 20, fromMs: 1000 * 5_000 + 60_000 })
  await store.appendBatch(pause)
  const again = await store.view({ runId, channelIds: [channelId], pixels: 1200 })
  const last = again.channels[0]!.gaps.filter((gap) => gap.missing === 0).at(-1)!
  expect(last.toMs - last.fromMs).toBeGreaterThan(59_000)
  db.close()
})

it('samples whose times are out of order are found all the same', async () => {
  const { db, store } = openStore(dataFolderAt(temporaryFolder()))
  const { channel } = await storeRun(store, { id: runId, count: 1 })
  const random = createRandom(7)
  const times = Float64Array.from({ length: 40_000 }, () => Math.round(1e6 * random.uniform()))
  times[0] = 1
  await store.appendBatch({
    stretches: [{ channelId: channel, firstSeq: 2, count: times.length }],
    utcMs: times.map((time) => time),
    monotonicMs: times,
    value: times.map((time) => time * 2),
    missing: [],
  })
  const origin = 0
  const points = [...times].map((time) => ({ timeMs: time + origin, value: time * 2 }))
  for (const window of [
    { fromMs: 500_000, toMs: 510_000 },
    { fromMs: 10, toMs: 999_000 },
  ]) {
    const view = await store.view({ runId, channelIds: [channel], pixels: 50, exact: true, ...window })
    expect(columnsOf(view.channels[0]!)).toEqual(bruteForce(points, view))
    const page = await store.samples({ channelId: channel, ...window, limit: 100_000 })
    expect(page.seq.length).toBe(points.filter(({ timeMs }) => timeMs >= window.fromMs && timeMs <= window.toMs).length)
  }
  db.close()
})
