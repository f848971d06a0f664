import { TextField } from '@mui/material'
import { useDraft } from '../state/draft.ts'

/** Who acts at this window; remembered here. */
export function WhoField({ helperText }: { helperText: string }) {
  const operator = useDraft((draft) => draft.operator)
  const setOperator = useDraft((draft) => draft.setOperator)
  return (
    <TextField
      label="Your name"
      value={operator}
      onChange={(event) => setOperator(event.target.value)}
      helperText={helperText}
      slotProps={{ htmlInput: { maxLength: 80 } }}
    />
  )
}
