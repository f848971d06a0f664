import { describe, expect, it } from 'vitest'
import { logProfileSchema, type BackFillRequest } from '../../src/contract/backFill.ts'
import type { Run } from '../../src/contract/run.ts'
import { loadRunView } from '../../src/engine/runView.ts'
import { soakTemplate } from '../support/soakTemplate.ts'
import { openVirtualStation, type VirtualStation } from '../support/virtualStation.ts'

const minuteMs = 60_000
const confirm = () => ({ value: 'confirmed', who: 'Test operator' })

/** A soak whose station was away for an hour in its middle, and which then went through. */
async function interruptedSoak() {
  const template = soakTemplate()
  const first = await openVirtualStation({ templates: [template], automaticAnswer: confirm })
  const work = async () => {
    const run = await first.start()
    await first.clock.sleep(45 * minuteMs)
    return { run, second: await first.killAndRestart(60 * minuteMs) }
  }
  return first.run(work())
}

async function goOn(second: VirtualStation, run: Run): Promise<Run> {
  const { station } = second
  const decided = { runId: run.id, decision: 'continue', who: 'Ada', reason: 'the chamber held it' } as const
  return second.run(station.recoverRun(decided).then(() => station.whenEnded(run.id)))
}

/** What the chamber's own recorder would have written: a row a minute, by a clock that may be wrong. */
function logOf(given: { fromMs: number; toMs: number; at: (utcMs: number) => number; aheadMs?: number }): string {
  const rows: string[] = []
  for (let utcMs = given.fromMs; utcMs <= given.toMs; utcMs += minuteMs) {
    const clock = new Date(utcMs + (given.aheadMs ?? 0)).toISOString().slice(0, 19).replace('T', ' ')
    rows.push(`${clock};${given.at(utcMs).toFixed(2)}`)
  }
  return `Time;Temperature\n${rows.join('\n')}\n`
}

const profile = logProfileSchema.parse({
  ...{ name: 'Chamber 1', delimiter: ';', time: { column: 1, order: 'ymd' } },
  values: [{ column: 2, title: 'Temperature', channel: 'temperature', unit: '°C' }],
})

const requestFor = (run: Run, text: string, more: Partial<BackFillRequest> = {}): BackFillRequest => ({
  ...{ runId: run.id, instrumentId: run.instruments[0]!.instrumentId, fileName: 'chamber.csv', text, profile },
  ...{ clockAheadS: 0, who: 'Ada', ...more },
})

/** The outage, as the run's own record has it. */
function outageOf(run: Run): { fromMs: number; toMs: number } {
  const recovery = run.recoveries![0]!
  return { fromMs: recovery.utcMs - recovery.outageMs, toMs: recovery.utcMs }
}

