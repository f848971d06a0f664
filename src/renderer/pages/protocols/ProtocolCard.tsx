import { Box, Button, Typography } from '@mui/material'
import { useRef, useState } from 'react'
import type { ProtocolSummary } from '../../../contract/api.ts'
import { describeApproval, isPending, type ProtocolAction } from '../../../contract/approval.ts'
import { formatDateTime } from '../../logic/format.ts'
import { actsOf, actWords } from '../../logic/protocolActs.ts'
import { protocolWords } from '../../logic/words.ts'
import { ToneChip } from '../../parts/chips.tsx'
import { Fold } from '../../parts/Fold.tsx'
import { Panel } from '../../parts/Panel.tsx'
import { ActForm } from './ActForm.tsx'
import { Content } from './Content.tsx'
import { History } from './History.tsx'

function State({ protocol }: { protocol: ProtocolSummary }) {
  const { approval } = protocol
  const { submitted } = approval
  return (
    <>
      <Typography sx={{ overflowWrap: 'anywhere' }}>It is {describeApproval(approval)}.</Typography>
      {submitted !== null && isPending(approval) && (
        <Typography sx={{ mt: 0.5 }}>
          <strong>
            {submitted.name} ({submitted.role}, name as typed) submitted it on {formatDateTime(submitted.utcMs)}
          </strong>
          {submitted.author !== undefined && `; it was written by ${submitted.author}`}. It waits for a second person.
          {submitted.comment !== '' && ` “${submitted.comment}”`}
        </Typography>
      )}
      <Typography variant="caption" component="div" sx={{ color: 'text.secondary', overflowWrap: 'anywhere', mt: 0.5 }}>
        Content, SHA-256: {approval.sha256}
      </Typography>
    </>
  )
}

/** One protocol: what it is, who answers for it, and what can be done about that. */
export function ProtocolCard({ protocol }: { protocol: ProtocolSummary }) {
  const [asking, setAsking] = useState<ProtocolAction | null>(null)
  const buttons = useRef<HTMLDivElement>(null)
  const { id, version, title, purpose, approval } = protocol
  const words = protocolWords[approval.state]
  const close = (): void => {
    setAsking(null)
    // What had the focus is gone with the form.
    requestAnimationFrame(() => buttons.current?.querySelector('button')?.focus())
  }
  return (
    <Panel
      title={`${id} ${title}`}
      aside={
        <>
          <Typography variant="body2" component="span" sx={{ color: 'text.secondary' }}>
            version {version}
          </Typography>
          <ToneChip tone={words.tone} label={words.title} title={words.meaning} />
        </>
      }
    >
      <Typography variant="body2" sx={{ color: 'text.secondary', mb: 1 }}>
        {purpose}
      </Typography>
      <State protocol={protocol} />
      <Box ref={buttons} sx={{ display: 'flex', gap: 1, flexWrap: 'wrap', my: 1 }}>
        {actsOf(approval).map((action) => (
          <Button
            key={action}
            size="small"
            variant={action === 'approve' ? 'contained' : 'outlined'}
            aria-label={`${actWords[action].title} ${id} …`}
            aria-expanded={asking === action}
            onClick={() => setAsking(action)}
          >
            {actWords[action].title} …
          </Button>
        ))}
      </Box>
      {asking !== null && <ActForm key={asking} protocol={protocol} action={asking} onClose={close} />}
      <Box sx={{ display: 'grid', gap: 1, mt: 1, gridTemplateColumns: 'minmax(0, 1fr)' }}>
        <Fold title="History" summary={`who did what with ${id} at this station`}>
          <History id={id} version={`${approval.decided?.seq ?? 0} ${approval.submitted?.seq ?? 0}`} />
        </Fold>
        <Fold title="Content" summary="what is submitted and approved, whole">
          <Content id={id} />
        </Fold>
      </Box>
    </Panel>
  )
}
