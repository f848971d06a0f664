import { describe, expect, it } from 'vitest'
import { StationError } from '../../src/contract/errors.ts'
import type { RunLive } from '../../src/contract/run.ts'
import { soakTemplate } from '../support/soakTemplate.ts'
import { openVirtualStation } from '../support/virtualStation.ts'

const minuteMs = 60_000
const pause = { text: 'The chamber holds its temperature.', energy: 'off' }
const recovery = (unattended: boolean) => ({ recovery: { longestOutageS: 600, unattended } })

/** A soak of an hour; the disk is full from its 20th minute on, for 40 minutes. */
async function open(more: object) {
  const around: { error: StationError | null } = { error: null }
  const lab = await openVirtualStation({
    templates: [soakTemplate({ pause, ...more })],
    automaticAnswer: () => ({ value: 'confirmed', who: 'Test operator' }),
    storageFault: () => around.error,
  })
  const live = async (): Promise<RunLive | undefined> => (await lab.station.snapshot()).live[0]
  const sleep = (minutes: number) => lab.clock.sleep(minutes * minuteMs)
  /** Starts a run, and the disk is full so many minutes later. */
  const fullAfter = async (minutes: number, parameters: Record<string, number> = {}) => {
    const run = await lab.start(parameters)
    await sleep(minutes)
    around.error = new StationError('storage.full', { path: '/data/station.db' })
    return run
  }
  return { lab, live, sleep, fullAfter, makeRoom: () => void (around.error = null) }
}
type Opened = Awaited<ReturnType<typeof open>>

const rowsOf = async ({ lab }: Opened, runId: string) => {
  const channels = await lab.station.reader.channels(runId)
  const temperature = channels.find(({ name }) => name.startsWith('chamber.') && name.endsWith('.temperature'))
  const rows = []
  for await (const row of lab.station.reader.sampleRows(temperature?.id ?? 0)) rows.push(row)
  return rows
}
const credited = async ({ lab }: Opened, runId: string): Promise<number> =>
  (await lab.station.reader.exposureOf(runId))
    .filter((each) => each.class === 'credited')
    .reduce((sum, each) => sum + each.durationMs, 0) / minuteMs

/** What a run is to the next station, which has room, of one that was killed without. */
async function afterKill(disk: Opened, runId: string) {
  const killed = disk.lab.killAndRestart(minuteMs)
  await disk.lab.clock.sleep(minuteMs - 1)
  disk.makeRoom()
  const next = await killed
  await disk.sleep(5)
  return next.station.detail(runId)
}

it('a soak stands still while the disk is full, says so, and goes on by itself with nothing lost', async () => {
  const disk = await open(recovery(true))
  const { lab } = disk
  const shown = { readings: 0 }
  lab.station.onEvent((event) => void (event.type === 'reading' && shown.readings++))
  const startMs = lab.clock.monotonicMs()
  const work = async () => {
    const { id } = await disk.fullAfter(20)
    await disk.sleep(20)
    const live = await disk.live()
    const before = shown.readings
    await disk.sleep(20)
    // What isn't stored isn't shown.
    expect(shown.readings).toBe(before)
    disk.makeRoom()
    return { live, run: await lab.station.whenEnded(id) }
  }
  const { live, run } = await lab.run(work())
  expect(live?.diskFull).toBe(true)
  expect(live?.paused).toMatch(
    /disk that holds \/data\/station.db is full; make room there, the test then goes on by itself/,
  )
  expect(run).toMatchObject({ status: 'completed', verdict: 'pass', problem: null })
  // An hour counts, and the forty minutes are none of it.
  expect((lab.clock.monotonicMs() - startMs) / minuteMs).toBeGreaterThan(99)
  expect(await credited(disk, run.id)).toBeGreaterThan(59)
  expect(await credited(disk, run.id)).toBeLessThan(62)

  const rows = await rowsOf(disk, run.id)
  rows.forEach((row, i) => expect(row.seq).toBe(i + 1))
  // The reading that was being stored when the disk got full is there, with the time at which it was measured.
  const gaps = rows.slice(1).map((row, i) => (row.monotonic_ms - rows[i]!.monotonic_ms) / minuteMs)
  expect(gaps.filter((each) => each > 5)).toHaveLength(1)
  expect(Math.max(...gaps)).toBeGreaterThan(38)
  const { events } = await lab.station.detail(run.id)
  expect(events.filter(({ kind }) => kind === 'disk').map(({ level }) => level)).toEqual(['error', 'info'])
  expect(new Set(lab.journal(run.id).map(({ path }) => path)).size).toBe(lab.journal(run.id).length)
  expect(await lab.station.reader.checkAudit()).toMatchObject({ faults: [] })
})

