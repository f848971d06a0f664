import type Database from 'better-sqlite3'
import { expect, it } from 'vitest'
import type { Run } from '../../src/contract/run.ts'
import { openVirtualStation } from '../support/virtualStation.ts'

const confirm = () => ({ value: 'confirmed', who: 'Test operator' })

/** Lets the file grow no more, and takes what room is left in its pages for events and the audit trail. */
function fill(db: Database.Database): void {
  db.pragma(`max_page_count = ${db.pragma('page_count', { simple: true }) as number}`)
  const insert = db.prepare(`INSERT INTO events (utc_ms, level, kind, text) VALUES (0, 'info', 'fill', ?)`)
  for (const bytes of [500, 50, 1])
    expect(() => {
      for (;;) insert.run('.'.repeat(bytes))
    }).toThrow(/full/)
}

const makeRoom = (db: Database.Database): void => void db.pragma('max_page_count = 1000000')

it('a disk that gets full in a sweep ends the run safe; it goes on without a restart once there is space', async () => {
  const lab = await openVirtualStation({ automaticAnswer: confirm })
  const { db, station, events } = lab
  const shown = { points: 0 }
  const states: string[] = []
  let tries = 0
  station.onEvent((event) => {
    if (event.type === 'sweepPoints') {
      shown.points += event.points.voltageV.length
      if (tries === 0 && shown.points >= 300) fill(db)
    }
    if (event.type === 'live') states.push(...event.live.safeStops.map(({ state }) => state))
    // The end can't be written: it is tried again and again. After some time somebody makes room.
    if (event.type === 'run' && event.run.status === 'aborted' && ++tries === 5) makeRoom(db)
  })
  const ended = await lab.run(lab.start().then(({ id }) => station.whenEnded(id)))
  expect(tries).toBeGreaterThanOrEqual(5)
  expect(ended).toMatchObject({ status: 'aborted', verdict: null, problem: { code: 'storage.full' } })
  expect(states.at(-1)).toBe('confirmed')

  const detail = await station.detail(ended.id)
  expect(detail.run).toEqual(ended)
  expect(detail).toMatchObject({ criteria: [], files: [] })
  const stored = detail.sweeps.reduce((sum, sweep) => sum + sweep.voltageV.length, 0)
  // Everything a window was shown had been acknowledged; nothing may be missing, and no half of a batch may be there.
  expect(stored).toBe(shown.points)
  expect(detail.sweeps.at(-1)?.complete).toBe(false)
  for (const sweep of detail.sweeps) expect(sweep.currentA).toHaveLength(sweep.voltageV.length)
  expect(detail.events.map(({ text }) => text).join('\n')).toMatch(/disk .* is full/)
  expect(db.pragma('integrity_check', { simple: true })).toBe('ok')
  expect(await station.reader.checkAudit()).toMatchObject({ faults: [] })

  const next = await lab.run(lab.start().then(({ id }) => station.whenEnded(id)))
  expect(next).toMatchObject({ status: 'completed', verdict: 'pass' } satisfies Partial<Run>)
  expect(events.filter((event) => event.type === 'runEnded')).toHaveLength(2)
})

it('the proof of the safe state is in the log of such a run', async () => {
  const lab = await openVirtualStation({ automaticAnswer: confirm })
  let tries = 0
  lab.station.onEvent((event) => {
    if (event.type === 'sweepPoints' && tries === 0) fill(lab.db)
    if (event.type === 'run' && event.run.status === 'aborted' && ++tries === 2) makeRoom(lab.db)
  })
  const ended = await lab.run(lab.start().then(({ id }) => lab.station.whenEnded(id)))
  expect(ended.problem?.code).toBe('storage.full')
  const proofs = (await lab.station.detail(ended.id)).events.filter(({ kind }) => kind === 'safeState')
  expect(proofs.map(({ text }) => text).join()).toMatch(/safe state confirmed/)
})

it('a disk that is full from the start refuses the run, and keeps no instrument', async () => {
  const lab = await openVirtualStation({ automaticAnswer: confirm })
  fill(lab.db)
  const refused = await lab.run(
    lab.start().then(
      ({ id }) => lab.station.whenEnded(id),
      (error: unknown) => error,
    ),
  )
  expect(refused).toMatchObject({ code: 'storage.full' })
  expect(lab.station.instruments.states().every(({ lockedBy }) => lockedBy === null)).toBe(true)
  makeRoom(lab.db)
  expect((await lab.station.snapshot()).runs).toEqual([])
})
