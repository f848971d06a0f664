import Undo from '@mui/icons-material/Undo'
import { Box, Chip, IconButton, InputAdornment, MenuItem, TextField, Tooltip } from '@mui/material'
import type { Parameter } from '../../contract/template.ts'
import { currentText, isChanged, rangeText, textOf, type ParameterTexts } from '../logic/parameters.ts'
import { MarkChip } from './chips.tsx'

export interface ParameterFieldProps {
  parameter: Parameter
  texts: ParameterTexts
  problem: string | undefined
  onText: (name: string, text: string) => void
  onReset: (names: readonly string[]) => void
}

const booleanChoices = [
  { value: 'true', label: 'Yes' },
  { value: 'false', label: 'No' },
]

const choicesOf = (parameter: Parameter): { value: string; label: string }[] | null => {
  if (parameter.type === 'boolean') return booleanChoices
  if (parameter.type !== 'choice') return null
  return (parameter.choices ?? []).map((value) => ({ value, label: value }))
}

const defaultText = (parameter: Parameter): string => {
  if (parameter.default === null) return 'no default'
  if (parameter.type === 'boolean') return `default ${parameter.default === true ? 'yes' : 'no'}`
  return `default ${textOf(parameter.default)}${parameter.unit === undefined ? '' : ` ${parameter.unit}`}`
}

/** Everything that is known about the value, in one line. */
function helpOf(parameter: Parameter): string {
  const parts = [parameter.help, rangeText(parameter), defaultText(parameter), parameter.source]
  return parts.filter((part) => part !== null && part !== undefined).join(' · ')
}

function Input({ parameter, texts, problem, onText }: Omit<ParameterFieldProps, 'onReset'>) {
  const choices = choicesOf(parameter)
  const unit = parameter.unit
  return (
    <TextField
      label={parameter.title}
      select={choices !== null}
      required={parameter.required}
      value={currentText(parameter, texts)}
      onChange={(event) => onText(parameter.name, event.target.value)}
      error={problem !== undefined}
      helperText={problem ?? helpOf(parameter)}
      slotProps={{
        htmlInput: { inputMode: parameter.type === 'text' ? 'text' : 'decimal', autoComplete: 'off' },
        input: {
          endAdornment: unit !== undefined && (
            <InputAdornment position="end" aria-hidden>
              {unit}
            </InputAdornment>
          ),
        },
      }}
    >
      {choices?.map((choice) => (
        <MenuItem key={choice.value} value={choice.value}>
          {choice.label}
        </MenuItem>
      ))}
    </TextField>
  )
}

/** One parameter with its range, default, source and mark; says when it differs from the default. */
export function ParameterField(props: ParameterFieldProps) {
  const { parameter, texts, onReset } = props
  const changed = isChanged(parameter, texts)
  return (
    <Box sx={{ display: 'grid', gridTemplateColumns: 'minmax(0, 1fr) 44px', columnGap: 1, alignItems: 'start' }}>
      <Input {...props} />
      <Box sx={{ display: 'flex', flexDirection: 'column', alignItems: 'center', pt: 0.25 }}>
        <MarkChip mark={parameter.mark} />
        {changed && (
          <Tooltip title={`Reset to the default (${defaultText(parameter)})`}>
            <IconButton size="small" aria-label={`Reset ${parameter.title}`} onClick={() => onReset([parameter.name])}>
              <Undo fontSize="small" />
            </IconButton>
          </Tooltip>
        )}
      </Box>
      {changed && (
        <Box>
          <Chip color="info" variant="outlined" label="changed" sx={{ height: 18, mt: 0.25, ml: 1.75 }} />
        </Box>
      )}
    </Box>
  )
}
