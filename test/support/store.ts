import { join } from 'node:path'
import type Database from 'better-sqlite3'
import type { Run } from '../../src/contract/run.ts'
import type { Template } from '../../src/contract/template.ts'
import { loadKeyFile } from '../../src/engine/storage/keyFile.ts'
import { openDatabase } from '../../src/engine/storage/open.ts'
import { createLocalPort } from '../../src/engine/storage/port.ts'
import { createStore, type Store } from '../../src/engine/storage/store.ts'
import { createDossier } from '../reports/fixture.ts'

export interface DataFolder {
  folder: string
  path: string
  keyFile: string
}

export const dataFolderAt = (folder: string): DataFolder => ({
  folder,
  path: join(folder, 'station.db'),
  keyFile: join(folder, 'station.key'),
})

/** The database of a data folder as the station opens it, and the store on it. */
export function openStore(at: DataFolder): { db: Database.Database; store: Store } {
  const db = openDatabase({ path: at.path, keyHex: loadKeyFile(at.keyFile, at.path), keyFile: at.keyFile })
  const port = createLocalPort({ db, path: at.path })
  return { db, store: createStore({ port, utcMs: () => Date.UTC(2026, 5, 1) }) }
}

const audit = (action: string, subject: string) => ({ actor: 'Test operator', action, subject, detail: { action } })

/** A running run with one channel and `count` samples in it; returns the channel. */
export async function storeRun(store: Store, given: { id: string; count: number; change?: Partial<Run> }) {
  const { run, template } = createDossier()
  const own: Run = { ...run, id: given.id, status: 'running', verdict: null, signature: null, ...given.change }
  await store.addRun(own, template satisfies Template, audit('run.start', given.id))
  const channel = await store.addChannel({
    runId: given.id,
    name: 'irradiance.cell',
    unit: 'W/m²',
    provenance: 'simulated',
    instrumentId: 'cell',
    instrumentName: 'Cell',
    calibration: null,
  })
  const numbers = Array.from({ length: given.count }, (_each, i) => i)
  await store.appendSamples([
    {
      channelId: channel,
      firstSeq: 1,
      utcMs: numbers.map((i) => 1000 * i),
      monotonicMs: numbers,
      value: numbers.map((i) => 1000 + i),
    },
  ])
  const utcMs = Date.UTC(2026, 5, 1)
  for (let i = 1; i <= 3; i++)
    await store.addEvent({ runId: given.id, utcMs, level: 'info', kind: 'test', text: `event ${i}` })
  for (let i = 1; i <= 6; i++) await store.audit(audit(`test.${i}`, given.id))
  return { run: own, channel }
}
