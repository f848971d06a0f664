import { Alert, Box, Button } from '@mui/material'
import { useState, type ReactNode } from 'react'
import { useDraft } from '../state/draft.ts'
import { useAction } from '../state/hooks.ts'
import { ErrorNotice } from './ErrorNotice.tsx'
import { WhoField } from './WhoField.tsx'

interface SaveFormProps {
  label: string
  save: (who: string) => Promise<void>
  /** Whoever saves gives a name, which goes into the audit trail. */
  signed?: boolean
  children: ReactNode
}

/** Fields of the station that are saved together; says that they were, until something is changed. */
export function SaveForm({ label, save, signed = false, children }: SaveFormProps) {
  const who = useDraft((draft) => draft.operator.trim())
  const [saved, setSaved] = useState(false)
  const action = useAction()
  return (
    <Box
      component="form"
      aria-label={label}
      onChange={() => setSaved(false)}
      onSubmit={(event) => {
        event.preventDefault()
        void action.run(() => save(who)).then(setSaved)
      }}
      sx={{ display: 'grid', gap: 2, maxWidth: 560 }}
    >
      {children}
      {signed && <WhoField helperText="The change goes into the audit trail with it." />}
      <ErrorNotice error={action.error} />
      <Box sx={{ display: 'flex', gap: 2, alignItems: 'center' }}>
        <Button type="submit" variant="contained" disabled={action.busy || (signed && who === '')}>
          Save
        </Button>
        <Box role="status">{saved && <Alert severity="success">Saved.</Alert>}</Box>
      </Box>
    </Box>
  )
}
