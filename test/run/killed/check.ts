import { openDatabase } from '../../../src/engine/storage/open.ts'
import { loadKeyFile } from '../../../src/engine/storage/keyFile.ts'
import { createLocalPort } from '../../../src/engine/storage/port.ts'
import { createReader, type Reader } from '../../../src/engine/storage/store.ts'
import { dataFolderAt } from '../../support/store.ts'
import { clockAt, openHere, startUtcMs } from './station.ts'

/** What was acknowledged, by kind, in its order. */
export function acknowledged(output: string): ReadonlyMap<string, readonly string[]> {
  const found = new Map<string, string[]>()
  // A line that a kill cut off was never said.
  for (const line of output.split('\n').slice(0, -1)) {
    const [word, kind = '', ...what] = line.split(' ')
    if (word === 'ack') found.set(kind, [...(found.get(kind) ?? []), what.join(' ')])
  }
  return found
}
type Acknowledged = ReturnType<typeof acknowledged>

async function samplesOf(reader: Reader, runId: string): Promise<{ faults: string[]; utcMs: Set<string> }> {
  const faults: string[] = []
  const utcMs = new Set<string>()
  for (const { id, name } of await reader.channels(runId)) {
    let last = 0
    for await (const row of reader.sampleRows(id)) {
      if (row.seq !== last + 1) faults.push(`${name}: sample ${row.seq} follows ${last}`)
      last = row.seq
      utcMs.add(String(row.utc_ms))
    }
  }
  return { faults, utcMs }
}

async function faultsOfRun(reader: Reader, runId: string, acked: Acknowledged): Promise<string[]> {
  const of = (kind: string): readonly string[] => acked.get(kind) ?? []
  const { faults, utcMs } = await samplesOf(reader, runId)
  const lost = of('reading').filter((each) => !utcMs.has(each))
  if (lost.length > 0) faults.push(`LOST: ${lost.length} readings, the first of ${lost[0]}`)
  const seqs = new Set((await reader.events(runId)).map(({ seq }) => String(seq)))
  const unlogged = of('log').filter((each) => !seqs.has(each))
  if (unlogged.length > 0) faults.push(`LOST: lines ${unlogged.join(', ')} of the log`)
  const steps = await reader.stepsOf(runId)
  const paths = steps.map(({ path }) => path)
  if (new Set(paths).size !== paths.length) faults.push('DUPLICATE: a step twice')
  const missing = of('step').filter((each) => !paths.includes(each))
  if (missing.length > 0) faults.push(`LOST: steps ${missing.join(', ')}`)
  const { run } = await reader.getRun(runId)
  if (of('end').includes('completed') && run.status !== 'completed') faults.push(`LOST: its end, it is ${run.status}`)
  const isDone = steps.length > 5 && steps.every(({ outcome }) => outcome === 'done')
  const isJudged = (await reader.criteria(runId)).length > 0 && run.verdict === 'pass'
  if (run.status === 'completed' && !(isDone && isJudged)) faults.push('FALSE: completed without its end')
  return faults
}

async function faultsOfFile(folder: string, acked: Acknowledged): Promise<string[]> {
  const at = dataFolderAt(folder)
  const db = openDatabase({ path: at.path, keyHex: loadKeyFile(at.keyFile, at.path), keyFile: at.keyFile })
  try {
    const integrity = String(db.pragma('integrity_check', { simple: true }))
    if (integrity !== 'ok') return [`CORRUPT: ${integrity}`]
    const reader = createReader({ port: createLocalPort({ db, path: at.path }), utcMs: () => 0 })
    const faults = [...(await reader.checkAudit()).faults]
    const runs = await reader.listRuns(10)
    if (runs.length < (acked.get('start')?.length ?? 0)) faults.push('LOST: the run')
    if (runs.length > 1) faults.push('DUPLICATE: the run')
    for (const { id } of runs) faults.push(...(await faultsOfRun(reader, id, acked)))
    return faults
  } finally {
    db.close()
  }
}

/** The next start, half an hour later: the run goes on by itself, to the same end and with nothing done twice. */
async function faultsOfNextLife(folder: string, acked: Acknowledged): Promise<string[]> {
  const readings = acked.get('reading') ?? []
  const clock = clockAt(Number(readings.at(-1) ?? startUtcMs) + 1_800_000)
  return clock.run(
    (async () => {
      const { station, close } = await openHere(folder, clock, true)
      const [first] = (await station.snapshot()).runs
      const ended = first && (await station.whenEnded(first.id))
      const faults = first ? await faultsOfRun(station.reader, first.id, acked) : []
      if (ended && ended.status !== 'completed')
        faults.push(`NOT RECOVERABLE: ${ended.status}, ${ended.problem?.happened}`)
      await close()
      return faults
    })(),
  )
}

/** Opens what is left of a killed run, says everything that is wrong with it, and lets a station go on with it. */
export async function faultsAfterKill(folder: string, acked: Acknowledged): Promise<string[]> {
  try {
    const faults = await faultsOfFile(folder, acked)
    return faults.length > 0 ? faults : await faultsOfNextLife(folder, acked)
  } catch (error) {
    return [`CORRUPT: ${String(error)}`]
  }
}
