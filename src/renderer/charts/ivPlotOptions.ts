import type uPlot from 'uplot'
import { axisRange, markerIndices, type DrawnCurve } from './ivSeries.ts'

export interface PlotColours {
  forward: string
  reverse: string
  power: string
  text: string
  grid: string
  paper: string
}

/** Colours as the theme has them at this moment: a canvas knows no CSS variables. */
export function readColours(element: Element): PlotColours {
  const style = getComputedStyle(element)
  const get = (name: string): string => style.getPropertyValue(`--mui-palette-${name}`).trim()
  return {
    forward: get('primary-main'),
    reverse: get('error-main'),
    power: get('text-secondary'),
    text: get('text-secondary'),
    grid: get('divider'),
    paper: get('background-paper'),
  }
}

const markersWanted = 24

function currentSeries(curve: DrawnCurve, colours: PlotColours): uPlot.Series {
  const reverse = curve.direction === 'reverse'
  const stroke = reverse ? colours.reverse : colours.forward
  return {
    label: curve.label,
    scale: 'A',
    stroke,
    width: curve.strong ? 2 : 1,
    alpha: curve.strong ? 1 : 0.55,
    spanGaps: true,
    ...(reverse && { dash: [7, 5] }),
    points: {
      show: curve.strong,
      size: 6,
      width: 1.5,
      stroke,
      // Told apart without colour: forward filled, reverse hollow.
      fill: reverse ? colours.paper : stroke,
      filter: (plot, index, show) =>
        show ? markerIndices(plot.data[index] ?? [], markersWanted, reverse ? 0.5 : 0) : null,
    },
  }
}

const powerSeries = (curve: DrawnCurve, colours: PlotColours): uPlot.Series => ({
  label: `${curve.label}, power`,
  scale: 'W',
  stroke: colours.power,
  width: 1.25,
  dash: curve.direction === 'reverse' ? [2, 6] : [2, 3],
  spanGaps: true,
  points: { show: false },
})

function axis(colours: PlotColours, options: uPlot.Axis): uPlot.Axis {
  return {
    stroke: colours.text,
    font: '12px system-ui, sans-serif',
    labelFont: '12px system-ui, sans-serif',
    labelSize: 20,
    labelGap: 2,
    size: 52,
    ticks: { stroke: colours.grid, size: 4 },
    grid: { stroke: colours.grid, width: 1 },
    ...options,
  }
}

export interface PlotRequest {
  curves: readonly DrawnCurve[]
  withPower: boolean
  colours: PlotColours
  width: number
  height: number
}

/** Options of the I-V plot: current at the left, power at the right. */
export function plotOptions({ curves, withPower, colours, width, height }: PlotRequest): uPlot.Options {
  const strong = curves.filter((curve) => curve.strong)
  return {
    width,
    height,
    scales: {
      x: { time: false, range: (_plot, low, high) => axisRange(low, high) },
      A: { range: (_plot, low, high) => axisRange(low, high) },
      W: { range: (_plot, low, high) => axisRange(low, high) },
    },
    cursor: { drag: { x: true, y: false }, points: { show: false } },
    legend: { show: false },
    padding: [10, withPower ? 0 : 14, 0, 0],
    axes: [
      axis(colours, { label: 'Voltage / V', size: 34 }),
      axis(colours, { scale: 'A', label: 'Current / A' }),
      ...(withPower ? [axis(colours, { scale: 'W', side: 1, label: 'Power / W', grid: { show: false } })] : []),
    ],
    series: [
      { label: 'Voltage' },
      ...curves.map((curve) => currentSeries(curve, colours)),
      ...(withPower ? strong.map((curve) => powerSeries(curve, colours)) : []),
    ],
  }
}
