import { Box, Button, TextField, Typography } from '@mui/material'
import { useState, type FormEvent, type KeyboardEvent } from 'react'
import type { ExposureLoss, RunExposure } from '../../../contract/exposure.ts'
import type { Disposition, Run } from '../../../contract/run.ts'
import { decisionNames } from '../../logic/ledger.ts'
import { Choice } from '../../parts/Choice.tsx'
import { ErrorNotice } from '../../parts/ErrorNotice.tsx'
import { useAction } from '../../state/hooks.ts'
import { useStation } from '../../state/station.ts'
import { useWho } from '../../state/useWho.ts'

const leastReason = 10

interface DisposeFormProps {
  run: Run
  loss: ExposureLoss
  onDone: (exposure: RunExposure) => void
  onClose: () => void
}

const options = Object.entries(decisionNames).map(([value, { title }]) => ({ value, label: title }))

/** What a person decides about a stretch that wasn't credited, and why. Escape leaves it open. */
export function DisposeForm({ run, loss, onDone, onClose }: DisposeFormProps) {
  const station = useStation()
  const who = useWho(run.operator)
  const proposed = loss.proposal === 'none' ? 'accept' : loss.proposal
  const [decision, setDecision] = useState<Disposition['decision']>(proposed)
  const [reason, setReason] = useState('')
  const action = useAction()
  const ready = reason.trim().length >= leastReason && !action.busy
  const send = async (event: FormEvent): Promise<void> => {
    event.preventDefault()
    if (!ready) return
    const asked = { runId: run.id, seq: loss.seq, decision, reason: reason.trim(), who }
    await action.run(async () => onDone(await station.call((client) => client.runs.dispose(asked))))
  }
  const onKey = (event: KeyboardEvent): void => {
    if (event.key === 'Escape') onClose()
  }
  return (
    <Box
      component="form"
      onSubmit={(event) => void send(event)}
      onKeyDown={onKey}
      sx={{ display: 'grid', gap: 1.25, py: 1 }}
    >
      <Box sx={{ display: 'grid', gap: 1.25, gridTemplateColumns: { xs: '1fr', sm: '200px minmax(0, 1fr)' } }}>
        <Choice
          label="Decision"
          value={decision}
          options={options}
          autoFocus
          onChoose={(value) => setDecision(value as Disposition['decision'])}
        />
        <TextField
          label="Why"
          required
          value={reason}
          onChange={(event) => setReason(event.target.value)}
          helperText={`At least ${leastReason} characters; printed in the report with the name ${who}.`}
        />
      </Box>
      <Typography variant="body2" sx={{ color: 'text.secondary' }}>
        {decisionNames[decision].meaning}
      </Typography>
      <Box sx={{ display: 'flex', gap: 1 }}>
        <Button type="submit" variant="contained" disabled={!ready}>
          Record the decision
        </Button>
        <Button onClick={onClose}>Leave it open</Button>
      </Box>
      <ErrorNotice error={action.error} />
    </Box>
  )
}
