import {
  Box,
  Checkbox,
  FormControl,
  FormControlLabel,
  FormHelperText,
  FormLabel,
  Radio,
  RadioGroup,
} from '@mui/material'
import { Link, Typography } from '@mui/material'
import type { InstrumentState } from '../../../contract/api.ts'
import type { RoleNeed } from '../../../contract/template.ts'
import { hrefOf } from '../../logic/route.ts'
import { instrumentsFor } from '../../logic/roles.ts'
import { HealthChip } from '../../parts/HealthChip.tsx'

interface RolePickerProps {
  need: RoleNeed
  instruments: readonly InstrumentState[]
  chosen: readonly string[]
  problem: string | undefined
  onChoose: (ids: readonly string[]) => void
}

const howMany = (need: RoleNeed): string => {
  const least = need.minimum === need.maximum ? `${need.minimum}` : `${need.minimum} to ${need.maximum}`
  return need.recommended === undefined ? least : `${least}, ${need.recommended} recommended`
}

function InstrumentLabel({ instrument }: { instrument: InstrumentState }) {
  return (
    <Box
      component="span"
      sx={{ display: 'flex', flexWrap: 'wrap', gap: 1, alignItems: 'center', fontSize: '0.875rem' }}
    >
      {instrument.config.name}
      <HealthChip instrument={instrument} />
      {instrument.lockedBy !== null && (
        <Typography component="span" variant="caption">
          in use
        </Typography>
      )}
    </Box>
  )
}

/** The instruments that can have a role of the protocol; only those that fit are offered. */
export function RolePicker({ need, instruments, chosen, problem, onChoose }: RolePickerProps) {
  const fitting = instrumentsFor(need, instruments)
  const single = need.maximum === 1
  const toggle = (id: string, on: boolean): void => onChoose(on ? [...chosen, id] : chosen.filter((one) => one !== id))
  const options = fitting.map((instrument) => {
    const { id } = instrument.config
    const input = { 'aria-label': `${need.title}: ${instrument.config.name}` }
    const control = single ? (
      <Radio size="small" slotProps={{ input }} />
    ) : (
      <Checkbox
        size="small"
        checked={chosen.includes(id)}
        onChange={(_event, on) => toggle(id, on)}
        slotProps={{ input }}
      />
    )
    return (
      <FormControlLabel key={id} value={id} control={control} label={<InstrumentLabel instrument={instrument} />} />
    )
  })
  return (
    <FormControl component="fieldset" error={problem !== undefined} sx={{ display: 'block' }}>
      <FormLabel component="legend" sx={{ fontSize: '0.8125rem', fontWeight: 600 }}>
        {need.title} ({howMany(need)})
      </FormLabel>
      {single ? (
        <RadioGroup aria-label={need.title} value={chosen[0] ?? ''} onChange={(_event, id) => onChoose([id])}>
          {options}
        </RadioGroup>
      ) : (
        <Box role="group" aria-label={need.title} sx={{ display: 'flex', flexDirection: 'column' }}>
          {options}
        </Box>
      )}
      {fitting.length === 0 && (
        <Typography variant="body2" sx={{ py: 0.5 }}>
          No instrument of this station has this role.{' '}
          <Link href={hrefOf({ page: 'instruments' })}>Add an instrument</Link>
        </Typography>
      )}
      <FormHelperText sx={{ mx: 0 }}>{problem ?? need.help}</FormHelperText>
    </FormControl>
  )
}
