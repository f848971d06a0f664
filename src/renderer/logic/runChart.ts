import type { RunEvent } from '../../contract/run.ts'
import type { RunView, RunViewFilled } from '../../contract/runView.ts'
import type { Channel } from '../../contract/sample.ts'
import type { RecentReading } from '../state/stationState.ts'
import { scaledReading } from './readings.ts'

/** Four places in each: first, extremes, last. So no series has more than about 1200 points. */
export const viewPixels = 300
const placesPerPixel = 4

export interface ChartChannel {
  id: number
  /** What stands in the legend. */
  title: string
  unit: string
  instrument: string
  /** Name within the instrument, as its readings have it. */
  channel: string
  /** Values of instruments that serve no role in the run. */
  isAside: boolean
}

/** Such as `leakage[B].HV module.current`: role and lane, the instrument's name, its own name of the channel. */
function partsOf({ name, instrumentName }: Channel): { lane: string | null; role: string; channel: string } {
  const role = /^[A-Za-z]+/.exec(name)?.[0] ?? ''
  const lane = /^[A-Za-z]+\[([^\]]+)\]/.exec(name)?.[1] ?? null
  const at = name.indexOf(`.${instrumentName}.`)
  return { role, lane, channel: at < 0 ? name : name.slice(at + instrumentName.length + 2) }
}

/** What a chart over a run can show: all but the points of sweeps, which have a chart of their own. */
export const chartChannels = (channels: readonly Channel[]): ChartChannel[] =>
  channels
    .filter(({ name }) => !name.startsWith('iv.'))
    .map((each) => {
      const { lane, role, channel } = partsOf(each)
      const title = `${each.instrumentName}, ${channel.split('.').join(' ')}`
      return {
        ...{ id: each.id, unit: each.unit, instrument: each.instrumentName, channel },
        title: lane === null ? title : `Lane ${lane}: ${title}`,
        isAside: role === 'other',
      }
    })

export interface Pane {
  unit: string
  channels: readonly ChartChannel[]
}

/** One picture for each unit, in the order in which the channels began. */
export function panesOf(channels: readonly ChartChannel[], withAside: boolean): Pane[] {
  const shown = channels.filter((each) => withAside || !each.isAside)
  const units = [...new Set(shown.map(({ unit }) => unit))]
  return units.map((unit) => ({ unit, channels: shown.filter((each) => each.unit === unit) }))
}

/** null breaks the line; undefined is no point of this line at all. */
export type Values = (number | null | undefined)[]

/** Values by pixels, whoever recorded them. */
type Pixels = Omit<RunViewFilled, 'fileNames'>

const isInGap = ({ gaps }: Pick<Pixels, 'gaps'>, fromMs: number, toMs: number): boolean =>
  gaps.some((gap) => gap.fromMs < toMs && gap.toMs > fromMs)

/** First, the extremes in the order that makes the shorter way, last: nothing that was measured falls between pixels. */
function pixelValues(channel: Pixels, i: number): Values {
  const [first, last, least, most] = [channel.first[i], channel.last[i], channel.minimum[i], channel.maximum[i]]
  if (first === null || first === undefined) return [undefined, undefined, undefined, undefined]
  if (least === most) return [first, undefined, undefined, undefined]
  return (last ?? first) >= first ? [first, least, most, last] : [first, most, least, last]
}

function valuesOf(view: RunView, channel: Pixels): Values {
  const widthMs = (view.toMs - view.fromMs) / view.pixels
  return Array.from({ length: view.pixels }, (_each, i) => {
    const fromMs = view.fromMs + i * widthMs
    const values = pixelValues(channel, i)
    const isBroken = values[0] === undefined && isInGap(channel, fromMs, fromMs + widthMs)
    return isBroken ? [null, null, null, null] : values
  }).flat()
}

/** What a controller's own log says beside a channel: a line of its own, which is never taken for the station's. */
export interface FilledLine {
  channel: ChartChannel
  filled: RunViewFilled
  title: string
}

export const filledLines = ({ backFilled = [] }: RunView, channels: readonly ChartChannel[]): FilledLine[] =>
  channels.flatMap((channel) => {
    const filled = backFilled.find(({ channelId }) => channelId === channel.id)
    return filled ? [{ channel, filled, title: `${channel.title}, from the controller’s log` }] : []
  })

/** Where logs say anything of these lines. */
export const filledSpans = ({ fromMs, toMs }: RunView, lines: readonly FilledLine[]): Edges[] =>
  lines.flatMap(({ filled: { gaps } }) => {
    const begins = [fromMs, ...gaps.map((gap) => gap.toMs)]
    const ends = [...gaps.map((gap) => gap.fromMs), toMs]
    return begins.map((from, i) => ({ fromMs: from, toMs: ends[i]! })).filter((span) => span.toMs > span.fromMs)
  })

