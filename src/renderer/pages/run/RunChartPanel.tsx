import { Box, Button, FormControlLabel, Switch, Typography } from '@mui/material'
import { useMemo, useState, type KeyboardEvent } from 'react'
import type { Run } from '../../../contract/run.ts'
import type { RunView } from '../../../contract/runView.ts'
import * as chart from '../../logic/runChart.ts'
import { isActive } from '../../logic/words.ts'
import { ErrorNotice } from '../../parts/ErrorNotice.tsx'
import { Panel } from '../../parts/Panel.tsx'
import { ProvenanceChip } from '../../parts/chips.tsx'
import { useNow } from '../../state/hooks.ts'
import type { RecentReading } from '../../state/stationState.ts'
import { useRunChannels, useRunView } from '../../state/useRunView.ts'
import { ChartPanes } from './ChartPanes.tsx'

const askAgainMs = 10_000
const hourMs = 3_600_000

const spans = [
  { label: 'Last hour', spanMs: hourMs },
  { label: 'Last 24 h', spanMs: 24 * hourMs },
] as const

interface ToolbarProps {
  stretch: chart.Stretch
  onStretch: (stretch: chart.Stretch) => void
  onMove: (key: string) => void
}

const moves = [
  { key: 'ArrowLeft', sign: '◀', label: 'Earlier' },
  { key: 'ArrowRight', sign: '▶', label: 'Later' },
  { key: '+', sign: '+', label: 'Closer' },
  { key: '-', sign: '−', label: 'Wider' },
] as const

/** Everything that the mouse can do, for the keyboard and for fingers. */
function Toolbar({ stretch, onStretch, onMove }: ToolbarProps) {
  const isAll = stretch.kind === 'all'
  const small = { size: 'small', variant: 'outlined' } as const
  return (
    <Box role="toolbar" aria-label="Stretch of time" sx={{ display: 'flex', flexWrap: 'wrap', gap: 0.75 }}>
      <Button {...small} aria-pressed={isAll} onClick={() => onStretch({ kind: 'all' })}>
        Whole run
      </Button>
      {spans.map(({ label, spanMs }) => (
        <Button
          {...small}
          key={label}
          aria-pressed={stretch.kind === 'last' && stretch.spanMs === spanMs}
          onClick={() => onStretch({ kind: 'last', spanMs })}
        >
          {label}
        </Button>
      ))}
      {moves.map(({ key, sign, label }) => (
        <Button {...small} key={key} aria-label={label} sx={{ minWidth: 34 }} onClick={() => onMove(key)}>
          {sign}
        </Button>
      ))}
    </Box>
  )
}

function moveBy(key: string, shown: chart.Edges, whole: chart.Edges): chart.Stretch | null {
  if (key === 'ArrowLeft') return chart.panned(shown, -0.5, whole)
  if (key === 'ArrowRight') return chart.panned(shown, 0.5, whole)
  if (key === '+' || key === '=') return chart.zoomed(shown, 0.5, whole)
  if (key === '-') return chart.zoomed(shown, 2, whole)
  return key === '0' ? { kind: 'all' } : null
}

/** Where the picture begins and ends; with the run where it goes on. */
function shownEdges(view: RunView, stretch: chart.Stretch, recent: readonly RecentReading[]): chart.Edges {
  const lastMs = stretch.kind === 'fixed' ? view.toMs : Math.max(view.toMs, recent.at(-1)?.utcMs ?? view.toMs)
  return { fromMs: view.fromMs, toMs: Math.max(lastMs, view.fromMs + 1000) }
}

const nothing: readonly RecentReading[] = []

function useChart(run: Run, recent: readonly RecentReading[]) {
  const active = isActive(run.status)
  const clockMs = useNow(askAgainMs)
  const round = active ? Math.floor(clockMs / askAgainMs) : -1
  const [stretch, setStretch] = useState<chart.Stretch>({ kind: 'all' })
  const [withAside, setWithAside] = useState(false)
  const channels = useRunChannels(run.id, `${run.status}|${Math.floor(round / 3)}|${recent.length > 0}`)
  const known = channels.state === 'here' ? channels.value : null
  const all = useMemo(() => chart.chartChannels(known ?? []), [known])
  const shape = `${all.map(({ id }) => id).join()}|${withAside}`
  // The list is asked for again and again; the panes stay the same objects while nothing is new.
  // eslint-disable-next-line react-hooks/exhaustive-deps
  const panes = useMemo(() => chart.panesOf(all, withAside), [shape])
  // A run may be closed long after its last value: what is stored says where it ends.
  const [storedToMs, setStoredToMs] = useState<number | null>(null)
  const nowMs = active ? (recent.at(-1)?.utcMs ?? run.startedUtcMs) : (storedToMs ?? run.startedUtcMs)
  const channelIds = panes.flatMap((pane) => pane.channels.map(({ id }) => id))
  const view = useRunView({ runId: run.id, channelIds, stretch, nowMs, round })
  if (view.state === 'here' && stretch.kind === 'all' && view.value.toMs !== storedToMs) setStoredToMs(view.value.toMs)
  const whole = { fromMs: run.startedUtcMs, toMs: Math.max(nowMs, run.startedUtcMs + 1000) }
  const hasAside = all.some(({ isAside }) => isAside)
  return { channels, view, panes, stretch, setStretch, withAside, setWithAside, whole, hasAside }
}

/** Everything that the run measured over its whole time: drag to look closer, arrows to move. */
export function RunChartPanel({ run, recent = nothing }: { run: Run; recent?: readonly RecentReading[] }) {
  const { channels, view, panes, stretch, setStretch, withAside, setWithAside, whole, hasAside } = useChart(run, recent)
  const edges = view.state === 'here' ? shownEdges(view.value, stretch, recent) : whole
  const move = (key: string): boolean => {
    const next = moveBy(key, edges, whole)
    if (next !== null) setStretch(next)
    return next !== null
  }
  const onKey = (event: KeyboardEvent): void => {
    if (event.ctrlKey || event.metaKey || event.altKey) return
    if (move(event.key)) event.preventDefault()
  }
  const problem = channels.state === 'failed' ? channels.error : view.state === 'failed' ? view.error : null
  // A run that has ended with curves alone has nothing to show over time.
  if (!isActive(run.status) && panes.length === 0 && !hasAside && problem === null) return null
  return (
    <Panel title="The whole run" aside={<ProvenanceChip provenance={run.provenance} />}>
      <Box
        role="group"
        tabIndex={0}
        aria-label="Values over time. Arrow keys move, plus and minus zoom, 0 shows the whole run."
        onKeyDown={onKey}
        sx={{ display: 'grid', gap: 1, gridTemplateColumns: 'minmax(0, 1fr)' }}
      >
        <Toolbar stretch={stretch} onStretch={setStretch} onMove={(key) => void move(key)} />
        <ErrorNotice error={problem} />
        {panes.length === 0 && problem === null && (
          <Typography variant="body2" sx={{ color: 'text.secondary' }}>
            {channels.state === 'waiting' ? 'Asking the station …' : 'Nothing was recorded yet.'}
          </Typography>
        )}
        {view.state === 'here' && panes.length > 0 && (
          <ChartPanes view={view.value} panes={panes} recent={recent} edges={edges} onStretch={setStretch} />
        )}
        {hasAside && (
          <FormControlLabel
            label="Show values that serve no role in this test, too"
            control={<Switch size="small" checked={withAside} onChange={(_event, on) => setWithAside(on)} />}
            sx={{ '& .MuiTypography-root': { fontSize: '0.8125rem' } }}
          />
        )}
      </Box>
    </Panel>
  )
}
