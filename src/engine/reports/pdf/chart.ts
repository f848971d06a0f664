import {
  clip,
  degrees,
  endPath,
  lineTo,
  moveTo,
  popGraphicsState,
  pushGraphicsState,
  rectangle,
  setDashPattern,
  setLineCap,
  setLineJoin,
  setLineWidth,
  setStrokingColor,
  stroke,
} from 'pdf-lib'
import type { PDFOperator, RGB } from 'pdf-lib'
import { formatNumber } from '../model/format.ts'
import type { ReportSection } from '../../../contract/report.ts'
import { drawHeading, drawParagraph } from './blocks.ts'
import { axesOf } from './chartScale.ts'
import type { Axis, ReportChart } from './chartScale.ts'
import { colours, seriesColours, thinSeriesColours } from './colours.ts'
import { contentWidth, pageSize, upward } from './sheet.ts'
import type { Sheet } from './sheet.ts'

interface Frame {
  x: number
  /** From the top edge of the page. */
  y: number
  width: number
  height: number
}

type Series = ReportChart['series'][number]

interface Stroke {
  colour: RGB
  width: number
  dash: number[]
}

const place = (value: number, axis: Axis, length: number): number =>
  ((value - axis.low) / (axis.high - axis.low)) * length

const round = (value: number): number => Math.round(value * 100) / 100

const polyline = (points: readonly (readonly [number, number])[], { colour, width, dash }: Stroke): PDFOperator[] => {
  const path = points.map(([x, y], k) => (k === 0 ? moveTo(round(x), round(y)) : lineTo(round(x), round(y))))
  return [
    setStrokingColor(colour),
    setLineWidth(width),
    setDashPattern(dash, 0),
    setLineJoin(1),
    setLineCap(1),
    ...path,
    stroke(),
  ]
}

/** Leaves out points that lie closer than a third of a point to the last one drawn: nobody can see them. */
const visible = (points: readonly (readonly [number, number])[]): (readonly [number, number])[] => {
  const kept: (readonly [number, number])[] = []
  for (const [k, point] of points.entries()) {
    const last = kept.at(-1)
    const near = last && Math.hypot(point[0] - last[0], point[1] - last[1]) < 0.35
    if (!near || k === points.length - 1) kept.push(point)
  }
  return kept
}

const dashOf = (style: Series['style'], isGroup: boolean): number[] => {
  if (style === 'solid') return []
  return style === 'dotted' ? [0.6, 2] : isGroup ? [2, 2] : [5, 3]
}

/** Groups of series with one label are drawn thin and pale; single ones strong. In the order of first appearance. */
const strokesOf = (chart: ReportChart): Map<string, Stroke> => {
  const strokes = new Map<string, Stroke>()
  const counts = { thin: 0, strong: 0 }
  for (const series of chart.series) {
    if (strokes.has(series.label)) continue
    // Pieces of one line over time aren't a group: they stay strong.
    const isGroup = chart.fit !== 'all' && chart.series.filter((each) => each.label === series.label).length > 1
    const palette = isGroup ? thinSeriesColours : seriesColours
    const colour = palette[(isGroup ? counts.thin++ : counts.strong++) % palette.length]!
    const dash = dashOf(series.style, isGroup)
    const isThin = chart.fit === 'all' && series.style !== 'dotted'
    strokes.set(series.label, { colour, width: isGroup ? 0.6 : isThin ? 0.9 : 1.3, dash })
  }
  return strokes
}

const drawSeries = (sheet: Sheet, chart: ReportChart, frame: Frame): void => {
  const axes = axesOf(chart)
  const strokes = strokesOf(chart)
  const bottom = upward(frame.y + frame.height)
  const toPoints = (series: Series): (readonly [number, number])[] => {
    const axis = series.axis === 'right' && axes.right ? axes.right : axes.left
    return series.x.map((x, i) => [
      frame.x + place(x, axes.x, frame.width),
      bottom + place(series.y[i]!, axis, frame.height),
    ])
  }
  sheet
    .page()
    .pushOperators(
      pushGraphicsState(),
      rectangle(frame.x, bottom, frame.width, frame.height),
      clip(),
      endPath(),
      ...chart.series.flatMap((series) => polyline(visible(toPoints(series)), strokes.get(series.label)!)),
      popGraphicsState(),
    )
}

