import Refresh from '@mui/icons-material/Refresh'
import { Alert, Box, Button, Link, Typography } from '@mui/material'
import { useState } from 'react'
import type { RunExposure } from '../../../contract/exposure.ts'
import type { RecoveryReport, Run } from '../../../contract/run.ts'
import { PlainPage } from '../../frame/PlainPage.tsx'
import { formatDateTime, formatDuration } from '../../logic/format.ts'
import { ruleWords } from '../../logic/recovery.ts'
import { hrefOf } from '../../logic/route.ts'
import { ErrorNotice } from '../../parts/ErrorNotice.tsx'
import { FetchedView } from '../../parts/FetchedView.tsx'
import { PageHead } from '../../parts/PageHead.tsx'
import { Panel } from '../../parts/Panel.tsx'
import { useFetched } from '../../state/hooks.ts'
import { useMirror } from '../../state/station.ts'
import { BackFillPanel } from '../backfill/BackFillPanel.tsx'
import { DecisionPanel } from './DecisionPanel.tsx'
import { InstrumentsNow } from './InstrumentsNow.tsx'

const sayEarlier = (recoveries: NonNullable<Run['recoveries']>): string =>
  recoveries.length === 0
    ? 'never'
    : recoveries.map(({ utcMs, decision, who }) => `${formatDateTime(utcMs)}, ${decision} (${who})`).join('; ')

function Facts({ report, run }: { report: RecoveryReport; run: Run }) {
  const rows = [
    ['Last recorded', formatDateTime(report.lastUtcMs)],
    ['Gone for', formatDuration(report.outageMs)],
    ['In the middle of', report.steps.map(({ title, path }) => `${title} (${path})`).join('; ') || 'no step'],
    ['Rule of the protocol', ruleWords[report.rule]],
    ['By itself', report.unattended === null ? 'the station may go on by itself' : `no: ${report.unattended}`],
    ['Interrupted before', sayEarlier(run.recoveries ?? [])],
  ] as const
  return (
    <Panel title="What happened">
      {report.emergency && (
        <Alert severity="error" variant="outlined" sx={{ mb: 1.5 }}>
          An emergency stop ended this run. It never goes on by itself.
        </Alert>
      )}
      <Box
        component="dl"
        sx={{
          ...{ m: 0, display: 'grid', columnGap: 2, rowGap: 0.5 },
          gridTemplateColumns: { xs: '1fr', sm: 'max-content minmax(0, 1fr)' },
        }}
      >
        {rows.map(([label, value]) => (
          <Box key={label} sx={{ display: 'contents' }}>
            <Typography component="dt" variant="body2" sx={{ color: 'text.secondary' }}>
              {label}
            </Typography>
            <Typography
              component="dd"
              variant="body2"
              sx={{ m: 0, mb: { xs: 0.75, sm: 0 }, overflowWrap: 'anywhere', fontWeight: 600 }}
            >
              {value}
            </Typography>
          </Box>
        ))}
      </Box>
    </Panel>
  )
}

function Report({ run }: { run: Run }) {
  const [round, setRound] = useState(0)
  const fetched = useFetched({
    key: `${run.id}#${round}`,
    fetch: (client) => client.runs.inspectRecovery({ runId: run.id }),
  })
  const again = (
    <Button size="small" startIcon={<Refresh aria-hidden />} onClick={() => setRound(round + 1)}>
      Ask the instruments again
    </Button>
  )
  if (fetched.state === 'failed') {
    return (
      <>
        <Box>
          <ErrorNotice error={fetched.error} />
          {again}
        </Box>
        <LogEvidence run={run} />
        <DecisionPanel run={run} report={null} />
      </>
    )
  }
  return (
    <FetchedView fetched={fetched} what="what the instruments say now">
      {(report) => (
        <>
          <Facts report={report} run={run} />
          <InstrumentsNow report={report} aside={again} />
          <LogEvidence run={run} />
          <DecisionPanel key={round} run={run} report={report} />
        </>
      )}
    </FetchedView>
  )
}

/** The chamber's own record of the time since, before anybody decides. */
function LogEvidence({ run }: { run: Run }) {
  const [kept, setKept] = useState<RunExposure | null>(null)
  const fetched = useFetched({ key: run.id, fetch: (client) => client.runs.exposure({ runId: run.id }) })
  const exposure = kept ?? (fetched.state === 'here' ? fetched.value : null)
  if (exposure === null || exposure.accounts.length === 0) return null
  return <BackFillPanel run={run} records={exposure.backFills} onKept={setKept} />
}

function NothingToDecide({ runId, isKnown }: { runId: string; isKnown: boolean }) {
  return (
    <PlainPage title="Nothing to decide">
      <Typography>This run isn’t interrupted, or the decision was made already.</Typography>
      <Link href={hrefOf(isKnown ? { page: 'run', runId } : { page: 'runs' })}>
        {isKnown ? 'Open the run' : 'All runs'}
      </Link>
    </PlainPage>
  )
}

/** After an outage: what was, what is now, and what becomes of the run. Nothing is commanded before the decision. */
export function RecoveryPage({ runId }: { runId: string }) {
  const run = useMirror((state) => state.runs.find((one) => one.id === runId))
  if (run === undefined || run.status !== 'interrupted')
    return <NothingToDecide runId={runId} isKnown={run !== undefined} />
  const others = (run.lanes?.length ?? 1) - 1
  return (
    <>
      <PageHead
        title="After the interruption"
        subtitle={
          <>
            {run.protocolTitle} · {run.protocolId} · module <strong>{run.module.id}</strong>
            {others > 0 && ` and ${others} more`} · begun {formatDateTime(run.startedUtcMs)}. The instruments are only
            read: nothing is commanded before your decision.
          </>
        }
      />
      <Box sx={{ display: 'grid', gap: 2, gridTemplateColumns: 'minmax(0, 1fr)' }}>
        <Report run={run} />
      </Box>
    </>
  )
}
