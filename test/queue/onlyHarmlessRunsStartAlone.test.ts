import { describe, expect, it } from 'vitest'
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
import { openVirtualStation, type VirtualStation } from '../support/virtualStation.ts'

const alone = { unattended: true }

async function openApproved(startsQueued = true): Promise<VirtualStation> {
  const on = await openQueueStation({ startsQueued })
  await approve(on, 'PVTP-054')
  await approve(on, 'PVTP-053')
  return on
}

describe('with the operator’s word', () => {
  it('a run that only makes warm air begins by itself when the chamber is free', async () => {
    const on = await openApproved()
    const first = await on.run(on.station.startRun(warmRequest('M-1', { holdS: 600 })))
    const entry = await enqueue(on, warmRequest('M-1', { holdS: 60 }), alone)
    expect(entry).toMatchObject({ state: 'waiting', unattended: { who: 'O. Operator' } })
    await on.run(on.station.whenEnded(first.id))
    const started = await reaches(on, entry, 'started')
    const run = await on.run(on.station.whenEnded(started.runId!))
    expect(run).toMatchObject({ status: 'completed', operator: 'O. Operator' })
    const { events } = await on.station.detail(run.id)
    expect(events.map(({ text }) => text).join()).toContain('by itself; O. Operator had allowed that')
    const trail = (await on.station.reader.auditRows(entry.id)).map((row) => [row.action, row.actor])
    expect(trail).toContainEqual(['queue.begin', 'station'])
    expect(on.errors).toEqual([])
  })

  it('nothing that can put energy on a module may be left to the station', async () => {
    const on = await openApproved()
    const request = on.station.queue.add({ request: curveRequest('A'), who: 'O', unattended: true })
    await expect(on.run(request)).rejects.toMatchObject({
      ...{ code: 'usage.invalidInput', message: expect.stringMatching(/energy.*a person has to start this/) as string },
    })
    expect(on.station.queue.whyAttended(curveRequest('A'))).toMatch(/“Source” can put electrical energy/)
    expect(on.station.queue.whyAttended(warmRequest('A'))).toBeNull()
  })

  it('no protocol that nobody approved', async () => {
    const on = await openQueueStation()
    expect(on.station.queue.whyAttended(warmRequest('A'))).toBe('the protocol is not approved')
  })

  it('nothing begins at a host that ends with its command', async () => {
    const on = await openApproved(false)
    const entry = await enqueue(on, warmRequest('A'), alone)
    await on.run(on.clock.sleep(3_600_000))
    expect(entryOf(on, entry)).toMatchObject({ state: 'ready', reasons: ['a person has to start it'] })
  })
})

