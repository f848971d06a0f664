import { Box, Button } from '@mui/material'
import { type FormEvent, type ReactNode } from 'react'
import { ErrorNotice } from './ErrorNotice.tsx'
import type { Action } from '../state/hooks.ts'

interface InlineProps {
  /** What pressing the button does. */
  act: string
  danger?: boolean
  ready: boolean
  action: Action
  /** Resolves when the station has done it. */
  onSend: () => Promise<void>
  onClose: () => void
  children: ReactNode
}

/** A question right where it came up; Enter sends it, Escape leaves everything as it is. */
export function Inline({ act, danger = false, ready, action, onSend, onClose, children }: InlineProps) {
  const send = async (event: FormEvent): Promise<void> => {
    event.preventDefault()
    if (!ready || action.busy) return
    if (await action.run(onSend)) onClose()
  }
  return (
    <Box
      component="form"
      onSubmit={(event) => void send(event)}
      onKeyDown={(event) => event.key === 'Escape' && onClose()}
      sx={{ display: 'grid', gap: 1.25, mt: 1, p: 1.5, border: 1, borderColor: 'divider', borderRadius: 1 }}
    >
      {children}
      <Box sx={{ display: 'flex', gap: 1, flexWrap: 'wrap' }}>
        <Button type="submit" variant="contained" color={danger ? 'error' : 'primary'} disabled={!ready || action.busy}>
          {act}
        </Button>
        <Button onClick={onClose}>Leave it as it is</Button>
      </Box>
      <ErrorNotice error={action.error} />
    </Box>
  )
}
