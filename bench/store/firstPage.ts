import { spawnSync } from 'node:child_process'
import { statfsSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { createRandom } from '../../src/base/random.ts'
import { openDatabase } from '../../src/engine/storage/open.ts'
import { addRun, bytesOnDisk, inFolder, keyHex, openBenchStore, round } from './open.ts'

const runCount = 3000
const mostBytes = 50e9
/** Whatever the disk has, the bench leaves it room, and takes no more than its time is worth. */
const shareOfFree = 0.4
const mostSeconds = Number(process.env['PVTP_BENCH_FILL_S'] ?? 60)
const blobBytes = 1 << 22

/**
 * A database as large as the disk and the time allow: runs as the list shows them, and large papers beside them. How
 * large it became is told; nothing is extrapolated.
 */
async function fill(path: string): Promise<void> {
  const store = await openBenchStore(path)
  for (let i = 0; i < 20; i++) await addRun(store, `run-${i}`, i)
  await store.close()
  const db = openDatabase({ path, keyHex, keyFile: 'in memory' })
  db.pragma('synchronous=OFF')
  const record = db.prepare(`SELECT record FROM runs WHERE id = 'run-0'`).pluck().get() as string
  const padded = JSON.stringify({ ...(JSON.parse(record) as object), parameters: { note: 'x'.repeat(1500) } })
  const insertRun = db.prepare(
    `INSERT INTO runs (id, started_utc_ms, status, record, template) VALUES (?, ?, 'completed', ?, '{}')`,
  )
  db.transaction(() => {
    for (let i = 20; i < runCount; i++) insertRun.run(`run-${i}`, i, padded.replace('run-0', `run-${i}`))
  })()
  const insertFile = db.prepare(
    `INSERT INTO files (run_id, revision, name, title, sha256, bytes) VALUES (?, 1, 'x', 'x', '', ?)`,
  )
  const random = createRandom(1)
  const blob = Buffer.from(Uint8Array.from({ length: blobBytes }, () => 256 * random.uniform()))
  const { bavail, bsize } = statfsSync(path)
  const most = Math.min(mostBytes, shareOfFree * bavail * bsize)
  const untilMs = performance.now() + 1000 * mostSeconds
  for (let i = 0; i < runCount && bytesOnDisk(path) < most && performance.now() < untilMs; i++)
    insertFile.run(`run-${i}`, blob)
  db.close()
}

const script = fileURLToPath(new URL('./firstPageProcess.ts', import.meta.url))

interface FirstPage {
  ms: number
  runs: number
  rssMiB: number
}

/** From nothing in a process of its own: open, unlock, and list the latest 200 runs. */
function firstPage(path: string): FirstPage {
  const done = spawnSync(process.execPath, [script, path, keyHex], { encoding: 'utf8' })
  if (done.status !== 0) throw new Error(done.stderr)
  return JSON.parse(done.stdout) as FirstPage
}

/** How long a large database takes to its first page, beside a small one: the difference is what its size costs. */
export const benchFirstPage = () =>
  inFolder(async (folder) => {
    const [large, small] = [join(folder, 'large.db'), join(folder, 'small.db')]
    await fill(large)
    const store = await openBenchStore(small)
    for (let i = 0; i < 20; i++) await addRun(store, `run-${i}`, i)
    await store.close()
    const cold = firstPage(large)
    const warm = Array.from({ length: 5 }, () => firstPage(large)).sort((a, b) => a.ms - b.ms)[2]!
    const little = Array.from({ length: 5 }, () => firstPage(small)).sort((a, b) => a.ms - b.ms)[2]!
    return {
      databaseGB: round(bytesOnDisk(large) / 1e9),
      runs: runCount,
      coldMs: round(cold.ms),
      warmMs: round(warm.ms),
      rssMiB: round(warm.rssMiB),
      smallDatabase: { ms: round(little.ms), rssMiB: round(little.rssMiB) },
      ratioToSmall: round(warm.ms / little.ms),
      reach: { ms: 300 },
    }
  })
