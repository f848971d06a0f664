import { Box, LinearProgress, Link, Typography } from '@mui/material'
import type { Run, RunLive } from '../../../contract/run.ts'
import { estimateEnd, fractionOf, type Estimate, type LiveExposure } from '../../logic/exposure.ts'
import { formatDateTime, formatDuration, formatNumber, formatPlain, noValue } from '../../logic/format.ts'
import { Figure, Figures } from '../../parts/Figure.tsx'
import { Panel } from '../../parts/Panel.tsx'
import { useUtcNow } from '../../state/hooks.ts'

function sayEstimate(estimate: Estimate): { text: string; note?: string } {
  switch (estimate.kind) {
    case 'met':
      return { text: 'reached' }
    case 'notBegun':
      return { text: noValue, note: 'not begun yet' }
    case 'unknown':
      return { text: noValue, note: estimate.reason }
    case 'at':
      return { text: formatDateTime(estimate.utcMs).slice(0, 16), note: 'if it goes on as so far' }
  }
}

const decimalsOf = (unit: string): number => (unit === 'h' ? 3 : unit === 'cycles' || unit === '' ? 0 : 2)

function Account({ exposure, paused, nowUtcMs }: { exposure: LiveExposure; paused: boolean; nowUtcMs: number }) {
  const { title, lane, unit, credited, required, elapsedMs, lostMs } = exposure
  const fraction = fractionOf(exposure)
  const percent = fraction === null ? null : fraction * 100
  const name = lane === null ? title : `Lane ${lane}: ${title}`
  const of = required === null ? {} : { note: `of ${formatPlain(required)} ${unit} required` }
  return (
    <Box sx={{ '& + &': { mt: 2, pt: 1.5, borderTop: 1, borderColor: 'divider' } }}>
      <Box sx={{ display: 'flex', justifyContent: 'space-between', gap: 1, flexWrap: 'wrap', mb: 0.5 }}>
        <Typography component="h3" variant="h3">
          {name}
        </Typography>
        {percent !== null && (
          <Typography variant="caption">{formatNumber(percent, percent < 10 ? 2 : 1)} % credited</Typography>
        )}
      </Box>
      {percent !== null && (
        <LinearProgress
          variant="determinate"
          value={percent}
          aria-label={`${name}: credited`}
          sx={{ mb: 1, height: 8, borderRadius: 1 }}
        />
      )}
      <Figures minWidth={150}>
        <Figure label="Credited" text={formatNumber(credited, decimalsOf(unit))} unit={unit} {...of} />
        <Figure label="Elapsed in these steps" text={formatDuration(elapsedMs)} unit="" />
        <Figure
          label="Not credited"
          text={formatDuration(lostMs)}
          unit=""
          {...(lostMs > 0 && { note: 'see the ledger' })}
        />
        <Figure label="Expected to be reached" {...sayEstimate(estimateEnd(exposure, { nowUtcMs, paused }))} unit="" />
      </Figures>
    </Box>
  )
}

/** Credited beside elapsed: the standard counts only the first. */
export function ExposurePanel({ run, live, ledgerHref }: { run: Run; live: RunLive | null; ledgerHref: string }) {
  const nowUtcMs = useUtcNow()
  const accounts = live?.exposure ?? []
  if (accounts.length === 0) return null
  const paused = run.status === 'paused' || (live?.paused ?? null) !== null
  return (
    <Panel title="Exposure" aside={<Link href={ledgerHref}>Ledger</Link>}>
      {accounts.map((exposure) => (
        <Account key={`${exposure.id}@${exposure.lane}`} exposure={exposure} paused={paused} nowUtcMs={nowUtcMs} />
      ))}
    </Panel>
  )
}