it('waits for a person where the protocol wants one, and can’t be let go on before there is room', async () => {
  const disk = await open(recovery(false))
  const { lab } = disk
  const work = async () => {
    const { id } = await disk.fullAfter(20)
    await disk.sleep(5)
    const refused: unknown = await lab.station.resumeRun(id, 'Ada').catch((error: unknown) => error)
    const again: unknown = await lab.station.pauseRun(id, 'Ada').catch((error: unknown) => error)
    disk.makeRoom()
    await disk.sleep(10)
    const waiting = { live: await disk.live(), run: (await lab.station.detail(id)).run }
    await lab.station.resumeRun(id, 'Ada')
    return { refused, again, waiting, run: await lab.station.whenEnded(id) }
  }
  const { refused, again, waiting, run } = await lab.run(work())
  expect([refused, again]).toMatchObject([{ code: 'storage.full' }, { code: 'storage.full' }])
  expect(waiting).toMatchObject({ live: { diskFull: false }, run: { status: 'paused' } })
  expect(waiting.live?.paused).toContain('a person has to let it go on')
  expect(run).toMatchObject({ status: 'completed', verdict: 'pass' })
})

it('is stopped at once when told, also while the disk is full', async () => {
  const disk = await open(recovery(true))
  const { lab } = disk
  const work = async () => {
    const { id } = await disk.fullAfter(20)
    await disk.sleep(5)
    const stoppedMs = lab.clock.monotonicMs()
    lab.station.stopRun(id, 'Ada')
    await lab.clock.sleep(3000)
    const live = await disk.live()
    await disk.sleep(5)
    disk.makeRoom()
    return { stoppedMs, live, run: await lab.station.whenEnded(id) }
  }
  const { live, run } = await lab.run(work())
  expect(live?.safeStops).toMatchObject([{ state: 'confirmed' }])
  expect(run).toMatchObject({ status: 'stopped', verdict: null, problem: { code: 'run.stopped' } })
})

it('is ended in its safe state where the protocol knows no pause', async () => {
  const disk = await open({ pause: undefined })
  const { lab } = disk
  const work = async () => {
    const { id } = await disk.fullAfter(20)
    await disk.sleep(5)
    disk.makeRoom()
    return lab.station.whenEnded(id)
  }
  const run = await lab.run(work())
  expect(run).toMatchObject({ status: 'aborted', verdict: null, problem: { code: 'storage.full' } })
})

it('who stopped it, and what was done by hand meanwhile, is in the audit trail once there is room', async () => {
  const disk = await open(recovery(true))
  const { lab } = disk
  const work = async () => {
    const { id } = await disk.fullAfter(20)
    await disk.sleep(20)
    lab.station.stopRun(id, 'E. Eve', { emergency: true })
    await lab.station.instruments.lock('sim-hv', { who: 'H. Hand' })
    await disk.sleep(20)
    disk.makeRoom()
    await disk.sleep(1)
    return lab.station.whenEnded(id)
  }
  const run = await lab.run(work())
  expect(run).toMatchObject({ status: 'stopped', emergency: true })
  const rows = [...(await lab.station.reader.auditRows(run.id)), ...(await lab.station.reader.auditRows('sim-hv'))]
  const acts = rows.map(({ actor, action }) => `${actor} ${action}`)
  expect(acts).toContain('E. Eve run.emergencyStop')
  expect(acts.filter((act) => act === 'H. Hand instrument.lock')).toHaveLength(1)
})

