import { copyFileSync, existsSync } from 'node:fs'
import type { SamplePage } from '../../../src/contract/sample.ts'
import { openDatabase } from '../../../src/engine/storage/open.ts'
import { createLocalPort } from '../../../src/engine/storage/port.ts'
import { createStore } from '../../../src/engine/storage/store.ts'
import { storeRun } from '../../support/store.ts'
import { channelIds, keyFile, rounds, runId, samplesPerRound, stepOf, sweepAt, valueOf } from './plan.ts'

export const keyHex = '0123456789abcdef'.repeat(4)

/** A database as the workload finds it: with the run, its channels and a sweep begun. */
export async function prepare(path: string): Promise<void> {
  const db = openDatabase({ path, keyHex, keyFile })
  const store = createStore({ port: createLocalPort({ db, path }), utcMs: () => 0 })
  const { channel } = await storeRun(store, { id: runId, count: 0 })
  const second = await store.addChannel({
    runId,
    name: 'iv.voltage',
    unit: 'V',
    provenance: 'simulated',
    instrumentId: null,
    instrumentName: 'x',
    calibration: null,
  })
  if (channel !== channelIds[0] || second !== channelIds[1]) throw new Error('the channels have other numbers')
  await store.addSweep({
    ...sweepAt,
    id: 'a',
    stepId: 'a',
    direction: null,
    provenance: 'simulated',
    startedUtcMs: 0,
    voltageChannel: second,
    currentChannel: second,
  })
  db.close()
}

export const copyDatabase = (from: string, to: string): void => {
  for (const end of ['', '-wal']) if (existsSync(from + end)) copyFileSync(from + end, to + end)
}

/** The latest number that was acknowledged, by name. */
export function acknowledged(output: string): Map<string, number> {
  const found = new Map<string, number>()
  // A line that a kill cut off was never said.
  const lines = output.split('\n').slice(0, -1)
  for (const line of lines) {
    const [word, name, number] = line.split(' ')
    if (word === 'ack') found.set(name!, Number(number))
  }
  return found
}

async function checkSamples(store: ReturnType<typeof createStore>, acked: number): Promise<string[]> {
  const faults: string[] = []
  const lengths: number[] = []
  for (const channelId of channelIds) {
    let last = 0
    for (let fromSeq: number | null = 1; fromSeq !== null;) {
      const page: SamplePage = await store.samples({ channelId, fromSeq, limit: 20_000 })
      for (const [i, seq] of page.seq.entries()) {
        if (seq !== last + 1) faults.push(`channel ${channelId}: sample ${seq} follows ${last}`)
        if (page.value[i] !== valueOf(channelId, seq))
          faults.push(`channel ${channelId}: sample ${seq} is ${page.value[i]}`)
        last = seq
      }
      fromSeq = page.nextSeq
    }
    if (last < acked * samplesPerRound)
      faults.push(`LOST: channel ${channelId} ends at ${last}, round ${acked} was acknowledged`)
    if (last % samplesPerRound !== 0) faults.push(`channel ${channelId} has half a round: ${last}`)
    lengths.push(last)
  }
  if (new Set(lengths).size > 1) faults.push(`half a transaction: ${lengths.join(' and ')}`)
  return faults
}

/**
 * Opens what is left as a station would at its next start, and says everything that is wrong with it; then goes on with
 * it, as a resumed run does.
 */
export async function faultsOf(path: string, acked: ReadonlyMap<string, number>): Promise<string[]> {
  const faults: string[] = []
  let db
  try {
    db = openDatabase({ path, keyHex, keyFile })
    const integrity = db.pragma('integrity_check', { simple: true })
    if (integrity !== 'ok') return [`CORRUPT: ${String(integrity)}`]
    const store = createStore({ port: createLocalPort({ db, path }), utcMs: () => 0 })
    faults.push(...(await checkSamples(store, acked.get('samples') ?? 0)))
    const steps = await store.stepsOf(runId)
    const expected = steps.map((_each, i) => stepOf(i + 1).path)
    if (JSON.stringify(steps.map((step) => step.path)) !== JSON.stringify(expected))
      faults.push('DUPLICATE or gap in the steps')
    if (steps.length < (acked.get('step') ?? 0))
      faults.push(`LOST: ${steps.length} steps, ${acked.get('step')} acknowledged`)
    const ended = steps.filter((step) => step.outcome === 'done').length
    if (ended < Math.floor((acked.get('end') ?? 0) / 3)) faults.push(`LOST: the end of step ${acked.get('end')}`)
    const trail = await store.auditRows(runId)
    const rows = trail.filter((row) => row.action === 'round').length
    if (rows < Math.floor((acked.get('audit') ?? 0) / 4) || rows > rounds / 4)
      faults.push(`LOST or DUPLICATE: ${rows} audit rows`)
    faults.push(...(await store.checkAudit()).faults)
    for (const { channelId, nextSeq } of await store.nextSeqs(runId))
      await store.appendSamples([{ channelId, firstSeq: nextSeq, utcMs: [2e12], monotonicMs: [0], value: [1] }])
  } catch (error) {
    faults.push(`CORRUPT: ${String(error)}`)
  } finally {
    db?.close()
  }
  return faults
}
