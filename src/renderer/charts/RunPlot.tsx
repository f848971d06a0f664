import { Box } from '@mui/material'
import { useEffect, useRef } from 'react'
import uPlot from 'uplot'
import type { RunEvent } from '../../contract/run.ts'
import type { Columns, Edges, FilledLine, Pane } from '../logic/runChart.ts'
import { runPlotOptions } from './runPlotOptions.ts'
import { usePlotBox } from './usePlotBox.ts'

interface RunPlotProps {
  pane: Pane
  filled: readonly FilledLine[]
  columns: Columns
  edges: Edges
  events: readonly RunEvent[]
  spans: readonly Edges[]
  height: number
  onSelect: (edges: Edges) => void
  onCursor: (atMs: number | null) => void
}

function readColours(element: Element) {
  const style = getComputedStyle(element)
  const get = (name: string): string => style.getPropertyValue(`--mui-palette-${name}`).trim()
  return { text: get('text-secondary'), grid: get('divider'), warning: get('warning-main'), error: get('error-main') }
}

/** The values of one unit over time. */
export function RunPlot(props: RunPlotProps) {
  const { pane, filled, columns, edges, events, height } = props
  const box = useRef<HTMLDivElement>(null)
  const plot = useRef<uPlot | null>(null)
  const latest = useRef(props)
  const { width, dark } = usePlotBox(box)
  const titles = [...pane.channels, ...filled].map(({ title }) => title)
  const shape = titles.join('|')

  useEffect(() => {
    latest.current = props
  })
  useEffect(() => {
    if (box.current === null || width === 0) return
    const made = new uPlot(
      runPlotOptions({
        ...{ pane, width, height, filled: filled.map(({ title }) => title), dark, colours: readColours(box.current) },
        events: () => latest.current.events,
        spans: () => latest.current.spans,
        edges: () => latest.current.edges,
        onSelect: (chosen) => latest.current.onSelect(chosen),
        onCursor: (atMs) => latest.current.onCursor(atMs),
      }),
      dataOf(latest.current.columns),
      box.current,
    )
    plot.current = made
    return () => {
      made.destroy()
      plot.current = null
    }
    // New values of the same lines go through setData below.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [shape, width, height, dark])
  useEffect(() => {
    const frame = requestAnimationFrame(() => plot.current?.setData(dataOf(columns)))
    return () => cancelAnimationFrame(frame)
  }, [columns, edges, events])

  const description = `${pane.unit === '' ? 'Values' : pane.unit} over time: ${titles.join('; ')}`
  return <Box ref={box} role="img" aria-label={description} sx={{ minHeight: height, minWidth: 0 }} />
}

const dataOf = ({ timesMs, values }: Columns): uPlot.AlignedData => [timesMs, ...values]
