import { Box, Button, Checkbox, FormControlLabel, FormGroup, FormLabel, TextField, Typography } from '@mui/material'
import type { InstrumentState } from '../../../contract/api.ts'
import type { PartSlot } from '../../../contract/instrument.ts'
import type { InstrumentForm } from '../../logic/instruments.ts'

interface DefinitionFieldsProps {
  form: InstrumentForm
  /** What the driver needs beside a link. */
  needs: { example?: unknown; parts: readonly PartSlot[] }
  instruments: readonly InstrumentState[]
  problem: string | undefined
  onForm: (part: Partial<InstrumentForm>) => void
}

type SlotProps = Pick<DefinitionFieldsProps, 'form' | 'instruments' | 'onForm'> & { slot: PartSlot }

const countOf = ({ minimum, maximum }: PartSlot): string =>
  minimum === maximum ? String(minimum) : `${minimum} to ${maximum}`

/** Which instruments of the station stand in one place; in the order in which they are chosen. */
function Slot({ slot, form, instruments, onForm }: SlotProps) {
  const chosen = form.parts[slot.name] ?? []
  const fit = instruments.filter((each) => each.roles.includes(slot.role) && each.config.id !== form.id)
  const toggle = (id: string): void => {
    const ids = chosen.includes(id) ? chosen.filter((each) => each !== id) : [...chosen, id]
    onForm({ parts: { ...form.parts, [slot.name]: ids } })
  }
  return (
    <Box
      component="fieldset"
      sx={{ border: 1, borderColor: 'divider', borderRadius: 1, m: 0, px: 1.5, py: 0.5, minWidth: 0 }}
    >
      <FormLabel component="legend" sx={{ fontSize: '0.75rem', px: 0.5 }}>
        {slot.title} ({countOf(slot)})
      </FormLabel>
      {fit.length === 0 && (
        <Typography variant="body2" sx={{ color: 'text.secondary', py: 0.5 }}>
          The station has no {slot.role} yet: add it first.
        </Typography>
      )}
      <FormGroup>
        {fit.map(({ config }) => {
          const place = chosen.indexOf(config.id)
          return (
            <FormControlLabel
              key={config.id}
              label={place >= 0 && slot.maximum > 1 ? `${config.name} (${place + 1})` : config.name}
              control={<Checkbox size="small" checked={place >= 0} onChange={() => toggle(config.id)} />}
            />
          )
        })}
      </FormGroup>
    </Box>
  )
}

/** What makes an instrument that is data, or made of others. */
export function DefinitionFields({ form, needs, instruments, problem, onForm }: DefinitionFieldsProps) {
  const hasDefinition = needs.example !== null && needs.example !== undefined
  return (
    <Box sx={{ display: 'grid', gap: 2, mt: 2 }}>
      {needs.parts.length > 0 && (
        <Box
          sx={{
            display: 'grid',
            gap: 2,
            gridTemplateColumns: { xs: 'minmax(0, 1fr)', md: 'repeat(2, minmax(0, 1fr))' },
          }}
        >
          {needs.parts.map((slot) => (
            <Slot key={slot.name} slot={slot} form={form} instruments={instruments} onForm={onForm} />
          ))}
        </Box>
      )}
      {hasDefinition && (
        <Box>
          <TextField
            label="Definition (JSON)"
            multiline
            minRows={6}
            maxRows={18}
            value={form.definition}
            error={problem !== undefined}
            helperText={
              problem ?? 'What this instrument is, as the driver’s README says. The station checks it when you save.'
            }
            onChange={(event) => onForm({ definition: event.target.value })}
            slotProps={{ htmlInput: { spellCheck: false, style: { fontFamily: 'monospace', fontSize: '0.8rem' } } }}
          />
          <Button
            size="small"
            sx={{ mt: 0.5 }}
            onClick={() => onForm({ definition: JSON.stringify(needs.example, null, 2) })}
          >
            Start from the example
          </Button>
        </Box>
      )}
    </Box>
  )
}
