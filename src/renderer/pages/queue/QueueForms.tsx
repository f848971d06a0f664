import { Checkbox, FormControlLabel, TextField, Typography } from '@mui/material'
import { useState } from 'react'
import type { QueueEntry } from '../../../contract/queue.ts'
import { modulesText } from '../../logic/queue.ts'
import { Inline } from '../../parts/Inline.tsx'
import { useDraft } from '../../state/draft.ts'
import { goTo, useAction } from '../../state/hooks.ts'
import { useStation } from '../../state/station.ts'

interface FormProps {
  entry: QueueEntry
  onClose: () => void
}

/** A queued run is started some time after it was asked for: what is in place has to be looked at again. */
export function StartForm({ entry, onClose }: FormProps) {
  const station = useStation()
  const who = useDraft((draft) => draft.operator.trim())
  const [looked, setLooked] = useState(false)
  const action = useAction()
  const send = async (): Promise<void> => {
    const done = await station.call((client) => client.queue.start({ id: entry.id, who }))
    if (done.state === 'started' && done.runId !== null) goTo({ page: 'run', runId: done.runId })
  }
  return (
    <Inline act="Start test" ready={looked && who !== ''} action={action} onSend={send} onClose={onClose}>
      <FormControlLabel
        control={<Checkbox autoFocus checked={looked} onChange={(_event, is) => setLooked(is)} />}
        label={`I am at the instruments: ${modulesText(entry)} is in place, and nobody is in danger.`}
      />
      <Typography variant="body2" sx={{ color: 'text.secondary' }}>
        The pre-flight check is made first.{' '}
        {who === '' ? 'Say above who you are.' : `The run begins in the name ${who}.`}
      </Typography>
    </Inline>
  )
}

export function RemoveForm({ entry, onClose }: FormProps) {
  const station = useStation()
  const who = useDraft((draft) => draft.operator.trim())
  const [reason, setReason] = useState('')
  const action = useAction()
  const send = async (): Promise<void> =>
    void (await station.call((client) => client.queue.remove({ id: entry.id, who, reason: reason.trim() })))
  return (
    <Inline
      act="Remove from the queue"
      danger
      ready={reason.trim() !== '' && who !== ''}
      action={action}
      onSend={send}
      onClose={onClose}
    >
      <TextField
        label="Why (for the record)"
        required
        autoFocus
        value={reason}
        onChange={(event) => setReason(event.target.value)}
        helperText={who === '' ? 'Say above who you are.' : `Recorded with the name ${who}.`}
      />
    </Inline>
  )
}
