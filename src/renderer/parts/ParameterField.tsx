import Undo from '@mui/icons-material/Undo'
import { Box, IconButton, InputAdornment, TextField, Tooltip } from '@mui/material'
import type { Parameter } from '../../contract/template.ts'
import { formatPlain } from '../logic/format.ts'
import { currentText, isChanged, rangeText, textOf, type ParameterTexts } from '../logic/parameters.ts'
import { Choice } from './Choice.tsx'
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
  return `default ${typeof parameter.default === 'number' ? formatPlain(parameter.default) : textOf(parameter.default)}${parameter.unit === undefined ? '' : ` ${parameter.unit}`}`
}

const changedStyle = {
  '& .MuiOutlinedInput-root': { boxShadow: 'inset 3px 0 0 var(--mui-palette-info-main)' },
}

/** Everything that is known about the value, in one line. */
function helpOf(parameter: Parameter): string {
  const parts = [parameter.help, rangeText(parameter), defaultText(parameter), parameter.source]
  return parts.filter((part) => part !== null && part !== undefined).join(' · ')
}

function Input({ parameter, texts, problem, onText, changed }: ParameterFieldProps & { changed: boolean }) {
  const choices = choicesOf(parameter)
  const unit = parameter.unit
  const help = changed ? (
    <>
      <strong>Changed.</strong> {helpOf(parameter)}
    </>
  ) : (
    helpOf(parameter)
  )
  const common = {
    label: parameter.title,
    required: parameter.required,
    value: currentText(parameter, texts),
    error: problem !== undefined,
    helperText: problem ?? help,
    sx: changed ? changedStyle : {},
  }
  if (choices !== null)
    return <Choice {...common} options={choices} onChoose={(text) => onText(parameter.name, text)} />
  return (
    <TextField
      {...common}
      onChange={(event) => onText(parameter.name, event.target.value)}
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
    />
  )
}

/** One parameter with its range, default, source and mark; says when it differs from the default. */
export function ParameterField(props: ParameterFieldProps) {
  const { parameter, texts, onReset } = props
  const changed = isChanged(parameter, texts)
  return (
    <Box sx={{ display: 'grid', gridTemplateColumns: 'minmax(0, 1fr) 62px', columnGap: 0.5, alignItems: 'start' }}>
      <Input {...props} changed={changed} />
      <Box sx={{ display: 'flex', alignItems: 'center', height: 38, pl: 0.5 }}>
        <MarkChip mark={parameter.mark} />
        {changed && (
          <Tooltip title={`Reset to the default (${defaultText(parameter)})`}>
            <IconButton size="small" aria-label={`Reset ${parameter.title}`} onClick={() => onReset([parameter.name])}>
              <Undo fontSize="small" />
            </IconButton>
          </Tooltip>
        )}
      </Box>
    </Box>
  )
}
