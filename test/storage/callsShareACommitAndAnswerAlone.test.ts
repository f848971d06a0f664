import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterEach, describe, expect, it } from 'vitest'
import { loadKeyFile } from '../../src/engine/storage/keyFile.ts'
import { createStore, type Store } from '../../src/engine/storage/store.ts'
import { openThreads } from '../../src/engine/storage/thread.ts'
import type { SampleBlock, SamplePage } from '../../src/contract/sample.ts'
import { root, temporaryFolder } from '../support/cli.ts'
import { dataFolderAt, openStore, storeRun, type DataFolder } from '../support/store.ts'

const workerUrl = pathToFileURL(join(root, 'src', 'engine', 'storage', 'worker.ts'))
const entry = { actor: 'Test operator', action: 'test', subject: 'run-1', detail: {} }

const opened: Store[] = []
afterEach(async () => {
  for (const store of opened.splice(0)) await store.close()
})

async function openThreaded(at: DataFolder, paceMs = 0): Promise<Store> {
  const options = { path: at.path, keyHex: loadKeyFile(at.keyFile, at.path), keyFile: at.keyFile }
  const port = await openThreads({ workerUrl, options, paceMs, onError: (error) => expect.fail(String(error)) })
  const store = createStore({ port, utcMs: () => 0 })
  opened.push(store)
  return store
}

/** At a pace that nobody waits for, with a run that was stored before. */
async function openPaced(at: DataFolder): Promise<{ store: Store; channel: number }> {
  const { db, store: before } = openStore(at)
  const { channel } = await storeRun(before, { id: 'run-1', count: 10 })
  db.close()
  const store = await openThreaded(at, 600_000)
  // The pace is counted from the last commit.
  await store.audit(entry)
  return { store, channel }
}

const block = (channelId: number, firstSeq: number, count = 1): SampleBlock => {
  const numbers = Array.from({ length: count }, (_each, i) => firstSeq + i)
  return { channelId, firstSeq, utcMs: numbers, monotonicMs: numbers, value: numbers }
}

/** How many samples a channel has; their numbers go on without a gap. */
async function countOf(store: Store, channelId: number): Promise<number> {
  let count = 0
  for (let fromSeq: number | null = 1; fromSeq !== null;) {
    const page: SamplePage = await store.samples({ channelId, fromSeq })
    const wrong = page.seq.findIndex((seq, i) => seq !== count + i + 1)
    if (wrong >= 0) expect.fail(`sample ${page.seq[wrong]} follows ${count + wrong}`)
    count += page.seq.length
    fromSeq = page.nextSeq
  }
  return count
}

describe('the database in threads of its own', () => {
  it('gives each of many calls at once its own answer, though one of them fails', async () => {
    const at = dataFolderAt(temporaryFolder())
    const store = await openThreaded(at)
    const { channel } = await storeRun(store, { id: 'run-1', count: 10 })
    const answers = await Promise.allSettled([
      store.appendSamples([block(channel, 11)]),
      store.appendSamples([block(channel, 12)]),
      store.appendSamples([block(channel, 99)]),
      store.saveStepState({ runId: 'run-1', ordinal: 5, state: {} }),
      store.audit(entry),
      store.appendSamples([block(channel, 13), block(channel, 14)]),
      store.appendSamples([{ ...block(channel, 15), value: [NaN] }]),
    ])
    expect(answers.map((each) => (each.status === 'fulfilled' ? 'done' : String(each.reason)))).toEqual([
      'done',
      'done',
      expect.stringMatching(/RangeError: channel \d: sample 13 is next, not 99/),
      expect.stringMatching(/no step 5/),
      'done',
      'done',
      expect.stringMatching(/not a finite number/),
    ])
    expect(await countOf(store, channel)).toBe(14)
    expect(await store.checkAudit()).toMatchObject({ faults: [] })
  })

  it('shows a read what was written before it, also where nobody waited, and keeps errors what they are', async () => {
    const at = dataFolderAt(temporaryFolder())
    const { store, channel } = await openPaced(at)
    const writing = [11, 12, 13].map((seq) => store.appendSamples([block(channel, seq)]))
    // Their pace would keep them for longer than this test may take; whoever asks doesn't wait for that.
    await store.samples({ channelId: channel })
    expect(await countOf(store, channel)).toBe(13)
    await Promise.all(writing)
    await expect(store.getRun('none')).rejects.toMatchObject({ name: 'StationError', code: 'run.notFound' })
  })

  it('holds samples back to its pace, but not what comes with anything else', async () => {
    const at = dataFolderAt(temporaryFolder())
    const { store, channel } = await openPaced(at)
    const waiting = store.appendSamples([block(channel, 11)])
    const first = await Promise.race([
      waiting.then(() => 'samples'),
      new Promise((done) => setTimeout(done, 200, 'nothing')),
    ])
    expect(first).toBe('nothing')
    await store.audit(entry)
    await waiting
  })

  it('says when the database can’t be opened, and when it is asked after its end', async () => {
    const at = dataFolderAt(temporaryFolder())
    openStore(at).db.close()
    const options = { path: at.path, keyHex: 'f'.repeat(64), keyFile: at.keyFile }
    await expect(openThreads({ workerUrl, options, paceMs: 0, onError: () => undefined })).rejects.toMatchObject({
      code: 'storage.wrongKey',
    })
    const store = await openThreaded(at)
    await store.close()
    opened.splice(0)
    await expect(store.audit(entry)).rejects.toMatchObject({ code: 'storage.failed' })
  })

  it('folds while it is written to, and every reader sees each sample once', async () => {
    const at = dataFolderAt(temporaryFolder())
    const store = await openThreaded(at)
    const { channel } = await storeRun(store, { id: 'run-1', count: 0 })
    const other = openStore({ ...at })
    other.db.close()
    let written = 0
    const seen: number[] = []
    const writing = (async () => {
      for (let seq = 1; seq < 30_000 || seen.length < 3; seq += 50) {
        await store.appendSamples([block(channel, seq, 50)])
        written = seq + 49
      }
    })()
    while (written < 29_000 || seen.length < 3) {
      const atLeast = written
      const count = await countOf(store, channel)
      expect(count).toBeGreaterThanOrEqual(atLeast)
      seen.push(count)
      await new Promise((turn) => setImmediate(turn))
    }
    await writing
    expect(await countOf(store, channel)).toBe(written)
    expect(written).toBeGreaterThanOrEqual(30_000)
  })
})

it('a batch larger than the journal takes goes straight into chunks, missing values and all', async () => {
  const at = dataFolderAt(temporaryFolder())
  const { db, store } = openStore(at)
  const { channel } = await storeRun(store, { id: 'run-1', count: 3 })
  const count = 300_000
  const numbers = Float64Array.from({ length: count }, (_each, i) => i + 4)
  await store.appendBatch({
    stretches: [{ channelId: channel, firstSeq: 4, count }],
    utcMs: numbers,
    monotonicMs: numbers,
    value: numbers.map((each, i) => (i === 5 ? 0 : each)),
    missing: [{ at: 5, reason: 'over range' }],
  })
  expect(db.prepare('SELECT count(*) FROM journal').pluck().get()).toBe(0)
  expect(db.prepare('SELECT count(*) FROM chunks').pluck().get()).toBe(Math.floor((count + 3) / 4096))
  const page = await store.samples({ channelId: channel, fromSeq: 8, limit: 4 })
  expect([...page.value]).toEqual([8, 0, 10, 11])
  expect(page.missing).toEqual([{ at: 1, reason: 'over range' }])
  expect(await countOf(store, channel)).toBe(count + 3)
  db.close()
})