it('is not gone on with by itself when it was stopped while nothing could be stored, and the station was killed then', async () => {
  const disk = await open(recovery(true))
  const { lab } = disk
  const work = async () => {
    const { id } = await disk.fullAfter(20)
    await disk.sleep(2)
    lab.station.stopRun(id, 'Ada')
    await lab.clock.sleep(3000)
    return afterKill(disk, id)
  }
  const { run } = await lab.run(work())
  expect(run).toMatchObject({ status: 'interrupted', leftAs: 'stopping' })
})

describe('guards while the disk is full', () => {
  const watching = (guard: object) => ({
    ...recovery(true),
    guards: [
      {
        id: 'g',
        title: 'Watch',
        band: { role: 'chamber', channel: 'temperature', minimum: -100 },
        action: 'stop',
        ...guard,
      },
    ],
  })
  /** The chamber warms up to its set-point while nothing can be stored, and beyond what the guard lets. */
  const warmUp = async (disk: Opened): Promise<string> => {
    const { id } = await disk.fullAfter(1, { warmC: 60 })
    await disk.sleep(60)
    return id
  }
  const tooHot = { band: { role: 'chamber', channel: 'temperature', maximum: 45 } }

  it('see what isn’t recorded, and stop the run then', async () => {
    const disk = await open(watching(tooHot))
    const { lab } = disk
    const work = async () => {
      const id = await warmUp(disk)
      const live = await disk.live()
      disk.makeRoom()
      return { live, run: await lab.station.whenEnded(id) }
    }
    const { live, run } = await lab.run(work())
    expect(live?.safeStops).toMatchObject([{ state: 'confirmed' }])
    expect(run).toMatchObject({ status: 'aborted', verdict: null, problem: { code: 'run.guard' } })
    expect(run.problem?.happened).toContain('above 45')
    // It was stopped by what was never stored.
    const values = (await rowsOf(disk, run.id)).map((row) => row.value ?? 0)
    expect(Math.max(...values)).toBeLessThan(45)
    const acts = (await lab.station.reader.auditRows(run.id)).map(({ actor, action }) => `${actor} ${action}`)
    expect(acts).toContain('station run.stop')
  })

  it('notice that an instrument fell silent', async () => {
    const disk = await open(watching({ silenceS: 120 }))
    const { lab } = disk
    const work = async () => {
      const { id } = await disk.fullAfter(20)
      await disk.sleep(10)
      const before = (await disk.live())?.safeStops
      lab.setFault('espec-p300', 'no-answer')
      await disk.sleep(4)
      lab.setFault('espec-p300', '')
      await disk.sleep(2)
      disk.makeRoom()
      return { before, run: await lab.station.whenEnded(id) }
    }
    const { before, run } = await lab.run(work())
    // Nothing was wrong with a silence of ten minutes that was the disk's.
    expect(before).toEqual([])
    expect(run).toMatchObject({ status: 'aborted', verdict: null })
    const { events } = await lab.station.detail(run.id)
    expect(events.filter(({ kind }) => kind === 'guard').map(({ text }) => text)).toMatchObject([
      expect.stringContaining('no values for 120 s'),
    ])
  })

  it('a run they stopped isn’t gone on with by itself by a station that was killed before there was room', async () => {
    const disk = await open(watching(tooHot))
    const { lab } = disk
    const work = async () => {
      const id = await warmUp(disk)
      return afterKill(disk, id)
    }
    const { run } = await lab.run(work())
    expect(run).toMatchObject({ status: 'interrupted', leftAs: 'stopping' })
  })
})
