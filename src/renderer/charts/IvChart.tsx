import { Box, useMediaQuery } from '@mui/material'
import { useEffect, useRef, useState } from 'react'
import uPlot from 'uplot'
import { plotOptions, readColours } from './ivPlotOptions.ts'
import { powerOf, sortedColumns, type DrawnCurve } from './ivSeries.ts'
import { IvLegend } from './IvLegend.tsx'

interface IvChartProps {
  curves: readonly DrawnCurve[]
  /** For readers who don't see the picture. */
  description: string
  withPower: boolean
  height?: number
}

function joinColumns(curves: readonly DrawnCurve[], withPower: boolean): uPlot.AlignedData {
  const tables = [
    ...curves.map((curve) => sortedColumns(curve.voltageV, curve.currentA)),
    ...(withPower
      ? curves.filter((curve) => curve.strong).map((curve) => sortedColumns(curve.voltageV, powerOf(curve)))
      : []),
  ]
  return tables.length === 0 ? [[]] : uPlot.join(tables)
}

/** Which lines there are: another plot is made only when this changes. */
const shapeOf = (curves: readonly DrawnCurve[]): string =>
  curves.map((curve) => `${curve.label}${curve.strong ? '+' : '-'}`).join('|')

function useWidth(box: React.RefObject<HTMLDivElement | null>): number {
  const [width, setWidth] = useState(0)
  useEffect(() => {
    const element = box.current
    if (element === null) return
    const observer = new ResizeObserver(([entry]) => setWidth(Math.floor(entry?.contentRect.width ?? 0)))
    observer.observe(element)
    return () => observer.disconnect()
  }, [box])
  return width
}

/** I-V curves with their power curves. Forward and reverse differ in line and marker, not only in colour. */
export function IvChart({ curves, description, withPower, height = 380 }: IvChartProps) {
  const box = useRef<HTMLDivElement>(null)
  const plot = useRef<uPlot | null>(null)
  const width = useWidth(box)
  const dark = useMediaQuery('(prefers-color-scheme: dark)')
  const shape = shapeOf(curves)
  const drawn = curves.length > 0

  useEffect(() => {
    if (box.current === null || width === 0 || !drawn) return
    const options = plotOptions({ curves, withPower, colours: readColours(box.current), width, height })
    const made = new uPlot(options, joinColumns(curves, withPower), box.current)
    plot.current = made
    return () => {
      made.destroy()
      plot.current = null
    }
    // New points of the same lines go through setData below.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [shape, width, height, withPower, dark, drawn])

  useEffect(() => {
    // One redraw a frame, however many points arrive.
    const frame = requestAnimationFrame(() => plot.current?.setData(joinColumns(curves, withPower)))
    return () => cancelAnimationFrame(frame)
  }, [curves, withPower])

  return (
    <Box>
      <Box
        ref={box}
        role="img"
        aria-label={description}
        sx={{ minHeight: drawn ? height : 140, display: 'grid', alignItems: 'center' }}
      >
        {!drawn && <Box sx={{ textAlign: 'center', color: 'text.secondary', gridArea: '1 / 1' }}>No points yet.</Box>}
      </Box>
      {drawn && <IvLegend curves={curves} withPower={withPower} />}
    </Box>
  )
}