describe('it waits for a person all the same', () => {
  const after = async (end: (on: VirtualStation, runId: string) => void, moduleId = 'M-1') => {
    const on = await openApproved()
    const first = await on.run(on.station.startRun(warmRequest(moduleId, { holdS: 600 })))
    const entry = await enqueue(on, warmRequest('M-1', { holdS: 60 }), alone)
    end(on, first.id)
    await on.run(on.station.whenEnded(first.id))
    const ready = await reaches(on, entry, 'ready')
    await on.run(on.clock.sleep(3_600_000))
    expect(entryOf(on, entry).state).toBe('ready')
    return ready.reasons.join()
  }

  it('where the run before it was stopped', async () => {
    const stop = (on: VirtualStation, runId: string) => on.station.stopRun(runId, 'S. Stop', { emergency: true })
    expect(await after(stop)).toMatch(/a person has to start it: .* is stopped: somebody has to look first/)
  })

  it('where the run before it was on another module, which is still in the chamber', async () => {
    expect(await after(() => undefined, 'M-9')).toMatch(/was on M-9: somebody has to change modules/)
  })

  it('where the pre-flight is not green: it is refused with the reason', async () => {
    const on = await openApproved()
    const entry = await enqueue(on, { ...warmRequest('A'), roles: { chamber: [] } }, alone)
    const refused = await reaches(on, entry, 'refused')
    expect(refused.reasons.join()).toMatch(/0 of 1 assigned/)
    await on.run(on.clock.sleep(3_600_000))
    expect((await on.station.reader.listRuns(10)).length).toBe(0)
  })

  it('where a warning came up that the operator has not seen', async () => {
    const unsure = { ...warm.parameters[0], mark: 'C', minimum: 0 }
    const template = { ...warm, parameters: [unsure, ...warm.parameters.slice(1)] }
    const on = await openVirtualStation({ templates: [template], startsQueued: true })
    await approve(on, 'PVTP-054')
    const begun = await reaches(on, await enqueue(on, warmRequest('A', { holdS: 60 }), alone), 'started')
    await on.run(on.station.whenEnded(begun.runId!))
    const before = await enqueue(on, warmRequest('B'))
    const entry = await enqueue(on, warmRequest('A', { holdS: 60 }), alone)
    expect(entry.unattended?.warnings.join()).toContain('still at an uncertain default: warmC')
    on.db.exec(
      `UPDATE queue SET record = json_set(record, '$.unattended.warnings', json('[]')) WHERE id = '${entry.id}'`,
    )
    const again = await on.run(on.killAndRestart(1000))
    await again.run(again.station.queue.remove({ id: before.id, who: 'O', reason: 'not now' }))
    expect((await reaches(again, entry, 'refused')).reasons.join()).toMatch(/uncertain default.*nobody has seen this/)
  })

  it('where somebody had the chamber in hand meanwhile, and no word is taken while somebody has', async () => {
    const on = await openApproved()
    const first = await on.run(on.station.startRun(warmRequest('A', { holdS: 600 })))
    const entry = await enqueue(on, warmRequest('A', { holdS: 60 }), alone)
    const off = on.station.onEvent((event) => {
      // In the very moment in which the chamber is given back.
      const isFree =
        event.type === 'instruments' &&
        event.instruments.some((each) => each.config.id === 'sim-chamber' && each.lockedBy === null)
      if (isFree && entryOf(on, entry).state === 'waiting')
        on.station.instruments.lock('sim-chamber', { who: 'H. Hand' }).catch(() => undefined)
    })
    await on.run(on.station.whenEnded(first.id))
    await on.run(on.clock.sleep(60_000))
    off()
    expect(entryOf(on, entry)).toMatchObject({ state: 'waiting', unattended: null })
    await expect(enqueue(on, warmRequest('A'), alone)).rejects.toThrow(/in the hand of H\. Hand/)
    await on.run(on.station.instruments.unlock('sim-chamber', 'H. Hand', { leaveOn: false }))
    expect((await reaches(on, entry, 'ready')).reasons).toEqual(['a person has to start it'])
  })

  it('where somebody had the chamber in hand while the station was busy with another entry', async () => {
    const on = await openApproved()
    const { instruments, queue } = on.station
    const before = await enqueue(on, warmRequest('B'))
    const entry = await enqueue(on, warmRequest('A', { holdS: 60 }), alone)
    // Its pre-flight asks the curve tracer, which takes its time to say nothing.
    const other = await enqueue(on, curveRequest('C'))
    on.setFault('keithley-2460', 'no-answer')
    const busy = queue.start({ id: other.id, who: 'O' })
    const removed = queue.remove({ id: before.id, who: 'O', reason: 'not now' })
    await on.run(instruments.lock('sim-chamber', { who: 'H. Hand' }))
    await on.run(instruments.unlock('sim-chamber', 'H. Hand'))
    expect(entryOf(on, other).state).toBe('starting')
    await on.run(Promise.all([busy, removed]).then(() => on.clock.sleep(3_600_000)))
    expect(entryOf(on, entry)).toMatchObject({ state: 'ready', unattended: null })
  })

  describe('where the run before it had the chamber as a part of a PID station', () => {
    const parts = { hv: ['sim-hv'], leakage: ['sim-hv'], chamber: ['sim-chamber'], interlock: ['sim-door'] }
    const pid = { id: 'pid', name: 'PID station', driver: 'pid-station', link: 'parts:', deviations: [] }
    const openWithPid = async () => {
      const on = await openApproved()
      on.station.instruments.put({ ...pid, parts, calibration: null })
      const request = { ...warmRequest('M-9', { holdS: 600 }), roles: { chamber: ['pid'] } }
      const first = await on.run(on.station.startRun(request))
      return { on, first, entry: await enqueue(on, warmRequest('M-1', { holdS: 60 }), alone) }
    }
    it('and another module', async () => {
      const { on, first, entry } = await openWithPid()
      await on.run(on.station.whenEnded(first.id))
      expect((await reaches(on, entry, 'ready')).reasons.join()).toMatch(/was on M-9: somebody has to change modules/)
    })
    it('and was interrupted', async () => {
      const { on, entry } = await openWithPid()
      const again = await on.run(on.killAndRestart(1000))
      await again.run(again.clock.sleep(3_600_000))
      expect(entryOf(again, entry)).toMatchObject({ state: 'waiting' })
      expect(entryOf(again, entry).reasons.join()).toMatch(/interrupted run of PVTP-054 on M-9 waits for a decision/)
    })
  })

  it('where the approval was taken back meanwhile', async () => {
    const on = await openApproved()
    const first = await on.run(on.station.startRun(warmRequest('A', { holdS: 600 })))
    const entry = await enqueue(on, warmRequest('A', { holdS: 60 }), alone)
    const sha256 = on.station.approvals.of(on.station.protocols.get('PVTP-054')).sha256
    const act = { id: 'PVTP-054', sha256, name: 'B. Boss', role: 'head', comment: 'an error was found in it' }
    await on.run(on.station.approvals.act('retire', act))
    await on.run(on.station.whenEnded(first.id))
    expect((await reaches(on, entry, 'ready')).reasons.join()).toContain('the protocol is not approved')
  })

  it('while the station shuts down', async () => {
    const on = await openApproved()
    await on.run(on.station.startRun(warmRequest('A', { holdS: 600 })))
    const entry = await enqueue(on, warmRequest('A', { holdS: 60 }), alone)
    await on.run(on.station.shutDown())
    expect(entryOf(on, entry).state).toBe('waiting')
    expect((await on.station.reader.listRuns(10)).length).toBe(1)
  })
})
