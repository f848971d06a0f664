import type { ReportSection } from '../../contract/report.ts'

type Chart = Extract<ReportSection, { kind: 'chart' }>

export interface SeriesGroup {
  label: string
  axis: 'left' | 'right'
  style: Chart['series'][number]['style']
  series: { x: number; y: number }[][]
}

/** Series that share a label, together; each as points. */
export function groupSeries(chart: Pick<Chart, 'series'>): SeriesGroup[] {
  const groups = new Map<string, SeriesGroup>()
  for (const { label, axis, style, x, y } of chart.series) {
    const group = groups.get(label) ?? { label, axis, style, series: [] }
    group.series.push(x.slice(0, y.length).map((value, i) => ({ x: value, y: y[i]! })))
    groups.set(label, group)
  }
  return [...groups.values()]
}
