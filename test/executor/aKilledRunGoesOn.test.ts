import { expect, it } from 'vitest'
import type { ExposureEntry, Run } from '../../src/contract/run.ts'
import { soakTemplate } from '../support/soakTemplate.ts'
import { confirmStep } from '../support/tinyTemplate.ts'
import { openVirtualStation, type VirtualStation } from '../support/virtualStation.ts'

const confirm = () => ({ value: 'confirmed', who: 'Test operator' })
const minuteMs = 60_000
const unattended = (longestOutageS: number) => ({ recovery: { longestOutageS, unattended: true } })

const hoursOf = (entries: readonly ExposureEntry[], kind: string): number =>
  entries.filter((each) => each.class === kind).reduce((sum, each) => sum + each.durationMs, 0) / 3_600_000

/** Runs for a while, is killed, is away for a while, and comes back. */
async function interrupted(template: object, at: { afterMs: number; outageMs: number }) {
  const first = await openVirtualStation({ templates: [template], automaticAnswer: confirm })
  const work = async (): Promise<{ second: VirtualStation; run: Run }> => {
    const run = await first.start()
    await first.clock.sleep(at.afterMs)
    const second = await first.killAndRestart(at.outageMs)
    return { second, run }
  }
  return { first, ...(await first.run(work())) }
}

it('goes on by itself after a short outage, finishes its soak, and credits nothing that nobody saw', async () => {
  const template = soakTemplate({ before: [confirmStep('asked')], ...unattended(1800) })
  const { second, run } = await interrupted(template, { afterMs: 45 * minuteMs, outageMs: 10 * minuteMs })
  const ended = await second.run(second.station.whenEnded(run.id))
  expect(ended.problem).toBeNull()
  expect(ended).toMatchObject({ status: 'completed', verdict: 'pass' })
  expect(ended.recoveries).toMatchObject([{ decision: 'continue', who: 'station' }])

  const entries = await second.station.reader.exposureOf(run.id)
  // The soak's own clock had been saved a minute ago at most, the ledger's stretch five: so much is done again, or unknown.
  expect(hoursOf(entries, 'credited')).toBeGreaterThan(1 - 6 / 60)
  expect(hoursOf(entries, 'credited')).toBeLessThan(1.1)
  expect(hoursOf(entries, 'unknown') + hoursOf(entries, 'blind')).toBeGreaterThan(9.5 / 60)
  // One stretch begins where the one before it ends: what was not yet written down before the end is unknown, too.
  const rows = entries.toSorted((a, b) => a.fromUtcMs - b.fromUtcMs)
  const holes = rows.slice(1).filter((row, i) => row.fromUtcMs - rows[i]!.toUtcMs > 2 * minuteMs)
  expect(holes).toEqual([])
  const paths = second.journal(run.id).map(({ path }) => path)
  expect(new Set(paths).size).toBe(paths.length)
  expect(second.journal(run.id).every(({ outcome }) => outcome === 'done')).toBe(true)
  // Numbers of samples go on without a gap or a repetition.
  for (const channel of await second.station.reader.channels(run.id)) {
    let expected = 1
    for await (const row of second.station.reader.sampleRows(channel.id)) expect(row.seq).toBe(expected++)
    expect(expected).toBeGreaterThan(100)
  }
})

it('counts its steps on from where they were', async () => {
  const questions = ['one', 'two', 'three'].map((id) => confirmStep(id))
  const template = soakTemplate({ before: questions, ...unattended(1800) })
  const { second, run } = await interrupted(template, { afterMs: 45 * minuteMs, outageMs: 10 * minuteMs })
  const fractions = (from: VirtualStation): (number | null)[] =>
    from.events.flatMap((event) => (event.type === 'live' ? [event.live.fraction] : []))
  await second.run(second.station.whenEnded(run.id))
  // Three questions and three settings of the eight steps were done; the soak goes on.
  expect(fractions(second)[0]).toBeCloseTo(6 / 8, 9)
  expect(fractions(second).at(-1)).toBe(1)
})

it('waits for a person after a long outage, shows what the instruments say, and goes on when told', async () => {
  const { second, run } = await interrupted(soakTemplate(unattended(300)), {
    afterMs: 45 * minuteMs,
    outageMs: 60 * minuteMs,
  })
  const { station } = second
  expect((await station.detail(run.id)).run.status).toBe('interrupted')
  const report = await second.run(station.inspectRecovery(run.id))
  expect(report.outageMs).toBeGreaterThan(59 * minuteMs)
  expect(report.steps.map(({ path }) => path)).toEqual(['stress', 'stress/soak'])
  expect(report.unattended).toContain('longer than 300 s')
  const chamber = report.instruments.find((each) => each.name === 'Climate chamber')
  const temperature = chamber?.readings.find((each) => each.channel === 'temperature')
  // The chamber went on by itself: it is still warm.
  expect(temperature?.before).toBeCloseTo(40, 0)
  expect(temperature?.now).toBeCloseTo(40, 0)
  expect(second.events.filter((event) => event.type === 'run')).toEqual([])

  const ended = await second.run(
    station
      .recoverRun({ runId: run.id, decision: 'continue', who: 'Ada', reason: 'the chamber held its temperature' })
      .then(() => station.whenEnded(run.id)),
  )
  expect(ended).toMatchObject({ status: 'completed', recoveries: [{ who: 'Ada' }] })
})

