import { Box, Button, Typography } from '@mui/material'
import { useState } from 'react'
import type { BackFillEvidence } from '../../../contract/backFill.ts'
import type { ExposureLoss, RunExposure } from '../../../contract/exposure.ts'
import type { Run } from '../../../contract/run.ts'
import { sayEvidence } from '../../../contract/sayEvidence.ts'
import { formatDateTime, formatDuration } from '../../logic/format.ts'
import { classWords, decisionNames, inOrder } from '../../logic/ledger.ts'
import { ProvenanceChip, ToneChip } from '../../parts/chips.tsx'
import { DisposeForm } from './DisposeForm.tsx'

interface LossProps {
  run: Run
  loss: ExposureLoss
  onDone: (exposure: RunExposure) => void
}

const columns = { xs: 'minmax(0, 1fr)', md: '150px 165px 110px minmax(0, 1fr) max-content' }

function Decision({ loss }: { loss: ExposureLoss }) {
  const { disposition, open } = loss
  if (disposition === null)
    return open ? <ToneChip tone="caution" label="open" /> : <ToneChip tone="unknown" label="nothing to decide" />
  return (
    <Typography variant="body2">
      <strong>{decisionNames[disposition.decision].title}</strong>: {disposition.reason} ({disposition.who},{' '}
      {formatDateTime(disposition.utcMs)})
    </Typography>
  )
}

function Evidence({ evidence }: { evidence: BackFillEvidence }) {
  return (
    <Typography variant="body2" sx={{ overflowWrap: 'anywhere', my: 0.25 }}>
      <ProvenanceChip provenance="backFilled" /> {sayEvidence(evidence, formatDuration)}
    </Typography>
  )
}

function Loss({ run, loss, onDone }: LossProps) {
  const [asking, setAsking] = useState(false)
  const canDecide = run.signature === null && loss.disposition === null
  const done = (exposure: RunExposure): void => {
    setAsking(false)
    onDone(exposure)
  }
  return (
    <Box
      component="li"
      sx={{ px: 1.75, py: 1, borderBottom: 1, borderColor: 'divider', '&:last-of-type': { borderBottom: 0 } }}
    >
      <Box sx={{ display: 'grid', gridTemplateColumns: columns, columnGap: 2, rowGap: 0.25, alignItems: 'center' }}>
        <Typography variant="body2" sx={{ fontWeight: 650 }}>
          {classWords[loss.class].title}
          {loss.lane !== null && `, lane ${loss.lane}`}
        </Typography>
        <Typography variant="body2">{formatDateTime(loss.fromUtcMs)}</Typography>
        <Typography variant="body2">{formatDuration(loss.durationMs)}</Typography>
        <Box sx={{ minWidth: 0 }}>
          <Typography variant="body2" sx={{ color: 'text.secondary', overflowWrap: 'anywhere' }}>
            {loss.reasons.join('; ')}
          </Typography>
          {loss.evidence !== undefined && <Evidence evidence={loss.evidence} />}
          <Decision loss={loss} />
        </Box>
        {canDecide && !asking && (
          <Button size="small" variant={loss.open ? 'contained' : 'outlined'} onClick={() => setAsking(true)}>
            Decide …
          </Button>
        )}
      </Box>
      {asking && <DisposeForm run={run} loss={loss} onDone={done} onClose={() => setAsking(false)} />}
    </Box>
  )
}

/** Every stretch that wasn't credited, those that wait for a decision first. */
export function LossList({
  run,
  losses,
  onDone,
}: {
  run: Run
  losses: readonly ExposureLoss[]
  onDone: LossProps['onDone']
}) {
  if (losses.length === 0) return <Typography sx={{ p: 1.75 }}>All of the time is credited.</Typography>
  return (
    <Box component="ul" aria-label="Not credited" sx={{ listStyle: 'none', m: 0, p: 0 }}>
      {inOrder(losses).map((loss) => (
        <Loss key={loss.seq} run={run} loss={loss} onDone={onDone} />
      ))}
    </Box>
  )
}