const drawGrid = (sheet: Sheet, chart: ReportChart, frame: Frame): void => {
  const { x, left } = axesOf(chart)
  const bottom = upward(frame.y + frame.height)
  const grid: Stroke = { colour: colours.line, width: 0.4, dash: [] }
  const vertical = x.ticks.map((tick) => frame.x + place(tick, x, frame.width))
  const horizontal = left.ticks.map((tick) => bottom + place(tick, left, frame.height))
  const lines = [
    ...vertical.map((at) => [[at, bottom] as const, [at, bottom + frame.height] as const]),
    ...horizontal.map((at) => [[frame.x, at] as const, [frame.x + frame.width, at] as const]),
  ]
  const outline = [
    [frame.x, bottom + frame.height],
    [frame.x, bottom],
    [frame.x + frame.width, bottom],
    [frame.x + frame.width, bottom + frame.height],
  ] as const
  const border: Stroke = { colour: colours.soft, width: 0.8, dash: [] }
  sheet
    .page()
    .pushOperators(
      pushGraphicsState(),
      ...lines.flatMap((line) => polyline(line, grid)),
      ...polyline(outline, border),
      popGraphicsState(),
    )
}

const tickSize = 7.5

const drawTickTexts = (sheet: Sheet, chart: ReportChart, frame: Frame): void => {
  const { x, left, right } = axesOf(chart)
  const face = sheet.faces.regular
  const base = frame.y + frame.height
  const put = (text: string, at: { x: number; y: number }): void =>
    sheet.line(text, { ...at, size: tickSize, colour: colours.soft })
  for (const tick of x.ticks) {
    const text = formatNumber(tick, x.decimals)
    put(text, { x: frame.x + place(tick, x, frame.width) - face.widthOf(text, tickSize) / 2, y: base + 11 })
  }
  for (const tick of left.ticks) {
    const text = formatNumber(tick, left.decimals)
    const y = base - place(tick, left, frame.height) + 2.7
    put(text, { x: frame.x - 5 - face.widthOf(text, tickSize), y })
  }
  for (const tick of right?.ticks ?? [])
    put(formatNumber(tick, right!.decimals), {
      x: frame.x + frame.width + 5,
      y: base - place(tick, right!, frame.height) + 2.7,
    })
}

const drawAxisTitles = (sheet: Sheet, chart: ReportChart, frame: Frame): void => {
  const face = sheet.faces.regular
  const textOf = ({ label, unit }: { label: string; unit: string }): string =>
    face.printable(unit === '' ? label : `${label} (${unit})`)
  const size = 8.2
  const x = textOf(chart.x)
  const middle = frame.x + frame.width / 2 - face.widthOf(x, size) / 2
  sheet.line(x, { x: middle, y: frame.y + frame.height + 24, size })
  const upright = (text: string, at: number): void =>
    sheet.page().drawText(text, {
      x: at,
      y: upward(frame.y + frame.height / 2 + face.widthOf(text, size) / 2),
      size,
      font: face.font,
      color: colours.ink,
      rotate: degrees(90),
    })
  const axes = axesOf(chart)
  const widest = ({ ticks, decimals }: Axis): number =>
    Math.max(0, ...ticks.map((tick) => face.widthOf(formatNumber(tick, decimals), tickSize)))
  upright(textOf(chart.left), frame.x - Math.max(30, widest(axes.left) + 10))
  if (chart.right)
    upright(textOf(chart.right), frame.x + frame.width + Math.max(36, axes.right ? widest(axes.right) + 18 : 0))
}

const drawMarkers = (sheet: Sheet, chart: ReportChart, frame: Frame): void => {
  const axes = axesOf(chart)
  for (const marker of chart.markers) {
    const axis = marker.axis === 'right' && axes.right ? axes.right : axes.left
    const x = frame.x + place(marker.x, axes.x, frame.width)
    const y = frame.y + frame.height - place(marker.y, axis, frame.height)
    sheet
      .page()
      .drawCircle({ x, y: upward(y), size: 2.8, color: colours.white, borderColor: colours.ink, borderWidth: 1.1 })
  }
}