it('is closed when told, without a verdict, and can’t go on afterwards', async () => {
  const { second, run } = await interrupted(soakTemplate(), { afterMs: 45 * minuteMs, outageMs: minuteMs })
  const { station } = second
  const decide = (decision: 'close' | 'continue') =>
    second.run(station.recoverRun({ runId: run.id, decision, who: 'Ada', reason: 'the module broke' }))
  expect(await decide('close')).toMatchObject({ status: 'closed', verdict: null })
  await expect(decide('continue')).rejects.toMatchObject({ code: 'run.illegal' })
})

it('never goes on by itself after an emergency stop', async () => {
  const lab = await openVirtualStation({ templates: [soakTemplate(unattended(1800))], automaticAnswer: confirm })
  const work = async () => {
    const run = await lab.start()
    await lab.clock.sleep(10 * minuteMs)
    lab.station.stopRun(run.id, 'the emergency stop', { emergency: true })
    // Killed before the stop is written down as the end.
    await lab.clock.sleep(1)
    return { run, second: await lab.killAndRestart(minuteMs) }
  }
  const { run, second } = await lab.run(work())
  const { status } = (await second.station.detail(run.id)).run
  expect(['interrupted', 'stopped']).toContain(status)
  await second.run(second.clock.sleep(10 * minuteMs))
  expect((await second.station.snapshot()).live).toEqual([])
})

it('sets a chamber again that lost what it was told, before it goes on', async () => {
  const { second, run } = await interrupted(soakTemplate(), { afterMs: 30 * minuteMs, outageMs: minuteMs })
  const { station } = second
  const chamber = run.instruments[0]!.instrumentId
  const { instruments } = station
  const goOn = async () => {
    await instruments.lock(chamber, { who: 'Ada' })
    await instruments.set({ id: chamber, name: 'temperatureC', value: 23, who: 'Ada' })
    await instruments.set({ id: chamber, name: 'run', value: false, who: 'Ada' })
    await instruments.unlock(chamber, 'Ada')
    await second.clock.sleep(60 * minuteMs)
    await station.recoverRun({ runId: run.id, decision: 'continue', who: 'Ada', reason: 'the chamber was off' })
    return station.whenEnded(run.id)
  }
  const ended = await second.run(goOn())
  expect(ended.problem).toBeNull()
  expect(ended).toMatchObject({ status: 'completed', verdict: 'pass' })
  const { events } = await station.detail(run.id)
  const again = events.filter((event) => event.text.startsWith('Done again'))
  expect(again.map(({ text }) => text.split(': ')[1])).toEqual(['Dry', 'To', 'On'])
})

it.each(['paused', 'stopping'] as const)('never goes on by itself where a person had it %s', async (leftAs) => {
  const template = soakTemplate({ ...unattended(1800), pause: { text: 'It stands still.', energy: 'off' } })
  const lab = await openVirtualStation({ templates: [template], automaticAnswer: confirm })
  const work = async () => {
    const run = await lab.start()
    await lab.clock.sleep(10 * minuteMs)
    if (leftAs === 'paused') await lab.station.pauseRun(run.id, 'Ada')
    else lab.station.stopRun(run.id, 'Ada')
    await lab.clock.sleep(1)
    return { run, second: await lab.killAndRestart(minuteMs) }
  }
  const { run, second } = await lab.run(work())
  await second.run(second.clock.sleep(10 * minuteMs))
  expect((await second.station.detail(run.id)).run).toMatchObject({ status: 'interrupted', leftAs })
  const report = await second.run(second.station.inspectRecovery(run.id))
  expect(report.unattended).toBe(leftAs === 'paused' ? 'it was paused' : 'it was being stopped')
})

it('an orderly end of the station leaves it to be gone on with, and the chamber as it is', async () => {
  const first = await openVirtualStation({ templates: [soakTemplate(unattended(1800))], automaticAnswer: confirm })
  const work = async () => {
    const run = await first.start()
    await first.clock.sleep(30 * minuteMs)
    await first.station.shutDown()
    return { run, second: await first.killAndRestart(5 * minuteMs) }
  }
  const { run, second } = await first.run(work())
  const ended = await second.run(second.station.whenEnded(run.id))
  expect(ended.problem).toBeNull()
  expect(ended).toMatchObject({ status: 'completed', verdict: 'pass', recoveries: [{ decision: 'continue' }] })
})
