import { describe, expect, it } from 'vitest'
import type { BackFill } from '../../contract/backFill.ts'
import { bestClockAheadS, fillGap, gapsOf, type Line } from './align.ts'
import { evidenceOf } from './evidence.ts'

const minuteMs = 60_000
const hourMs = 60 * minuteMs

/** Values of a function of time, from one hour to another. */
function line(fromH: number, toH: number, given: { everyMs: number; at: (hours: number) => number }): Line {
  const count = Math.round(((toH - fromH) * hourMs) / given.everyMs)
  const timeMs = Array.from({ length: count + 1 }, (_none, i) => fromH * hourMs + i * given.everyMs)
  return { timeMs, value: timeMs.map((time) => given.at(time / hourMs)) }
}
const joined = (...lines: Line[]): Line => ({
  timeMs: lines.flatMap(({ timeMs }) => timeMs),
  value: lines.flatMap(({ value }) => value),
})

const wave = (hours: number): number => 60 + 20 * Math.sin(2 * Math.PI * hours)
const everyMs = 30_000
const station = joined(line(0, 4, { everyMs, at: wave }), line(6, 9, { everyMs, at: wave }))

describe('a gap of the station', () => {
  it('is where it has no values for more than five of its usual intervals, and where it has none any more', () => {
    expect(gapsOf(station, false).gaps).toEqual([{ fromMs: 4 * hourMs, toMs: 6 * hourMs }])
    expect(gapsOf(station, true).gaps[1]).toEqual({ fromMs: 9 * hourMs, toMs: null })
  })

  it('is filled by the rows of the log inside it; those beside it are compared', () => {
    const log = line(3, 7, { everyMs: minuteMs, at: (hours) => wave(hours) + 0.25 })
    const { gaps, longestMs } = gapsOf(station, false)
    const filled = fillGap(station, log, { gap: gaps[0]!, longestMs })!
    expect(filled.utcMs).toHaveLength(119)
    expect(filled.longestHoleMs).toBe(minuteMs)
    for (const edge of [filled.before, filled.after]) {
      expect(edge.compared).toBe(61)
      expect(edge.mostDeviation).toBeCloseTo(0.25, 2)
      expect(edge.meanDeviation).toBeCloseTo(0.25, 2)
    }
  })

  it('keeps what the log itself doesn’t have as a hole', () => {
    const at = wave
    const log = joined(line(3, 4.5, { everyMs: minuteMs, at }), line(5.5, 7, { everyMs: minuteMs, at }))
    const { gaps, longestMs } = gapsOf(station, false)
    expect(fillGap(station, log, { gap: gaps[0]!, longestMs })!.longestHoleMs).toBe(hourMs)
  })

  it('isn’t filled by a log of another time', () => {
    const log = line(0, 3, { everyMs: minuteMs, at: wave })
    const { gaps, longestMs } = gapsOf(station, false)
    expect(fillGap(station, log, { gap: gaps[0]!, longestMs })).toBeNull()
  })
})

describe('the clock of a log', () => {
  it('is found where the values move', () => {
    const log = line(2, 8, { everyMs: minuteMs, at: wave })
    const late = { ...log, timeMs: log.timeMs.map((time) => time + 300_000) }
    expect(bestClockAheadS([{ station, log: late }], gapsOf(station, false))).toBe(300)
    expect(bestClockAheadS([{ station, log }], gapsOf(station, false))).toBe(0)
  })

  it('can’t be told on a steady dwell', () => {
    const at = (): number => 85
    const steady = joined(line(0, 4, { everyMs, at }), line(6, 9, { everyMs, at }))
    const log = line(2, 8, { everyMs: minuteMs, at })
    expect(bestClockAheadS([{ station: steady, log }], gapsOf(steady, false))).toBeNull()
  })
})

describe('the evidence', () => {
  const window = { exposure: 'dampHeat', lane: null, instrumentId: 'chamber', longestGapS: 120, problem: null }
  const windows = [
    { ...window, title: 'Chamber temperature', channel: 'temperature', low: 83, high: 87 },
    { ...window, title: 'Chamber humidity', channel: 'humidity', low: 80, high: 90 },
  ]
  const edge = { compared: 10, mostDeviation: 0.2, meanDeviation: 0.1 }
  const gapOf = (at: (hours: number) => number) => {
    const { timeMs, value } = line(4, 6, { everyMs: minuteMs, at })
    const [utcMs, values] = [[...timeMs], [...value]]
    return {
      ...{ fromUtcMs: 4 * hourMs, toUtcMs: 6 * hourMs, utcMs, value: values, longestHoleMs: minuteMs },
      ...{ before: edge, after: { ...edge, mostDeviation: -0.4 } },
    }
  }
  const record = (channels: BackFill['channels'], id = 'one'): BackFill => ({
    ...{ id, utcMs: 0, who: 'Ada', provenance: 'backFilled', instrumentId: 'chamber', instrumentName: 'Chamber' },
    ...{ fileName: 'log.csv', fileSha256: '', clockAheadS: 0, bestClockAheadS: null, channels, windows },
    profile: {} as BackFill['profile'],
  })
  const warm = { channel: 'temperature', unit: '°C', gaps: [gapOf(() => 85)] }
  // Dry for the second hour.
  const drying = { channel: 'humidity', unit: '%', gaps: [gapOf((hours) => (hours < 5 ? 85 : 60))] }
  const stretch = { exposure: 'dampHeat', lane: null, fromUtcMs: 4 * hourMs, toUtcMs: 6 * hourMs }

  it('counts the time in which every window was kept, between rows that are close enough', () => {
    const found = evidenceOf(stretch, [record([warm, drying])])
    expect(found).toMatchObject({ coveredMs: 2 * hourMs, missing: [], ids: ['one'] })
    // The row at 5 h is dry: the minute before it ends outside.
    expect(found?.insideMs).toBe(59 * minuteMs)
    expect(found?.mostDeviation).toEqual({ channel: 'temperature', unit: '°C', value: -0.4 })
  })

  it('says nothing of the inside where a window has no log', () => {
    expect(evidenceOf(stretch, [record([warm])])).toMatchObject({ insideMs: null, missing: ['Chamber humidity'] })
  })

  it('takes the latest log of an instrument, and is none for another stretch', () => {
    const humid = { ...drying, gaps: [gapOf(() => 85)] }
    const records = [record([warm, drying]), record([warm, humid], 'two')]
    expect(evidenceOf(stretch, records)).toMatchObject({ ids: ['two'], insideMs: 2 * hourMs })
    expect(evidenceOf({ ...stretch, fromUtcMs: 0, toUtcMs: hourMs }, records)).toBeNull()
    expect(evidenceOf({ ...stretch, exposure: 'other' }, records)).toBeNull()
  })
})
