import { TextField } from '@mui/material'
import { delimiterNames, encodingNames, type MappingForm } from '../logic/importMapping.ts'
import { optionsOf } from '../logic/options.ts'
import { Choice } from './Choice.tsx'

type Cut = Pick<MappingForm, 'delimiter' | 'decimal' | 'skipLines' | 'encoding'>

interface FileCutProps {
  form: Cut
  onChange: (part: Partial<Cut>) => void
}

/** Fields of how a file of somebody else is cut into lines, columns and numbers. */
export function FileCut({ form, onChange }: FileCutProps) {
  return (
    <>
      <Choice
        label="Between the columns"
        value={form.delimiter}
        options={optionsOf(delimiterNames)}
        onChoose={(value) => onChange({ delimiter: value as Cut['delimiter'] })}
      />
      <Choice
        label="Decimal sign"
        value={form.decimal}
        options={optionsOf({ '.': 'Point', ',': 'Comma' })}
        onChoose={(value) => onChange({ decimal: value as Cut['decimal'] })}
      />
      <TextField
        label="Lines to skip"
        value={form.skipLines}
        onChange={(event) => onChange({ skipLines: event.target.value })}
        slotProps={{ htmlInput: { inputMode: 'numeric', maxLength: 5, autoComplete: 'off' } }}
      />
      <Choice
        label="Encoding"
        value={form.encoding}
        options={optionsOf(encodingNames)}
        onChoose={(value) => onChange({ encoding: value as Cut['encoding'] })}
      />
    </>
  )
}
