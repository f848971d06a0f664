import { describe, expect, it } from 'vitest'
import { StationError } from '../../src/contract/errors.ts'
import { openVirtualStation } from '../support/virtualStation.ts'
import {
  approve,
  curveRequest,
  enqueue,
  entryOf,
  openQueueStation,
  reaches,
  warm,
  warmRequest,
} from '../support/queueStation.ts'

const who = 'P. Person'

describe('a queued run', () => {
  it('waits for what is taken, is ready when that is free, and starts when a person says so', async () => {
    const on = await openQueueStation()
    const { station } = on
    const first = await on.run(station.startRun(warmRequest('M-1', { holdS: 600 })))
    const entry = await enqueue(on, warmRequest('M-2', { holdS: 60 }))
    expect(entry).toMatchObject({ state: 'waiting', queuedBy: 'O. Operator', unattended: null })
    expect(entry.reasons.join()).toMatch(/is taken by the run of PVTP-054 on M-1/)
    await on.run(station.whenEnded(first.id))
    const ready = await reaches(on, entry, 'ready')
    expect(ready.reasons).toEqual(['a person has to start it'])
    // Ready as long as nobody comes.
    await on.run(on.clock.sleep(24 * 3_600_000))
    expect(entryOf(on, entry).state).toBe('ready')
    const started = await on.run(station.queue.start({ id: entry.id, who }))
    expect(started).toMatchObject({ state: 'started', endedBy: who })
    const run = await on.run(station.whenEnded(started.runId!))
    expect(run).toMatchObject({ status: 'completed', operator: who, module: { id: 'M-2' } })
    const { events } = await station.detail(run.id)
    expect(events.map(({ text }) => text).join()).toContain('Started from the queue by P. Person')
    expect(on.errors).toEqual([])
  })

  it('tells who queued it, who isn’t always who runs the test', async () => {
    const on = await openQueueStation()
    expect(await enqueue(on, warmRequest('M-1'), { who })).toMatchObject({ queuedBy: who })
  })

  it('goes by the order of the instrument’s queue, which can be changed', async () => {
    const on = await openQueueStation()
    const { station } = on
    await on.run(station.startRun(warmRequest('M-1', { holdS: 600 })))
    const [a, b, c] = [
      await enqueue(on, warmRequest('A')),
      await enqueue(on, warmRequest('B')),
      await enqueue(on, curveRequest('C')),
    ]
    // Another instrument: nothing is before it.
    expect(entryOf(on, c).state).toBe('ready')
    await on.run(station.queue.move({ id: b.id, before: a.id, who }))
    const open = station.queue.all().map((each) => each.request.module.id)
    expect(open).toEqual(['B', 'A', 'C'])
    await reaches(on, b, 'ready')
    expect(entryOf(on, a).reasons).toEqual(['PVTP-054 on B is before it'])
    // Taken out, it holds nobody up.
    await on.run(station.queue.remove({ id: b.id, who, reason: 'broken on the way' }))
    expect(entryOf(on, a).state).toBe('ready')
    expect(entryOf(on, b)).toMatchObject({ state: 'removed', reasons: ['broken on the way'], endedBy: who })
    await expect(station.queue.start({ id: b.id, who })).rejects.toMatchObject({ code: 'run.queue' })
  })

  it('that can’t start says why, holds nobody up, and can be mended', async () => {
    const on = await openQueueStation()
    const { station } = on
    const a = await enqueue(on, { ...warmRequest('A'), roles: { chamber: [] } })
    const b = await enqueue(on, warmRequest('B'))
    const refused = await on.run(station.queue.start({ id: a.id, who }))
    expect(refused.state).toBe('refused')
    const lines = await on.run(station.preflight(refused.request))
    const problems = lines.filter((line) => line.state === 'problem').map((line) => `${line.title}: ${line.detail}`)
    expect(refused.reasons).toEqual(problems)
    expect(refused.reasons.join()).toMatch(/0 of 1 assigned/)
    expect(entryOf(on, b).state).toBe('ready')
    const mended = await on.run(station.queue.edit({ id: a.id, request: warmRequest('A', { holdS: 60 }), who }))
    expect(mended).toMatchObject({ state: 'ready', position: a.position, request: { parameters: { holdS: 60 } } })
    expect((await on.run(station.queue.start({ id: a.id, who }))).state).toBe('started')
    const actions = (await station.reader.auditRows(a.id)).map((row) => row.action)
    expect(actions).toEqual([
      ...['queue.add', 'queue.free', 'queue.start', 'queue.refuse', 'queue.edit', 'queue.free'],
      ...['queue.start', 'queue.begin'],
    ])
  })

  it('is refused at once where it makes no sense, and warned of where a run would go past it', async () => {
    const on = await openQueueStation()
    const refusal = (request: object) => on.run(on.station.queue.add({ request: request as never, who }))
    await expect(refusal(warmRequest('A', { holdS: 1e9 }))).rejects.toMatchObject({ code: 'protocol.badParameter' })
    await expect(refusal({ ...warmRequest('A'), roles: { chamber: ['none'] } })).rejects.toMatchObject({
      code: 'usage.notFound',
    })
    await expect(refusal({ ...warmRequest('A'), protocolId: 'PVTP-001' })).rejects.toThrow(/no protocol/)
    await enqueue(on, warmRequest('A'))
    const lines = await on.run(on.station.preflight(warmRequest('B')))
    expect(lines.find((line) => line.id === 'queue')).toMatchObject({ state: 'warning' })
    const other = await on.run(on.station.preflight(curveRequest('B')))
    expect(other.find((line) => line.id === 'queue')).toBeUndefined()
  })

  it('waits while somebody has the instrument in hand, and for the decision about an interrupted run', async () => {
    const on = await openQueueStation()
    await on.run(on.station.instruments.lock('sim-chamber', { who: 'H. Hand' }))
    const entry = await enqueue(on, warmRequest('A'))
    expect(entry.reasons.join()).toContain('is in the hand of H. Hand')
    await on.run(on.station.instruments.unlock('sim-chamber', 'H. Hand', { leaveOn: false }))
    await reaches(on, entry, 'ready')
    const started = await on.run(on.station.queue.start({ id: entry.id, who }))
    const next = await enqueue(on, warmRequest('B'))
    const again = await on.run(on.killAndRestart(60_000))
    expect(entryOf(again, next).reasons.join()).toContain('the interrupted run of PVTP-054 on A waits for a decision')
    const closed = { runId: started.runId!, decision: 'close' as const, who, reason: 'a rehearsal' }
    await again.run(again.station.recoverRun(closed))
    await reaches(again, next, 'ready')
  })
})