describe('the log of a chamber’s controller', () => {
  it('is kept as evidence beside the ledger, marked, bound to the signature, and credits nothing', async () => {
    const { run, second } = await interruptedSoak()
    const ended = await goOn(second, run)
    const { station } = second
    const { fromMs, toMs } = outageOf(ended)
    const before = await station.exposure(run.id)
    const text = logOf({ fromMs: fromMs - 30 * minuteMs, toMs: toMs + 12 * minuteMs, at: () => 40 })
    const after = await second.run(station.backFill.add(requestFor(ended, text)))

    expect(after.accounts).toEqual(before.accounts)
    expect(after.entries).toEqual(before.entries)
    const loss = after.losses.find((each) => each.fromUtcMs <= fromMs && each.toUtcMs >= toMs - 1000)!
    expect(loss.evidence?.missing).toEqual([])
    expect(loss.evidence?.insideMs).toBeGreaterThan(56 * minuteMs)
    expect(loss.evidence?.insideMs).toBeLessThanOrEqual(60 * minuteMs)
    expect(Math.abs(loss.evidence!.mostDeviation!.value)).toBeLessThan(2)
    // It still waits for a person.
    expect(loss.open).toBe(before.losses.find(({ seq }) => seq === loss.seq)!.open)

    const [kept] = after.backFills
    expect(kept).toMatchObject({
      provenance: 'backFilled',
      who: 'Ada',
      fileName: 'chamber.csv',
      instrumentName: 'Climate chamber',
    })
    expect(kept!.channels[0]!.gaps[0]!.before.compared).toBeGreaterThan(20)
    expect(kept!.channels[0]!.gaps[0]!.after.compared).toBeGreaterThan(8)
    expect(await station.reader.documentOf(run.id, `backFillFile.${kept!.fileSha256}`)).toMatchObject({ text })
    const audited = (await station.reader.auditRows(run.id)).map(({ action }) => action)
    expect(audited).toContain('run.backFill')
    // The station's own channels are as they were: nothing was mixed in.
    for (const channel of await station.reader.channels(run.id)) expect(channel.provenance).toBe('simulated')

    for (const each of after.losses.filter(({ open }) => open))
      await second.run(
        station.dispose({
          runId: run.id,
          seq: each.seq,
          decision: 'accept',
          reason: 'the chamber’s log shows it',
          who: 'Ada',
        }),
      )
    const signed = await second.run(station.sign({ runId: run.id, name: 'Ada', meaning: 'approved' }))
    expect(signed.signature?.backFillsSha256).toMatch(/^[0-9a-f]{64}$/)
    await expect(second.run(station.backFill.add(requestFor(ended, text)))).rejects.toMatchObject({
      code: 'run.illegal',
    })
  })

  it('stands in the run’s chart as a line of its own, in the gap and nowhere else', async () => {
    const { run, second } = await interruptedSoak()
    const ended = await goOn(second, run)
    const { reader, backFill } = second.station
    const { fromMs, toMs } = outageOf(ended)
    const channel = (await reader.channels(run.id)).find(({ name }) => name.endsWith('.temperature'))!
    const asked = { runId: run.id, channelIds: [channel.id], pixels: 300 }
    const before = await loadRunView(reader, asked)
    expect(before.backFilled).toBeUndefined()

    const text = logOf({ fromMs: fromMs - 30 * minuteMs, toMs: toMs + 12 * minuteMs, at: () => 41 })
    await second.run(backFill.add(requestFor(ended, text)))
    const { backFilled, ...rest } = await loadRunView(reader, asked)
    expect(rest.channels).toEqual(before.channels)
    const [filled] = backFilled!
    expect(filled).toMatchObject({ channelId: channel.id, fileNames: ['chamber.csv'] })
    const widthMs = (rest.toMs - rest.fromMs) / rest.pixels
    for (const [i, value] of filled!.first.entries()) {
      if (value === null) continue
      expect(value).toBe(41)
      expect(rest.fromMs + (i + 1) * widthMs).toBeGreaterThan(fromMs - minuteMs)
      expect(rest.fromMs + i * widthMs).toBeLessThan(toMs)
    }
    expect(filled!.first.filter((value) => value !== null).length).toBeGreaterThan(20)
    // The station’s own line stays broken there, and the log says nothing of what is not in it.
    const middleMs = (fromMs + toMs) / 2
    const isIn = (gap: { fromMs: number; toMs: number }): boolean => gap.fromMs < middleMs && gap.toMs > middleMs
    expect(rest.channels[0]!.gaps.some(isIn)).toBe(true)
    expect(filled!.gaps.some(isIn)).toBe(false)
  })

  it('is shown beyond the station’s last value while the run waits', async () => {
    const { run, second } = await interruptedSoak()
    const { reader, backFill, detail } = second.station
    const lastMs = (await reader.channelEnds(run.id))[0]!.lastUtcMs!
    const text = logOf({ fromMs: lastMs - 30 * minuteMs, toMs: lastMs + 40 * minuteMs, at: () => 41 })
    await second.run(backFill.add(requestFor((await detail(run.id)).run, text)))
    const channelIds = (await reader.channels(run.id)).map(({ id }) => id)
    const view = await loadRunView(reader, { runId: run.id, channelIds, pixels: 300 })
    expect(view.toMs - lastMs).toBeGreaterThan(38 * minuteMs)
    expect(view.backFilled![0]!.last.at(-1)).toBe(41)
  })

  it('is seen before it is kept, while the run still waits; a clock that is wrong shows in the deviation', async () => {
    const { run, second } = await interruptedSoak()
    const { station } = second
    const interrupted = (await station.detail(run.id)).run
    const lastMs = (await station.reader.channelEnds(run.id))[0]!.lastUtcMs!
    const rise = await station.reader.channels(run.id).then(async (channels) => {
      const id = channels.find(({ name }) => name.endsWith('.temperature'))!.id
      const rows: { utcMs: number; value: number }[] = []
      for await (const row of station.reader.sampleRows(id)) rows.push({ utcMs: row.utc_ms, value: row.value ?? 0 })
      return rows
    })
    const at = (utcMs: number): number => {
      const [before, after] = [rise.findLast((row) => row.utcMs <= utcMs), rise.find((row) => row.utcMs > utcMs)]
      if (!before || !after) return (before ?? after)!.value
      return before.value + ((after.value - before.value) * (utcMs - before.utcMs)) / (after.utcMs - before.utcMs)
    }
    // The log's clock is ten minutes ahead; the station's last hour holds the way up to 40 °C.
    const text = logOf({ fromMs: interrupted.startedUtcMs, toMs: lastMs + 40 * minuteMs, at, aheadMs: 10 * minuteMs })
    const wrong = await second.run(station.backFill.preview(requestFor(interrupted, text)))
    const right = await second.run(station.backFill.preview(requestFor(interrupted, text, { clockAheadS: 600 })))
    const worstOf = (made: typeof wrong): number => Math.abs(made.channels[0]!.gaps[0]!.before.mostDeviation!)
    expect(worstOf(wrong)).toBeGreaterThan(5)
    expect(worstOf(right)).toBeLessThan(0.1)
    expect(wrong.bestClockAheadS).toBe(600)
    expect(right.channels[0]!.gaps[0]!.toUtcMs).toBeNull()
    expect((await station.exposure(run.id)).backFills).toEqual([])
  })

  it.each([
    ['of another day', { day: -1 }, /none of this time/],
    ['of a time that is to come', { day: 1 }, /and now it is/],
    ['with nothing beside the gap', { inside: true }, /nothing shows that it belongs/],
  ] as const)('%s is refused', async (_what, kind: { day?: number; inside?: boolean }, says) => {
    const { run, second } = await interruptedSoak()
    const ended = await goOn(second, run)
    const { fromMs, toMs } = outageOf(ended)
    const byMs = kind.inside ? -3 * minuteMs : 12 * minuteMs
    const aheadMs = (kind.day ?? 0) * 86_400_000
    const text = logOf({ fromMs: fromMs - byMs, toMs: toMs + byMs, at: () => 40, aheadMs })
    await expect(second.run(second.station.backFill.add(requestFor(ended, text)))).rejects.toThrow(says)
    expect((await second.station.exposure(run.id)).backFills).toEqual([])
  })
})
