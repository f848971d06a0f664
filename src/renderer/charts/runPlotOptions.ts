import type uPlot from 'uplot'
import type { RunEvent } from '../../contract/run.ts'
import { formatClock, formatDay, formatPlain } from '../logic/format.ts'
import type { Edges, Pane } from '../logic/runChart.ts'
import { paintOf } from './linePaint.ts'

export interface RunPlotRequest {
  pane: Pane
  width: number
  height: number
  dark: boolean
  colours: { text: string; grid: string; warning: string; error: string }
  /** Read at each drawing, so that new ones need no new plot. */
  events: () => readonly RunEvent[]
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

/** One unit over time. A drag along it asks for that stretch; nothing is zoomed in the window itself. */
export function runPlotOptions(request: RunPlotRequest): uPlot.Options {
  const { pane, width, height, dark } = request
  return {
    ...{ width, height, ms: 1, legend: { show: false }, padding: [8, 12, 0, 0], axes: axesOf(request) },
    scales: {
      x: { time: true, range: () => [request.edges().fromMs, request.edges().toMs] },
      y: { range: (_plot, least, most) => valueRange(least, most) },
    },
    cursor: { drag: { x: true, y: false, setScale: false }, points: { show: false }, sync: { key: 'run' } },
    series: [
      {},
      ...pane.channels.map((channel, i): uPlot.Series => {
        const paint = paintOf(i)
        return {
          ...{ label: channel.title, stroke: dark ? paint.dark : paint.light, width: 1.5 },
          ...{ spanGaps: false, points: { show: false }, dash: [...paint.dash] },
        }
      }),
    ],
    hooks: {
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
