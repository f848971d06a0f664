import type { ReportSection } from '../../../contract/report.ts'
import { niceTicks } from './ticks.ts'

export type ReportChart = Extract<ReportSection, { kind: 'chart' }>

export interface Axis {
  low: number
  high: number
  ticks: number[]
  decimals: number
}

/** Whether a point belongs to the quadrant of power that a chart of a module shows. */
const isShown = (y: number, highest: number): boolean => y >= -0.02 * highest

const highestOf = (chart: ReportChart, side: 'left' | 'right'): number => {
  let highest = 0
  for (const series of chart.series) if (series.axis === side) for (const y of series.y) if (y > highest) highest = y
  return highest
}

const createAxis = (low: number, high: number, wanted: number): Axis => ({ low, high, ...niceTicks(low, high, wanted) })

const valueAxis = (chart: ReportChart, side: 'left' | 'right'): Axis => {
  const highest = highestOf(chart, side)
  return createAxis(0, highest > 0 ? highest * 1.12 : 1, 6)
}

/** The voltage at which the last current is still positive, and a little more: what lies beyond Voc is cut off. */
const voltageAxis = (chart: ReportChart): Axis => {
  const highest = highestOf(chart, 'left')
  let far = 0
  for (const series of chart.series)
    if (series.axis === 'left') series.x.forEach((x, i) => isShown(series.y[i]!, highest) && x > far && (far = x))
  return createAxis(0, far > 0 ? far * 1.04 : 1, 8)
}

/** An axis that holds all of these, with a little room; of equal values with some around them. */
const wholeAxis = (columns: readonly (readonly number[])[], room: number, wanted: number): Axis => {
  let [low, high] = [Infinity, -Infinity]
  for (const column of columns)
    for (const value of column) {
      if (value < low) low = value
      if (value > high) high = value
    }
  if (low > high) return createAxis(0, 1, wanted)
  const span = high - low || Math.max(Math.abs(high) * 0.1, 1)
  return createAxis(low - span * room, high + span * room, wanted)
}

const wholeAxesOf = (chart: ReportChart): Axes => {
  const of = (side: 'left' | 'right'): number[][] =>
    chart.series.filter((series) => series.axis === side).map((series) => series.y)
  return {
    x: wholeAxis(
      chart.series.map((series) => series.x),
      0,
      8,
    ),
    left: wholeAxis(of('left'), 0.06, 6),
    right: chart.right === null ? null : wholeAxis(of('right'), 0.06, 6),
  }
}

interface Axes {
  x: Axis
  left: Axis
  right: Axis | null
}

export const axesOf = (chart: ReportChart): Axes =>
  chart.fit === 'all'
    ? wholeAxesOf(chart)
    : {
        x: voltageAxis(chart),
        left: valueAxis(chart, 'left'),
        right: chart.right === null ? null : valueAxis(chart, 'right'),
      }
