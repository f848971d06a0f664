import { Box, Button, Typography } from '@mui/material'
import { useState } from 'react'
import type { ExposureAccount, RunExposure } from '../../../contract/exposure.ts'
import type { Run } from '../../../contract/run.ts'
import { formatDuration } from '../../logic/format.ts'
import { accountKey, entriesOf, filledOf, sayCredited } from '../../logic/ledger.ts'
import { hrefOf } from '../../logic/route.ts'
import { isActive } from '../../logic/words.ts'
import { FetchedView } from '../../parts/FetchedView.tsx'
import { Figure, Figures } from '../../parts/Figure.tsx'
import { PageHead } from '../../parts/PageHead.tsx'
import { Panel } from '../../parts/Panel.tsx'
import { MarkChip, ProvenanceChip } from '../../parts/chips.tsx'
import { useFetched, useNow } from '../../state/hooks.ts'
import { useMirror } from '../../state/station.ts'
import { BackFillPanel } from '../backfill/BackFillPanel.tsx'
import { LossList } from './LossList.tsx'
import { TimeBar, TimeBarLegend } from './TimeBar.tsx'

function Account({ account, exposure }: { account: ExposureAccount; exposure: RunExposure }) {
  const { title, lane, clause, mark } = account
  const name = lane === null ? title : `Lane ${lane}: ${title}`
  const times = [
    ['Time credited', account.creditedMs],
    ['Out of tolerance', account.outOfToleranceMs],
    ['Unknown', account.unknownMs],
    ['Blind', account.blindMs],
  ] as const
  const said = times.map(([label, ms]) => `${label} ${formatDuration(ms)}`).join(', ')
  return (
    <Panel title={name} aside={<MarkChip mark={mark} />}>
      <Box sx={{ display: 'grid', gap: 1.5 }}>
        <Figures minWidth={140}>
          <Figure label="Credited" text={sayCredited(account)} unit="" note={clause} />
          <Figure label="Elapsed in all" text={formatDuration(account.elapsedMs)} unit="" />
          {times.map(([label, ms]) => (
            <Figure key={label} label={label} text={formatDuration(ms)} unit="" />
          ))}
        </Figures>
        <TimeBar
          entries={entriesOf(exposure, account)}
          filled={filledOf(exposure.backFills, account)}
          description={`${name} by time: ${said}`}
        />
      </Box>
    </Panel>
  )
}

function Ledger({
  run,
  exposure,
  onChange,
}: {
  run: Run
  exposure: RunExposure
  onChange: (exposure: RunExposure) => void
}) {
  const open = exposure.losses.filter((loss) => loss.open).length
  if (exposure.accounts.length === 0) return <Typography>This test has no exposure that is credited.</Typography>
  return (
    <Box sx={{ display: 'grid', gap: 2, gridTemplateColumns: 'minmax(0, 1fr)' }}>
      <TimeBarLegend />
      {exposure.accounts.map((account) => (
        <Account key={accountKey(account)} account={account} exposure={exposure} />
      ))}
      <Panel
        title="What was not credited"
        flush
        alarming={open > 0}
        aside={open > 0 && <Typography variant="caption">{`${open} to decide`}</Typography>}
      >
        {exposure.accounts.every(({ elapsedMs }) => elapsedMs === 0) ? (
          <Typography sx={{ p: 1.75 }}>No time was put to account yet.</Typography>
        ) : (
          <LossList run={run} losses={exposure.losses} onDone={onChange} />
        )}
      </Panel>
      <BackFillPanel run={run} records={exposure.backFills} onKept={onChange} />
      {run.signature !== null && (
        <Typography variant="body2" sx={{ color: 'text.secondary' }}>
          The run is signed: nothing more can be decided.
        </Typography>
      )}
    </Box>
  )
}

const askAgainMs = 30_000

/** Every stretch of the test and what it counts for, and what becomes of what doesn't. */
export function ExposurePage({ runId }: { runId: string }) {
  const run = useMirror((state) => state.runs.find((one) => one.id === runId))
  const round = Math.floor(useNow(askAgainMs) / askAgainMs)
  const active = run !== undefined && isActive(run.status)
  const [decided, setDecided] = useState<RunExposure | null>(null)
  const fetched = useFetched({
    key: runId,
    version: `${active ? round : run?.status}|${decided?.dispositions.length}|${decided?.backFills.length}`,
    fetch: (client) => client.runs.exposure({ runId }),
  })
  return (
    <>
      <PageHead
        title="Exposure ledger"
        subtitle={run === undefined ? '' : `${run.protocolTitle} · ${run.protocolId} · module ${run.module.id}`}
        actions={
          <>
            {run !== undefined && <ProvenanceChip provenance={run.provenance} />}
            <Button href={hrefOf({ page: 'run', runId })}>Back to the run</Button>
          </>
        }
      />
      <FetchedView fetched={fetched} what="the ledger">
        {(exposure) => run !== undefined && <Ledger run={run} exposure={exposure} onChange={setDecided} />}
      </FetchedView>
    </>
  )
}
