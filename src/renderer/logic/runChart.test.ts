import { describe, expect, it } from 'vitest'
import type { RunView } from '../../contract/runView.ts'
import type { Channel } from '../../contract/sample.ts'
import {
  chartChannels,
  columnsOf,
  filesAt,
  filledLines,
  filledSpans,
  panesOf,
  panned,
  sayValue,
  valueAt,
  zoomed,
} from './runChart.ts'

const channel = (id: number, name: string, [unit, instrumentName]: [string, string]): Channel => ({
  ...{ id, name, unit, instrumentName, runId: 'run', provenance: 'live', instrumentId: 'x', calibration: null },
})
const air = channel(1, 'chamber.Climate chamber.temperature', ['°C', 'Climate chamber'])
const leak = channel(2, 'leakage[B].HV 1.5 kV.current.2', ['A', 'HV 1.5 kV'])
const door = channel(3, 'other.Climate chamber.door', ['', 'Climate chamber'])
const points = channel(4, 'iv.voltage', ['V', 'Tracer'])
const shown = chartChannels([air, leak, door, points])

const view: RunView = {
  ...{ fromMs: 0, toMs: 400, pixels: 4, events: [] },
  channels: [
    {
      ...{ channelId: 1, lastSeq: 9 },
      minimum: [20, 18, null, 25],
      maximum: [20, 30, null, 25],
      first: [20, 30, null, 25],
      last: [20, 18, null, 25],
      gaps: [{ fromMs: 210, toMs: 290, missing: 0, reason: 'no answer' }],
    },
  ],
}

describe('channels', () => {
  it('are called by instrument and lane, whatever points the names have', () => {
    expect(shown.map(({ title }) => title)).toEqual([
      'Climate chamber, temperature',
      'Lane B: HV 1.5 kV, current 2',
      'Climate chamber, door',
    ])
  })
  it('share a picture by their unit; what serves no role is left out unless asked for', () => {
    expect(panesOf(shown, false).map(({ unit }) => unit)).toEqual(['°C', 'A'])
    expect(panesOf(shown, true)).toHaveLength(3)
  })
})

describe('columns', () => {
  it('go the shorter way through the extremes and break in a gap', () => {
    const { timesMs, values } = columnsOf(view, shown.slice(0, 1), [])
    expect(timesMs).toHaveLength(16)
    expect(values[0]!.slice(0, 9)).toEqual([20, undefined, undefined, undefined, 30, 30, 18, 18, null])
    expect(values[0]![12]).toBe(25)
  })
  it('go on with what came in since', () => {
    const reading = { channel: 'temperature', value: 26, unit: '°C' }
    const recent = [
      { instrument: 'Climate chamber', utcMs: 350, readings: [reading] },
      { instrument: 'Climate chamber', utcMs: 450, readings: [reading] },
      { instrument: 'HV 1.5 kV', utcMs: 460, readings: [] },
    ]
    const { timesMs, values } = columnsOf(view, shown.slice(0, 1), recent)
    expect(timesMs.slice(16)).toEqual([450, 460])
    expect(values[0]!.slice(16)).toEqual([26, undefined])
  })
  it('say what was at a moment, and nothing in a gap', () => {
    expect(sayValue(valueAt(view, view.channels[0], 150), '°C')).toBe('18.00 to 30.00 °C')
    expect(sayValue(valueAt(view, view.channels[0], 250), '°C')).toBe('no value')
    expect(sayValue(valueAt(view, view.channels[0], 350), '°C')).toBe('25.00 °C')
  })
})

describe('what a controller’s log says', () => {
  const none: (number | null)[] = [null, null, null, null]
  const filled = {
    ...{ channelId: 1, fileNames: ['chamber.csv'] },
    gaps: [
      { fromMs: 0, toMs: 220 },
      { fromMs: 280, toMs: 401 },
    ],
    ...{ minimum: [...none], maximum: [...none], first: [...none], last: [...none] },
  }
  for (const column of [filled.minimum, filled.maximum, filled.first, filled.last]) column[2] = 24
  const both: RunView = { ...view, backFilled: [filled] }
  const lines = filledLines(both, shown)

  it('is a line of its own beside the channel, and leaves the gap of the station’s own as it is', () => {
    expect(lines.map(({ title }) => title)).toEqual(['Climate chamber, temperature, from the controller’s log'])
    const { values } = columnsOf(both, shown.slice(0, 1), [])
    expect(values).toHaveLength(2)
    expect(values[0]).toEqual(columnsOf(view, shown.slice(0, 1), []).values[0])
    expect(values[1]).toEqual([
      ...Array<null>(8).fill(null),
      24,
      undefined,
      undefined,
      undefined,
      ...Array<null>(4).fill(null),
    ])
  })
  it('names its file where the cursor is in it, and nowhere else', () => {
    expect(filesAt(both, lines, 250)).toEqual(['chamber.csv'])
    expect(filesAt(both, lines, 150)).toEqual([])
    expect(filesAt(both, lines, 400)).toEqual([])
    expect(filesAt(both, lines, 350)).toEqual([])
    expect(filledSpans(both, lines)).toEqual([{ fromMs: 220, toMs: 280 }])
    expect(sayValue(valueAt(both, both.channels[0], 250), '°C')).toBe('no value')
  })
})

describe('the stretch that is shown', () => {
  const whole = { fromMs: 0, toMs: 1_000_000 }
  it('moves within the run', () => {
    expect(panned({ fromMs: 0, toMs: 100_000 }, 0.5, whole)).toEqual({ kind: 'fixed', fromMs: 50_000, toMs: 150_000 })
    expect(panned({ fromMs: 0, toMs: 100_000 }, -0.5, whole)).toEqual({ kind: 'fixed', fromMs: 0, toMs: 100_000 })
    const end = { kind: 'fixed', fromMs: 900_000, toMs: 1_000_000 }
    expect(panned({ fromMs: 850_000, toMs: 950_000 }, 5, whole)).toEqual(end)
  })
  it('closes in about its middle and opens to the whole run', () => {
    const half = { kind: 'fixed', fromMs: 250_000, toMs: 750_000 }
    expect(zoomed(whole, 0.5, whole)).toEqual(half)
    expect(zoomed({ fromMs: 100_000, toMs: 800_000 }, 2, whole)).toEqual({ kind: 'all' })
  })
})
