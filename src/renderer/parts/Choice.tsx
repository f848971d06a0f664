import { TextField, type TextFieldProps } from '@mui/material'

interface ChoiceProps extends Pick<TextFieldProps, 'helperText' | 'error' | 'sx' | 'autoFocus' | 'required'> {
  label: string
  value: string
  options: readonly { value: string; label: string }[]
  onChoose: (value: string) => void
}

/**
 * One of several. The browser's own list: a list of ours would lie over the whole page while it is open, and the first
 * press on Stop would only close it.
 */
export function Choice({ options, onChoose, ...field }: ChoiceProps) {
  return (
    <TextField
      {...field}
      select
      onChange={(event) => onChoose(event.target.value)}
      slotProps={{ select: { native: true }, inputLabel: { shrink: true } }}
    >
      {options.map((option) => (
        <option key={option.value} value={option.value}>
          {option.label}
        </option>
      ))}
    </TextField>
  )
}
