import { Box, Typography } from '@mui/material'
import { useMemo, useState } from 'react'
import type { RunView } from '../../../contract/runView.ts'
import { filledPaintOf, paintOf, type LinePaint } from '../../charts/linePaint.ts'
import { RunPlot } from '../../charts/RunPlot.tsx'
import { formatDateTime } from '../../logic/format.ts'
import * as chart from '../../logic/runChart.ts'
import { ProvenanceChip } from '../../parts/chips.tsx'
import type { RecentReading } from '../../state/stationState.ts'

interface EntryProps {
  paint: LinePaint
  title: string
  /** null: the station has nothing to say here. */
  value: string | null
  hint?: string
}

function Entry({ paint, title, value, hint }: EntryProps) {
  return (
    <Box component="li" title={hint} sx={{ display: 'flex', alignItems: 'center', gap: 0.75, fontSize: '0.75rem' }}>
      <Box
        component="svg"
        width="30"
        height="10"
        aria-hidden
        sx={{
          ...(hint !== undefined && { bgcolor: 'action.selected' }),
          ...{ flexShrink: 0, color: paint.light, '@media (prefers-color-scheme: dark)': { color: paint.dark } },
        }}
      >
        <line
          x1="0"
          x2="30"
          y1="5"
          y2="5"
          stroke="currentColor"
          strokeWidth="2"
          strokeDasharray={paint.dash.join(' ')}
        />
      </Box>
      {title}
      {value !== null && (
        <Box component="strong" sx={{ whiteSpace: 'nowrap' }}>
          {value}
        </Box>
      )}
    </Box>
  )
}

interface PaneProps {
  pane: chart.Pane
  filled: readonly chart.FilledLine[]
  view: RunView
  atMs: number
}

function Legend({ pane, filled, view, atMs }: PaneProps) {
  const valueOf = (id: number): string => {
    const { unit } = pane
    return chart.sayValue(
      chart.valueAt(
        view,
        view.channels.find(({ channelId }) => channelId === id),
        atMs,
      ),
      unit,
    )
  }
  return (
    <Box
      component="ul"
      sx={{ listStyle: 'none', m: 0, p: 0, display: 'flex', flexWrap: 'wrap', columnGap: 2.5, pl: 1 }}
    >
      {pane.channels.map(({ id, title }, i) => (
        <Entry key={id} paint={paintOf(i)} title={title} value={valueOf(id)} />
      ))}
      {filled.map((line, i) => {
        const value = chart.filledAt(view, line.filled, atMs)
        return (
          <Entry
            key={line.title}
            paint={filledPaintOf(i)}
            title={line.title}
            value={value && chart.sayValue(value, pane.unit)}
            hint={`Back-filled from ${line.filled.fileNames.join(', ')}: not recorded by this station, and not credited.`}
          />
        )
      })}
    </Box>
  )
}

/** The event that stands nearest to the cursor, if one is close. */
function nearestEvent(view: RunView, atMs: number, edges: chart.Edges): string | null {
  const close = chart
    .markedEvents(view.events)
    .map((event) => ({ event, awayMs: Math.abs(event.utcMs - atMs) }))
    .toSorted((a, b) => a.awayMs - b.awayMs)[0]
  return close !== undefined && close.awayMs < (edges.toMs - edges.fromMs) / 50 ? close.event.text : null
}

/** What the grey bands are, for those without a mouse, too. */
function FilledNote({ lines }: { lines: readonly chart.FilledLine[] }) {
  if (lines.length === 0) return null
  const files = [...new Set(lines.flatMap(({ filled }) => filled.fileNames))]
  return (
    <Typography variant="body2" sx={{ px: 1, overflowWrap: 'anywhere' }}>
      <ProvenanceChip provenance="backFilled" /> On grey: from {files.join(', ')}, the log of the instrument’s own
      controller. The station recorded nothing there, and nothing of it is credited.
    </Typography>
  )
}

interface PanesProps {
  view: RunView
  panes: readonly chart.Pane[]
  recent: readonly RecentReading[]
  edges: chart.Edges
  onStretch: (stretch: chart.Stretch) => void
}

/** What the cursor is at: when, what happened there, and whether the values are another's. */
function sayPlace(cursorMs: number, { view, edges }: PanesProps, files: readonly string[]): string {
  const near = nearestEvent(view, cursorMs, edges)
  const from = files.length > 0 ? `back-filled from ${files.join(', ')}, not credited` : null
  return [formatDateTime(cursorMs), from, near].filter((text) => text !== null).join(' · ')
}

/** A picture for each unit, above each what its lines mean and are at the cursor. */
export function ChartPanes(props: PanesProps) {
  const { view, panes, recent, edges, onStretch } = props
  const [cursorMs, setCursorMs] = useState<number | null>(null)
  const columns = useMemo(
    () => panes.map((pane) => chart.columnsOf(view, pane.channels, recent)),
    [view, panes, recent],
  )
  const filled = useMemo(() => panes.map((pane) => chart.filledLines(view, pane.channels)), [view, panes])
  const events = useMemo(() => chart.markedEvents(view.events), [view])
  const atMs = cursorMs ?? view.toMs
  return (
    <>
      <Typography variant="caption" component="p" sx={{ m: 0, px: 1, color: 'text.secondary', minHeight: 36 }}>
        {cursorMs === null
          ? `Newest values, ${formatDateTime(atMs)}`
          : sayPlace(cursorMs, props, chart.filesAt(view, filled.flat(), cursorMs))}
      </Typography>
      <FilledNote lines={filled.flat()} />
      {panes.map((pane, i) => (
        <Box key={pane.unit} sx={{ mb: 1 }}>
          <Legend pane={pane} filled={filled[i]!} view={view} atMs={atMs} />
          <RunPlot
            pane={pane}
            filled={filled[i]!}
            columns={columns[i]!}
            edges={edges}
            events={events}
            spans={chart.filledSpans(view, filled[i]!)}
            height={panes.length > 2 ? 150 : 190}
            onSelect={(chosen) => onStretch({ kind: 'fixed', ...chosen })}
            onCursor={setCursorMs}
          />
        </Box>
      ))}
    </>
  )
}
