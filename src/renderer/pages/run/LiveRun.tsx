import { Box, Chip, Typography } from '@mui/material'
import { useMemo } from 'react'
import type { Run, RunLive } from '../../../contract/run.ts'
import { moduleIdsOf } from '../../../contract/runModules.ts'
import { drawnSweeps } from '../../charts/ivSeries.ts'
import { IvChart } from '../../charts/IvChart.tsx'
import { formatDateTime } from '../../logic/format.ts'
import { hrefOf } from '../../logic/route.ts'
import type { SweepTrace } from '../../logic/trace.ts'
import { ProvenanceChip, StatusChip } from '../../parts/chips.tsx'
import { LogPanel } from '../../parts/LogPanel.tsx'
import { MethodState } from '../../parts/MethodState.tsx'
import { PageHead } from '../../parts/PageHead.tsx'
import { Panel } from '../../parts/Panel.tsx'
import { useCompleteTrace, useTemplate } from '../../state/hooks.ts'
import { emptyTrace } from '../../state/stationState.ts'
import { useMirror } from '../../state/station.ts'
import { AttentionBanner } from './AttentionBanner.tsx'
import { ControlPanel } from './ControlPanel.tsx'
import { ExposurePanel } from './ExposurePanel.tsx'
import { LanesPanel } from './LanesPanel.tsx'
import { NowPanel } from './NowPanel.tsx'
import { PromptCard } from './PromptCard.tsx'
import { QuickPanel } from './QuickPanel.tsx'
import { ReadingsPanel } from './ReadingsPanel.tsx'
import { RunChartPanel } from './RunChartPanel.tsx'
import { SafeStopPanel } from './SafeStopPanel.tsx'
import { StepsPanel } from './StepsPanel.tsx'

function describe(sweeps: readonly SweepTrace[]): string {
  const last = sweeps.at(-1)
  if (last === undefined) return 'I-V curve: no points yet'
  const { length } = last.voltageV
  return `I-V curve: ${sweeps.length} ${sweeps.length === 1 ? 'sweep' : 'sweeps'}, ${length} points in the last one`
}

function CurvePanel({ run, sweeps }: { run: Run; sweeps: readonly SweepTrace[] }) {
  const connected = useMirror((state) => state.link === 'open')
  const curves = useMemo(() => drawnSweeps(sweeps), [sweeps])
  const aside = (
    <>
      {!connected && <Chip label="STALE" color="warning" />}
      <ProvenanceChip provenance={run.provenance} />
    </>
  )
  return (
    <Panel title="I-V curve as measured" aside={aside}>
      <Box sx={{ opacity: connected ? 1 : 0.55 }}>
        <IvChart curves={curves} withPower description={describe(sweeps)} />
      </Box>
    </Panel>
  )
}

// Two columns side by side; on a phone one column with the log last.
const columnStyle = { display: { xs: 'contents', lg: 'grid' }, gap: 2, alignContent: 'start', minWidth: 0 }

function Head({ run }: { run: Run }) {
  const ids = moduleIdsOf(run)
  return (
    <PageHead
      title={run.protocolTitle}
      subtitle={
        <>
          {ids.length > 1 ? `${ids.length} modules` : 'Module'} <strong>{ids.join(', ')}</strong> · {run.protocolId}{' '}
          {run.protocolVersion} · {run.operator} · since {formatDateTime(run.startedUtcMs)}
          {run.virtualTime && ' (simulated time)'}
          <MethodState run={run} />
        </>
      }
      actions={
        <>
          <StatusChip status={run.status} />
          <ProvenanceChip provenance={run.provenance} />
        </>
      }
    />
  )
}

/** Whether curves are what this run is about; a test of weeks shows them once there are some. */
const showsCurves = (live: RunLive | null, sweeps: readonly SweepTrace[]): boolean =>
  sweeps.length > 0 || (live?.exposure ?? []).length === 0

/** More would only hide each other. */
const mostSweeps = 12

/** A run that is going on: what it asks, what it measures, where it stands. */
export function LiveRun({ run }: { run: Run }) {
  useCompleteTrace(run.id)
  const template = useTemplate(run.protocolId)
  const trace = useMirror((state) => state.traces[run.id]) ?? emptyTrace
  const { live } = trace
  const sweeps = useMemo(() => trace.sweeps.slice(-mostSweeps), [trace.sweeps])
  const prompt = live?.prompt ?? null
  const curves = showsCurves(live, sweeps)
  const now = (live?.steps ?? []).map(({ title }) => title).join(', ') || (live?.stepTitle ?? 'starting')
  return (
    <>
      <Head run={run} />
      <AttentionBanner run={run} live={live} log={trace.log} />
      <Typography role="status" aria-live="polite" sx={hidden}>
        {prompt === null && `Now: ${now}`}
      </Typography>
      <Box sx={{ display: 'grid', gap: 2, gridTemplateColumns: { xs: 'minmax(0, 1fr)', lg: 'minmax(0, 1fr) 384px' } }}>
        <Box sx={columnStyle}>
          {prompt !== null && <PromptCard key={prompt.id} runId={run.id} operator={run.operator} prompt={prompt} />}
          <NowPanel run={run} live={live} template={template} />
          <ExposurePanel run={run} live={live} ledgerHref={hrefOf({ page: 'exposure', runId: run.id })} />
          {curves && <CurvePanel run={run} sweeps={sweeps} />}
          {curves && <QuickPanel sweeps={sweeps} />}
          <RunChartPanel run={run} recent={trace.recent} />
          <Box sx={{ order: { xs: 1, lg: 0 }, minWidth: 0 }}>
            <LogPanel events={trace.log} virtualTime={run.virtualTime} />
          </Box>
        </Box>
        <Box sx={columnStyle}>
          <ControlPanel run={run} template={template} isDiskFull={live?.diskFull === true} />
          <LanesPanel run={run} />
          <ReadingsPanel run={run} readings={trace.readings} />
          <StepsPanel run={run} live={live} seenSteps={trace.seenSteps} />
          <SafeStopPanel safeStops={live?.safeStops ?? []} running={run.status === 'running'} />
        </Box>
      </Box>
    </>
  )
}

// Seen by screen readers only: sighted people have the panel “Now”.
const hidden = { position: 'absolute', width: '1px', height: '1px', overflow: 'hidden', clip: 'rect(0 0 0 0)' } as const
