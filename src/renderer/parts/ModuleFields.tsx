import { Box, TextField } from '@mui/material'
import type { DraftModule } from '../state/draft.ts'

interface ModuleFieldsProps {
  module: DraftModule
  onChange: (change: Partial<DraftModule>) => void
  /** Shown below the id. */
  idHelp: string
}

/** The identity of the module as its label says it. */
export function ModuleFields({ module, onChange, idHelp }: ModuleFieldsProps) {
  return (
    <Box sx={{ display: 'grid', gap: 1.75, gridTemplateColumns: { xs: '1fr', sm: '1fr 1fr' } }}>
      <TextField
        label="Module id"
        required
        value={module.id}
        onChange={(event) => onChange({ id: event.target.value })}
        onKeyDown={(event) => {
          // A scanner ends with Enter: that is the end of the id, not the wish to go on.
          if (event.key === 'Enter') event.preventDefault()
        }}
        helperText={idHelp}
        sx={{ gridColumn: '1 / -1' }}
        slotProps={{ htmlInput: { maxLength: 80, autoComplete: 'off', spellCheck: false } }}
      />
      <TextField
        label="Maker"
        value={module.maker}
        onChange={(event) => onChange({ maker: event.target.value })}
        slotProps={{ htmlInput: { maxLength: 120 } }}
      />
      <TextField
        label="Model"
        value={module.model}
        onChange={(event) => onChange({ model: event.target.value })}
        slotProps={{ htmlInput: { maxLength: 120 } }}
      />
    </Box>
  )
}
