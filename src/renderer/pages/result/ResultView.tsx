import Description from '@mui/icons-material/DescriptionOutlined'
import { Box, Button, LinearProgress } from '@mui/material'
import { lazy, Suspense, useMemo } from 'react'
import type { RunDetail } from '../../../contract/api.ts'
import { moduleIdsOf } from '../../../contract/runModules.ts'
import { formatDateTime, formatDuration } from '../../logic/format.ts'
import { knownResults } from '../../logic/results.ts'
import { hrefOf } from '../../logic/route.ts'
import { ProvenanceChip, StatusChip } from '../../parts/chips.tsx'
import { ErrorNotice } from '../../parts/ErrorNotice.tsx'
import { LogPanel } from '../../parts/LogPanel.tsx'
import { MethodState } from '../../parts/MethodState.tsx'
import { PageHead } from '../../parts/PageHead.tsx'
import { Panel } from '../../parts/Panel.tsx'
import { useFetched } from '../../state/hooks.ts'
import { useMirror } from '../../state/station.ts'
import { RunChartPanel } from '../run/RunChartPanel.tsx'
import { SafeStopPanel } from '../run/SafeStopPanel.tsx'
import { CriteriaTable } from './CriteriaTable.tsx'
import { CurvePanels } from './CurvePanels.tsx'
import { HeadlinePanel } from './HeadlinePanel.tsx'
import { InstrumentsUsed } from './InstrumentsUsed.tsx'
import { SignOff } from './SignOff.tsx'
import { VerdictBanner } from './VerdictBanner.tsx'

const BudgetPanel = lazy(async () => ({ default: (await import('./BudgetPanel.tsx')).BudgetPanel }))

function Head({ run }: Pick<RunDetail, 'run'>) {
  const ids = moduleIdsOf(run)
  const made = ids.length > 1 ? [] : [run.module.maker, run.module.model].filter((text) => text !== '')
  const lasted = run.endedUtcMs === null ? null : run.endedUtcMs - run.startedUtcMs
  return (
    <PageHead
      title={run.protocolTitle}
      subtitle={
        <>
          {ids.length > 1 ? `${ids.length} modules` : 'Module'} <strong>{ids.join(', ')}</strong>
          {made.map((text) => `, ${text}`)} · {run.protocolId} {run.protocolVersion} · {run.operator} ·{' '}
          {formatDateTime(run.startedUtcMs)}
          {lasted !== null && `, ${formatDuration(lasted)}`}
          {run.virtualTime && ' (simulated time)'}
          <MethodState run={run} />
        </>
      }
      actions={
        <>
          <StatusChip status={run.status} />
          <ProvenanceChip provenance={run.provenance} />
          <Button
            variant="contained"
            href={hrefOf({ page: 'report', runId: run.id })}
            startIcon={<Description aria-hidden />}
          >
            Report
          </Button>
        </>
      }
    />
  )
}

function Criteria({ criteria }: Pick<RunDetail, 'criteria'>) {
  const acceptance = criteria.filter((criterion) => criterion.kind === 'acceptance')
  const validity = criteria.filter((criterion) => criterion.kind === 'validity')
  return (
    <>
      {acceptance.length > 0 && (
        <Panel title="Acceptance: does the module meet the requirement?" flush>
          <CriteriaTable criteria={acceptance} label="Acceptance criteria" />
        </Panel>
      )}
      {validity.length > 0 && (
        <Panel title="Validity: does the measurement count?" flush>
          <CriteriaTable criteria={validity} label="Validity criteria" />
        </Panel>
      )}
    </>
  )
}

/** A run that has ended: verdict, values, criteria, curves, uncertainty, sign-off. */
export function ResultView({ detail }: { detail: RunDetail }) {
  const { run } = detail
  const known = useMemo(() => knownResults(detail.results), [detail.results])
  const safeStops = useMirror((state) => state.traces[run.id]?.live?.safeStops) ?? []
  const report = useFetched({
    key: detail.files.length === 0 && detail.results.length === 0 ? null : run.id,
    version: String(run.signature?.utcMs),
    fetch: (client) => client.runs.report({ runId: run.id }),
  })
  return (
    <>
      <Head run={run} />
      <Box sx={{ display: 'grid', gap: 2, gridTemplateColumns: 'minmax(0, 1fr)' }}>
        <VerdictBanner run={run} />
        {run.problem !== null && (
          <ErrorNotice error={run.problem} severity={run.status === 'stopped' ? 'warning' : 'error'} />
        )}
        {safeStops.some((stop) => stop.state !== 'confirmed') && (
          <SafeStopPanel safeStops={safeStops} running={false} />
        )}
        <HeadlinePanel run={run} report={report} />
        <CurvePanels detail={detail} corrected={known.corrected} />
        <RunChartPanel run={run} />
        <Criteria criteria={detail.criteria} />
        {known.budget !== null && (
          <Suspense fallback={<LinearProgress aria-label="Loading the budget" />}>
            <BudgetPanel budget={known.budget} />
          </Suspense>
        )}
        {run.status === 'completed' && (detail.results.length > 0 || run.signature !== null) && <SignOff run={run} />}
        <InstrumentsUsed run={run} />
        {safeStops.length > 0 && safeStops.every((stop) => stop.state === 'confirmed') && (
          <SafeStopPanel safeStops={safeStops} running={false} />
        )}
        <LogPanel events={detail.events} virtualTime={run.virtualTime} />
      </Box>
    </>
  )
}