interface LegendEntry {
  label: string
  stroke: Stroke | null
}

/** Legend below the chart, in as many lines as it needs. */
const drawLegend = (sheet: Sheet, chart: ReportChart, at: { left: number; width: number }): void => {
  const { regular } = sheet.faces
  const entries: LegendEntry[] = [
    ...[...strokesOf(chart)].map(([label, stroke]) => ({ label, stroke })),
    ...chart.markers.filter((marker) => marker.label !== '').map(({ label }) => ({ label, stroke: null })),
  ]
  let x: number = at.left
  for (const { label, stroke: line } of entries) {
    const text = regular.printable(label)
    const width = 26 + regular.widthOf(text, 7.8) + 16
    if (x > at.left && x + width > at.left + at.width + 16) {
      x = at.left
      sheet.skip(12)
    }
    const y = upward(sheet.y() - 2.6)
    if (line) {
      const wider = { ...line, width: Math.max(line.width, 1) }
      const stretch = polyline(
        [
          [x, y],
          [x + 20, y],
        ],
        wider,
      )
      sheet.page().pushOperators(pushGraphicsState(), ...stretch, popGraphicsState())
    } else {
      const ring = { size: 2.8, color: colours.white, borderColor: colours.ink, borderWidth: 1.1 }
      sheet.page().drawCircle({ x: x + 10, y, ...ring })
    }
    sheet.line(text, { x: x + 26, y: sheet.y(), size: 7.8 })
    x += width
  }
}

const drawFrame = (sheet: Sheet, chart: ReportChart, frame: Frame): void => {
  drawGrid(sheet, chart, frame)
  drawSeries(sheet, chart, frame)
  drawMarkers(sheet, chart, frame)
  drawTickTexts(sheet, chart, frame)
  drawAxisTitles(sheet, chart, frame)
}

const drawNote = (sheet: Sheet, note: string | undefined): void => {
  if (note !== undefined) drawParagraph(sheet, note, { size: 7.2, colour: colours.soft })
}

/** A chart of vectors: both value axes from zero, the voltage axis to a little beyond Voc; or all values. */
export const drawChart = (sheet: Sheet, chart: ReportChart, height = chart.fit === 'all' ? 190 : 250): void => {
  drawHeading(sheet, chart.title, height + 90)
  sheet.skip(6)
  drawFrame(sheet, chart, { x: pageSize.left + 42, y: sheet.y(), width: contentWidth - 90, height })
  sheet.skip(height + 42)
  drawLegend(sheet, chart, { left: pageSize.left, width: contentWidth })
  sheet.skip(6)
  drawNote(sheet, chart.note)
}

const smallHeight = 130
const gap = 16

/** Small charts in two columns, each with its own title and marked points; one legend for all of them. */
export const drawCharts = (sheet: Sheet, section: Extract<ReportSection, { kind: 'charts' }>): void => {
  const width = (contentWidth - gap) / 2
  drawHeading(sheet, section.title, smallHeight + 90)
  for (let k = 0; k < section.charts.length; k += 2) {
    const row = section.charts.slice(k, k + 2)
    sheet.ensure(smallHeight + 90)
    sheet.skip(12)
    const top = sheet.y()
    let lowest = top
    for (const [column, chart] of row.entries()) {
      const left = pageSize.left + column * (width + gap)
      const { bold } = sheet.faces
      sheet.line(bold.printable(chart.title), { x: left, y: top, size: 8.6, face: bold })
      drawFrame(sheet, chart, { x: left + 42, y: top + 8, width: width - 48, height: smallHeight })
      sheet.skip(smallHeight + 46)
      drawLegend(sheet, chart, { left, width })
      lowest = Math.max(lowest, sheet.y())
      sheet.skip(top - sheet.y())
    }
    sheet.skip(lowest - top + 8)
  }
  drawNote(sheet, section.note)
}
