import { spawnSync } from 'node:child_process'
import { closeSync, fsyncSync, openSync, writeFileSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import type { SampleBatch } from '../../src/contract/sample.ts'
import { channelCount, createChamber } from './data.ts'
import { addRun, bytesOnDisk, cpuSeconds, finishRun, inFolder, openBenchStore, round } from './open.ts'

/** 100 ms at 1 kHz: with 64 channels 6,400 samples, each batch a commit of its own. */
const samplesPerBatch = 100
/** Two minutes of such data: shorter, and what is measured is how a process warms up. */
const batchCount = 1200
const rounds = 3

const totalOf = (batches: readonly SampleBatch[]): number => batches.reduce((sum, each) => sum + each.value.length, 0)

async function ingest(
  batches: readonly SampleBatch[],
  given: { path: string; inFlight: number },
): Promise<{ perSecond: number; perCpuSecond: number; bytesPerSample: number }> {
  const store = await openBenchStore(given.path)
  const firstChannel = await addRun(store, 'run-1')
  if (firstChannel !== 1) throw new Error('the batches are made for channels 1 to 64')
  const before = bytesOnDisk(given.path)
  const mark = process.cpuUsage()
  const startMs = performance.now()
  const waiting: Promise<void>[] = []
  for (const batch of batches) {
    waiting.push(store.appendBatch(batch))
    if (waiting.length >= given.inFlight) await waiting.shift()
  }
  await Promise.all(waiting)
  const seconds = (performance.now() - startMs) / 1000
  const cpu = cpuSeconds(mark)
  await finishRun(store, 'run-1')
  await store.close()
  const samples = totalOf(batches)
  return {
    perSecond: samples / seconds,
    perCpuSecond: samples / cpu,
    bytesPerSample: (bytesOnDisk(given.path) - before) / samples,
  }
}

/** The limit: the same batches as raw doubles, 24 bytes a sample with both times, each flushed. */
function appendRaw(batches: readonly SampleBatch[], path: string): number {
  const file = openSync(path, 'w')
  const startMs = performance.now()
  for (const { utcMs, monotonicMs, value } of batches) {
    for (const column of [utcMs, monotonicMs, value]) writeSync(file, new Uint8Array(column.buffer))
    fsyncSync(file)
  }
  const seconds = (performance.now() - startMs) / 1000
  closeSync(file)
  return totalOf(batches) / seconds
}

const importRows = 1_000_000

/** The peer: the sqlite3 command line’s own import of the same rows, unencrypted, without a flush but at the end. */
function importBySqlite(batches: readonly SampleBatch[], folder: string) {
  const version = spawnSync('sqlite3', ['--version'], { encoding: 'utf8' })
  if (version.status !== 0) return { absent: 'sqlite3 is not installed (apt-get install sqlite3)' }
  const csv = join(folder, 'rows.csv')
  const lines: string[] = []
  for (const batch of batches) {
    let at = 0
    for (const { channelId, firstSeq, count } of batch.stretches)
      for (let i = 0; i < count; i++, at++)
        lines.push(`${channelId},${firstSeq + i},${batch.utcMs[at]},${batch.monotonicMs[at]},${batch.value[at]}`)
    if (lines.length >= importRows) break
  }
  writeFileSync(csv, `${lines.join('\n')}\n`)
  const path = join(folder, 'peer.db')
  const sql = [
    'PRAGMA journal_mode=WAL;',
    'CREATE TABLE samples (channel_id INTEGER, seq INTEGER, utc_ms REAL, monotonic_ms REAL, value REAL, PRIMARY KEY (channel_id, seq)) WITHOUT ROWID;',
    `.import --csv ${csv} samples`,
    '',
  ].join('\n')
  const startMs = performance.now()
  const done = spawnSync('sqlite3', [path], { input: sql, encoding: 'utf8' })
  const seconds = (performance.now() - startMs) / 1000
  if (done.status !== 0) return { absent: done.stderr }
  return {
    version: version.stdout.split(' ')[0],
    rows: lines.length,
    rowsPerSecond: round(lines.length / seconds),
    bytesPerRow: round(bytesOnDisk(path) / lines.length),
  }
}

const median = (values: readonly number[]): number => [...values].sort((a, b) => a - b)[values.length >> 1]!

/** How quickly samples become durable, what they cost on the disk, and how that compares. */
export const benchIngest = () =>
  inFolder(async (folder) => {
    const chamber = createChamber({ intervalMs: 1, firstChannel: 1 })
    const batches = Array.from({ length: batchCount }, () => chamber.next(samplesPerBatch))
    const own = []
    const raw: number[] = []
    for (let i = 0; i < rounds; i++) {
      own.push(await ingest(batches, { path: join(folder, `one-${i}.db`), inFlight: 1 }))
      raw.push(appendRaw(batches, join(folder, `raw-${i}`)))
    }
    const piped = await ingest(batches, { path: join(folder, 'piped.db'), inFlight: 4 })
    const peer = importBySqlite(batches, folder)
    const perSecond = median(own.map((each) => each.perSecond))
    return {
      channels: channelCount,
      samplesPerBatch: samplesPerBatch * channelCount,
      batches: batchCount,
      samplesPerSecond: round(perSecond),
      best: round(Math.max(...own.map((each) => each.perSecond))),
      samplesPerCpuSecond: round(median(own.map((each) => each.perCpuSecond))),
      fourBatchesInFlightPerSecond: round(piped.perSecond),
      bytesPerSample: round(own[0]!.bytesPerSample),
      rawAppendAndFlushPerSecond: round(median(raw)),
      ratioToRaw: round(perSecond / median(raw)),
      sqliteImport: peer,
      ...('rowsPerSecond' in peer ? { ratioToSqliteImport: round(perSecond / peer.rowsPerSecond) } : {}),
      reach: { samplesPerSecond: 3e6, ratioToSqliteImport: 4, bytesPerSample: 4 },
    }
  })