describe('the queue', () => {
  it('is there again after the station was killed, in its order and with its reasons', async () => {
    const on = await openQueueStation()
    const refused = await enqueue(on, { ...warmRequest('X'), roles: { chamber: [] } })
    await on.run(on.station.queue.start({ id: refused.id, who }))
    const [a, b] = [await enqueue(on, warmRequest('A')), await enqueue(on, warmRequest('B'))]
    await on.run(on.station.queue.move({ id: b.id, before: a.id, who }))
    const before = on.station.queue.all()
    const again = await on.run(on.killAndRestart(60_000))
    expect(again.station.queue.all().map((each) => [each.request.module.id, each.state])).toEqual([
      ['X', 'refused'],
      ['B', 'ready'],
      ['A', 'waiting'],
    ])
    expect(entryOf(again, refused).reasons).toEqual(before[0]!.reasons)
  })

  it('knows, when it was killed in the middle of a start, whether there is a run', async () => {
    const on = await openQueueStation()
    const [a, b] = [await enqueue(on, warmRequest('A')), await enqueue(on, curveRequest('B'))]
    const started = await on.run(on.station.queue.start({ id: a.id, who }))
    const asStarting = (id: string, runId: string) => {
      const entry = { ...entryOf(on, { id }), state: 'starting', runId }
      on.db.prepare('UPDATE queue SET state = ?, record = ? WHERE id = ?').run('starting', JSON.stringify(entry), id)
    }
    on.db.exec('DROP TRIGGER queue_ends')
    asStarting(a.id, started.runId!)
    asStarting(b.id, 'a run that never was')
    const again = await on.run(on.killAndRestart(1000))
    expect(entryOf(again, a)).toMatchObject({ state: 'started', runId: started.runId })
    expect(entryOf(again, b)).toMatchObject({ state: 'refused', runId: null })
  })

  it('knows it, too, where the disk was full in the middle of a start', async () => {
    const disk = { isFull: false }
    const full = () => (disk.isFull ? new StationError('storage.full', { path: '/disk', detail: 'full' }) : null)
    const on = await openVirtualStation({ templates: [warm], storageFault: full })
    const entry = await enqueue(on, warmRequest('A'))
    const off = on.station.onEvent((event) => {
      if (event.type === 'run') disk.isFull = true
    })
    await expect(on.run(on.station.queue.start({ id: entry.id, who }))).rejects.toMatchObject({ code: 'storage.full' })
    expect(entryOf(on, entry).state).toBe('starting')
    off()
    disk.isFull = false
    const next = await enqueue(on, warmRequest('B'))
    expect(entryOf(on, entry).state).toBe('started')
    expect(next.reasons).toEqual(['Climate chamber is taken by the run of PVTP-054 on A'])
  })

  it('doesn’t start what was queued with another content of its protocol', async () => {
    const on = await openQueueStation()
    const entry = await enqueue(on, warmRequest('A'))
    const changed = { ...warm, version: '1.1.0' }
    const again = await on.run(on.killAndRestart(1000, [changed]))
    const refused = await again.run(again.station.queue.start({ id: entry.id, who }))
    expect(refused).toMatchObject({ state: 'refused' })
    expect(refused.reasons.join()).toMatch(/it was 1\.0\.0 when this was queued, and is 1\.1\.0/)
  })
})

describe('two persons at two windows', () => {
  it('start it once', async () => {
    const on = await openQueueStation()
    await approve(on, 'PVTP-054')
    const entry = await enqueue(on, warmRequest('A', { holdS: 60 }))
    const both = await on.run(
      Promise.allSettled([
        on.station.queue.start({ id: entry.id, who: 'A' }),
        on.station.queue.start({ id: entry.id, who: 'B' }),
      ]),
    )
    expect(both.map(({ status }) => status)).toEqual(['fulfilled', 'rejected'])
    expect((await on.station.reader.listRuns(10)).length).toBe(1)
  })
})
