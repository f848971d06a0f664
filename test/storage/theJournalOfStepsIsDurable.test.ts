import { expect, it } from 'vitest'
import type { ExposureEntry } from '../../src/contract/run.ts'
import { temporaryFolder } from '../support/cli.ts'
import { dataFolderAt, openStore, storeRun } from '../support/store.ts'

const entry = { actor: 'Test operator', action: 'test', subject: 'run-1', detail: {} }
const exposure = (seq: number): ExposureEntry => ({
  exposure: 'damp heat',
  step: 'damp',
  lane: seq % 2 === 0 ? 'M-2' : null,
  seq,
  fromUtcMs: 1000 * seq,
  toUtcMs: 1000 * seq + 999.5,
  class: 'credited',
  durationMs: 999.5,
  amount: 0.1 * seq,
  reason: seq === 3 ? 'no data' : null,
})

it('a step is found with what it saved, entered but not ended, after the store was left as it was', async () => {
  const at = dataFolderAt(temporaryFolder())
  const first = openStore(at)
  await storeRun(first.store, { id: 'run-1', count: 3 })
  const step = { runId: 'run-1', path: 'main/soak', kind: 'hold' }
  await first.store.enterStep({ ...step, ordinal: 1, utcMs: 10 })
  await first.store.endStep({ runId: 'run-1', ordinal: 1, utcMs: 20, outcome: 'done' })
  await first.store.enterStep({ ...step, ordinal: 2, iteration: 7, utcMs: 30 })
  await first.store.saveStepState({ runId: 'run-1', ordinal: 2, state: { heldMs: 1 } })
  await first.store.saveStepState({ runId: 'run-1', ordinal: 2, state: { heldMs: 2 } })
  await expect(first.store.saveStepState({ runId: 'run-1', ordinal: 9, state: 1 })).rejects.toThrow(/no step 9/)
  // Not closed in order: a second connection sees what a killed process left.
  const second = openStore(at)
  expect(await second.store.stepsOf('run-1')).toEqual([
    {
      ordinal: 1,
      path: 'main/soak',
      iteration: 0,
      kind: 'hold',
      enteredUtcMs: 10,
      endedUtcMs: 20,
      outcome: 'done',
      state: null,
    },
    {
      ordinal: 2,
      path: 'main/soak',
      iteration: 7,
      kind: 'hold',
      enteredUtcMs: 30,
      endedUtcMs: null,
      outcome: null,
      state: { heldMs: 2 },
    },
  ])
  expect(await second.store.stepsOf('no such run')).toEqual([])
  first.db.close()
  second.db.close()
})

it('the ledger comes back entry by entry, and can’t be changed', async () => {
  const { db, store } = openStore(dataFolderAt(temporaryFolder()))
  await storeRun(store, { id: 'run-1', count: 3 })
  await store.addExposure('run-1', [exposure(1), exposure(2)])
  await store.addExposure('run-1', [exposure(3)])
  // All of a batch or nothing of it.
  await expect(store.addExposure('run-1', [exposure(4), exposure(3)])).rejects.toThrow(/UNIQUE/)
  expect(await store.exposureOf('run-1')).toEqual([exposure(1), exposure(2), exposure(3)])
  expect(() => db.exec('UPDATE ledger SET class = 1')).toThrow(/append-only/)
  expect(() => db.exec('DELETE FROM ledger')).toThrow(/append-only/)
  db.close()
})

it('a document of a run is replaced, and each time audited', async () => {
  const { db, store } = openStore(dataFolderAt(temporaryFolder()))
  await storeRun(store, { id: 'run-1', count: 3 })
  const at = { runId: 'run-1', name: 'queue' }
  expect(await store.documentOf('run-1', 'queue')).toBeUndefined()
  const before = (await store.auditRows('run-1')).length
  await store.saveDocument(at, { next: ['a', 'b'] }, entry)
  await store.saveDocument(at, { next: ['b'] }, entry)
  expect(await store.documentOf('run-1', 'queue')).toEqual({ next: ['b'] })
  expect((await store.auditRows('run-1')).length).toBe(before + 2)
  db.close()
})

it('raw bytes of a link come back as they went over the wire, and go only by a release in the audit trail', async () => {
  const { db, store } = openStore(dataFolderAt(temporaryFolder()))
  await storeRun(store, { id: 'run-1', count: 3 })
  const at = { runId: 'run-1', instrumentId: 'smu' }
  const frame = (utcMs: number) => ({
    utcMs,
    direction: utcMs % 2 === 0 ? ('sent' as const) : ('received' as const),
    bytes: Uint8Array.of(utcMs, 255, 0),
  })
  for (let i = 0; i < 200; i++) await store.appendTrace(at, [frame(2 * i), frame(2 * i + 1)])
  const read = async (span: { fromUtcMs?: number; toUtcMs?: number }) => {
    const frames = []
    for (let after: number | null = 0; after !== null;) {
      const page = await store.trace({ instrumentId: 'smu', ...span, after })
      frames.push(...page.frames)
      after = page.next
    }
    return frames
  }
  expect(await read({})).toEqual(Array.from({ length: 400 }, (_each, i) => frame(i)))
  expect(await read({ fromUtcMs: 101, toUtcMs: 103 })).toEqual([frame(101), frame(102), frame(103)])
  expect(() => db.exec('DELETE FROM link_trace')).toThrow(/only deleted by a release/)
  const before = (await store.checkAudit()).rows
  expect(await store.releaseTrace(100, entry)).toBe(50)
  expect((await read({}))[0]).toEqual(frame(100))
  expect(await store.checkAudit()).toMatchObject({ rows: before + 1, faults: [] })
  db.close()
})
