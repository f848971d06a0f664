import { Box, TextField, Typography } from '@mui/material'
import { useState } from 'react'
import type { ProtocolSummary } from '../../../contract/api.ts'
import { isSameName, protocolTransitions, type ProtocolAction } from '../../../contract/approval.ts'
import { actWords, leastReason, needsReason } from '../../logic/protocolActs.ts'
import { Inline } from '../../parts/Inline.tsx'
import { useAction } from '../../state/hooks.ts'
import { useStation } from '../../state/station.ts'

interface ActFormProps {
  protocol: ProtocolSummary
  action: ProtocolAction
  onClose: () => void
}

/** Whose work it is, who must therefore not approve it; null where this name may. */
function ownWork({ approval }: ProtocolSummary, action: ProtocolAction, name: string): string | null {
  const { submitted } = approval
  if (action !== 'approve' || submitted === null) return null
  return [submitted.name, submitted.author ?? submitted.name].find((each) => isSameName(each, name)) ?? null
}

/** A signature as this station has it: name and role as typed, bound to one content. */
export function ActForm({ protocol, action, onClose }: ActFormProps) {
  const station = useStation()
  const [typed, setTyped] = useState({ name: '', role: '', comment: '', author: '' })
  const act = useAction()
  const set = (field: keyof typeof typed) => (event: { target: { value: string } }) =>
    setTyped({ ...typed, [field]: event.target.value })
  const [name, role, comment, author] = [typed.name, typed.role, typed.comment, typed.author].map((each) => each.trim())
  const own = ownWork(protocol, action, name ?? '')
  const hasReason = !needsReason(action) || (comment ?? '').length >= leastReason
  const send = async (): Promise<void> => {
    const asked = { id: protocol.id, sha256: protocol.approval.sha256, name: name!, role: role!, comment: comment! }
    await station.call(({ protocols }) =>
      action === 'submit' ? protocols.submit({ ...asked, ...(author ? { author } : {}) }) : protocols[action](asked),
    )
  }
  return (
    <Inline
      act={actWords[action].act}
      danger={action === 'retire'}
      ready={name !== '' && role !== '' && hasReason && own === null}
      action={act}
      onSend={send}
      onClose={onClose}
    >
      <Typography variant="body2">{protocolTransitions[action].meaning}</Typography>
      <Box sx={{ display: 'grid', gap: 1.25, gridTemplateColumns: { xs: '1fr', sm: '1fr 1fr' }, alignItems: 'start' }}>
        <TextField
          label="Name"
          required
          autoFocus
          value={typed.name}
          onChange={set('name')}
          error={own !== null}
          helperText={own === null ? ' ' : `${own} wrote or submitted it: a second person approves.`}
        />
        <TextField
          label="Role"
          required
          value={typed.role}
          onChange={set('role')}
          helperText="Such as head of laboratory"
        />
        {action === 'submit' && (
          <TextField
            label="Written by"
            value={typed.author}
            onChange={set('author')}
            helperText="Where that is somebody else"
          />
        )}
        <TextField
          label={actWords[action].comment}
          required={needsReason(action)}
          value={typed.comment}
          onChange={set('comment')}
          helperText={needsReason(action) ? `At least ${leastReason} characters` : 'Kept in the history'}
        />
      </Box>
      <Typography variant="body2" sx={{ color: 'text.secondary' }}>
        Name and role are recorded as typed; nothing proves them. The record is bound to the content by its SHA-256, and
        can’t be changed afterwards.
      </Typography>
    </Inline>
  )
}