/** The files whose values stand at a moment. */
export const filesAt = (view: RunView, lines: readonly FilledLine[], atMs: number): string[] => [
  ...new Set(lines.flatMap(({ filled }) => (filledAt(view, filled, atMs) === null ? [] : filled.fileNames))),
]

export interface Columns {
  timesMs: number[]
  /** One column a channel, then one for each that a log stands beside; as long as the times. */
  values: Values[]
}

/** Stored values and what came in since, as columns for the plot; beside them what logs say. */
export function columnsOf(view: RunView, channels: readonly ChartChannel[], recent: readonly RecentReading[]): Columns {
  const widthMs = (view.toMs - view.fromMs) / view.pixels / placesPerPixel
  const timesMs = Array.from({ length: view.pixels * placesPerPixel }, (_each, i) => view.fromMs + (i + 0.5) * widthMs)
  const tail = recent.filter(({ utcMs }) => utcMs > view.toMs).toSorted((a, b) => a.utcMs - b.utcMs)
  const values = channels.map(({ id, instrument, channel }) => {
    const stored = view.channels.find(({ channelId }) => channelId === id)
    const live = tail.map((each): number | null | undefined => {
      if (each.instrument !== instrument) return undefined
      return each.readings.find((reading) => reading.channel === channel)?.value
    })
    return [...(stored ? valuesOf(view, stored) : timesMs.map(() => undefined)), ...live]
  })
  const beside = filledLines(view, channels).map(({ filled }) => [...valuesOf(view, filled), ...tail.map(() => null)])
  return { timesMs: [...timesMs, ...tail.map(({ utcMs }) => utcMs)], values: [...values, ...beside] }
}

export interface Extremes {
  minimum: number
  maximum: number
}

const pixelAt = ({ fromMs, toMs, pixels }: RunView, atMs: number): number =>
  toMs > fromMs ? Math.min(pixels - 1, Math.floor(((atMs - fromMs) / (toMs - fromMs)) * pixels)) : -1

function extremesOf(channel: Pixels, i: number): Extremes | null {
  const [minimum, maximum] = [channel.minimum[i], channel.maximum[i]]
  return typeof minimum === 'number' && typeof maximum === 'number' ? { minimum, maximum } : null
}

/** What a channel had at a moment: one value, or from where to where; null: nothing is known. */
export function valueAt(view: RunView, channel: Pixels | undefined, atMs: number): Extremes | null {
  if (channel === undefined || isInGap(channel, atMs, atMs + 1)) return null
  for (let i = pixelAt(view, atMs); i >= 0; i--) {
    const value = extremesOf(channel, i)
    if (value !== null) return value
  }
  return null
}

/** A short stretch may be narrower than a pixel: its values are told wherever the cursor is in that. */
export const filledAt = (view: RunView, filled: RunViewFilled, atMs: number): Extremes | null =>
  extremesOf(filled, pixelAt(view, atMs)) ?? valueAt(view, filled, atMs)

export function sayValue(value: Extremes | null, unit: string): string {
  if (value === null) return 'no value'
  const [least, most] = [scaledReading(value.minimum, unit), scaledReading(value.maximum, unit)]
  if (least.text === most.text && least.unit === most.unit) return `${most.text} ${most.unit}`
  return least.unit === most.unit
    ? `${least.text} to ${most.text} ${most.unit}`
    : `${least.text} ${least.unit} to ${most.text} ${most.unit}`
}

const markedKinds: readonly string[] = ['guard', 'gap', 'pause', 'lane', 'recovery', 'interrupted', 'power']

/** What stands as a line in the chart: whatever was more than a step beginning and ending. */
export const markedEvents = (events: readonly RunEvent[]): RunEvent[] =>
  events.filter((event) => event.level !== 'info' || markedKinds.includes(event.kind))

/** The stretch of time that is shown. */
export type Stretch =
  { kind: 'all' } | { kind: 'last'; spanMs: number } | { kind: 'fixed'; fromMs: number; toMs: number }

export interface Edges {
  fromMs: number
  toMs: number
}

/** Moved by a share of its width, but not out of the run. */
export function panned(shown: Edges, share: number, whole: Edges): Stretch {
  const spanMs = shown.toMs - shown.fromMs
  const fromMs = Math.max(whole.fromMs, Math.min(shown.fromMs + share * spanMs, whole.toMs - spanMs))
  return { kind: 'fixed', fromMs, toMs: fromMs + spanMs }
}

const shortestMs = 10_000

/** Wider (factor above 1) or closer about its middle; the whole run once it is all of it. */
export function zoomed(shown: Edges, factor: number, whole: Edges): Stretch {
  const spanMs = Math.max(shortestMs, (shown.toMs - shown.fromMs) * factor)
  if (spanMs >= whole.toMs - whole.fromMs) return { kind: 'all' }
  const middleMs = (shown.fromMs + shown.toMs) / 2
  return panned({ fromMs: middleMs - spanMs / 2, toMs: middleMs + spanMs / 2 }, 0, whole)
}
