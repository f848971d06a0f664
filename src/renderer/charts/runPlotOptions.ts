import type uPlot from 'uplot'
import type { RunEvent } from '../../contract/run.ts'
import { formatClock, formatDay, formatPlain } from '../logic/format.ts'
import type { Edges, Pane } from '../logic/runChart.ts'
import { filledPaintOf, paintOf, type LinePaint } from './linePaint.ts'

export interface RunPlotRequest {
  pane: Pane
  /** Titles of the lines that controllers' logs stand for, after those of the pane. */
  filled: readonly string[]
  width: number
  height: number
  dark: boolean
  colours: { text: string; grid: string; warning: string; error: string }
  /** Read at each drawing, so that new ones need no new plot. */
  events: () => readonly RunEvent[]
  /** Where what controllers' logs say stands; behind the lines. */
  spans: () => readonly Edges[]
  edges: () => Edges
  onSelect: (edges: Edges) => void
  onCursor: (atMs: number | null) => void
}

const dayMs = 86_400_000
const minuteMs = 60_000

/** Times of day; the day where one begins, and at the left end. */
export function timeTicks(splitsMs: readonly number[], stepMs: number): string[] {
  return splitsMs.map((ms, i) => {
    const clock = formatClock(ms)
    const day = formatDay(ms).slice(5)
    if (stepMs >= dayMs) return day
    const time = stepMs >= minuteMs ? clock.slice(0, 5) : clock
    const before = splitsMs[i - 1]
    return before === undefined || formatDay(before) !== formatDay(ms) ? `${time}\n${day}` : time
  })
}

/** A little more than the values need; a constant one gets room of its own. */
export function valueRange(least: number | null, most: number | null): [number, number] {
  if (least === null || most === null) return [0, 1]
  const span = Math.max(most - least, Math.abs(most) * 1e-2, 1e-12)
  return [least - span * 0.08, most + span * 0.08]
}

function drawEvents(plot: uPlot, { events, colours }: RunPlotRequest): void {
  const { ctx, bbox } = plot
  ctx.save()
  ctx.lineWidth = window.devicePixelRatio
  for (const event of events()) {
    const x = plot.valToPos(event.utcMs, 'x', true)
    if (x < bbox.left || x > bbox.left + bbox.width) continue
    ctx.strokeStyle =
      event.level === 'error' ? colours.error : event.level === 'warning' ? colours.warning : colours.text
    ctx.setLineDash(event.level === 'info' ? [2, 4] : [6, 3])
    ctx.beginPath()
    ctx.moveTo(x, bbox.top)
    ctx.lineTo(x, bbox.top + bbox.height)
    ctx.stroke()
  }
  ctx.restore()
}

/** A band behind what the station didn't record: a dash alone is overlooked where the lines meet. */
function drawSpans(plot: uPlot, { spans, colours }: RunPlotRequest): void {
  const { ctx, bbox } = plot
  const placeOf = (ms: number): number =>
    Math.max(bbox.left, Math.min(bbox.left + bbox.width, plot.valToPos(ms, 'x', true)))
  ctx.save()
  ctx.fillStyle = colours.text
  ctx.globalAlpha = 0.16
  for (const { fromMs, toMs } of spans()) {
    const left = placeOf(fromMs)
    const width = placeOf(toMs) - left
    // Narrower it wouldn't be seen.
    if (width > 0) ctx.fillRect(left, bbox.top, Math.max(width, 2 * window.devicePixelRatio), bbox.height)
  }
  ctx.restore()
}

const font = '12px system-ui, sans-serif'

function axesOf({ pane, colours }: RunPlotRequest): uPlot.Axis[] {
  const common = {
    stroke: colours.text,
    font,
    ticks: { stroke: colours.grid, size: 4 },
    grid: { stroke: colours.grid, width: 1 },
  }
  return [
    { ...common, size: 40, space: 70, values: (...[, splitsMs, , , stepMs]) => timeTicks(splitsMs, stepMs) },
    {
      ...common,
      values: (_plot, splits) => splits.map(formatPlain),
      label: pane.unit,
      labelFont: font,
      labelSize: 18,
      labelGap: 0,
      size: 58,
    },
  ]
}

const isValue = (value: number | null | undefined): boolean => typeof value === 'number'

/** Numbers of the values with no line to either side: without a dot nobody would see them. */
export function loneValues(values: ArrayLike<number | null | undefined>): number[] {
  const known = Array.from(values).flatMap((value, i) => (value === undefined ? [] : [i]))
  return known.filter(
    (i, k) => isValue(values[i]) && !isValue(values[known[k - 1] ?? -1]) && !isValue(values[known[k + 1] ?? -1]),
  )
}

/** @param isHollow whether a value alone is a ring: one that the station didn't record */
function lineOf(
  label: string,
  { light, dark, dash }: LinePaint,
  at: { dark: boolean; isHollow: boolean },
): uPlot.Series {
  const stroke = at.dark ? dark : light
  return {
    ...{ label, stroke, width: 1.5, spanGaps: false, dash: [...dash] },
    points: {
      ...{ show: true, size: 5, stroke, fill: at.isHollow ? 'transparent' : stroke },
      filter: (plot, i) => loneValues(plot.data[i] ?? []),
    },
  }
}

/** One unit over time. A drag along it asks for that stretch; nothing is zoomed in the window itself. */
export function runPlotOptions(request: RunPlotRequest): uPlot.Options {
  const { pane, filled, width, height, dark } = request
  return {
    ...{ width, height, ms: 1, legend: { show: false }, padding: [8, 12, 0, 0], axes: axesOf(request) },
    scales: {
      x: { time: true, range: () => [request.edges().fromMs, request.edges().toMs] },
      y: { range: (_plot, least, most) => valueRange(least, most) },
    },
    cursor: { drag: { x: true, y: false, setScale: false }, points: { show: false }, sync: { key: 'run' } },
    series: [
      {},
      ...pane.channels.map(({ title }, i) => lineOf(title, paintOf(i), { dark, isHollow: false })),
      ...filled.map((title, i) => lineOf(title, filledPaintOf(i), { dark, isHollow: true })),
    ],
    hooks: {
      drawClear: [(plot) => drawSpans(plot, request)],
      draw: [(plot) => drawEvents(plot, request)],
      setSelect: [
        (plot) => {
          const { left, width: selected } = plot.select
          if (selected < 5) return
          const edges = { fromMs: plot.posToVal(left, 'x'), toMs: plot.posToVal(left + selected, 'x') }
          plot.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false)
          request.onSelect(edges)
        },
      ],
      setCursor: [
        (plot) => request.onCursor((plot.cursor.left ?? -1) < 0 ? null : plot.posToVal(plot.cursor.left!, 'x')),
      ],
    },
  }
}
