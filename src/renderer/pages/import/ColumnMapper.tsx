import { Box, Button, Checkbox, FormControlLabel, TextField, Typography } from '@mui/material'
import type { ImportProfile } from '../../../contract/importProfile.ts'
import { partsOf, type ErrorParts } from '../../logic/errors.ts'
import { profileOfForm, signNames, trialOf, type MappingForm } from '../../logic/importMapping.ts'
import { optionsOf } from '../../logic/options.ts'
import { Choice } from '../../parts/Choice.tsx'
import { ErrorNotice } from '../../parts/ErrorNotice.tsx'
import { FileCut } from '../../parts/FileCut.tsx'
import { Panel } from '../../parts/Panel.tsx'
import { MappingTable } from './MappingTable.tsx'

interface ColumnMapperProps {
  form: MappingForm
  /** The file's text by the form's encoding; null before a file is chosen. */
  file: { name: string; text: string } | null
  busy: boolean
  onForm: (form: MappingForm) => void
  onSave: (profile: ImportProfile) => void
  /** null for one that isn't saved yet. */
  onRemove: (() => void) | null
}

function FormatFields({ form, onForm }: Pick<ColumnMapperProps, 'form' | 'onForm'>) {
  const change = (part: Partial<MappingForm>): void => onForm({ ...form, ...part })
  return (
    <Box
      sx={{
        display: 'grid',
        gap: 2,
        gridTemplateColumns: { xs: 'minmax(0, 1fr)', sm: 'repeat(2, minmax(0, 1fr))', lg: 'repeat(4, minmax(0, 1fr))' },
      }}
    >
      <TextField
        label="Name of this profile"
        required
        value={form.name}
        onChange={(event) => change({ name: event.target.value })}
        slotProps={{ htmlInput: { maxLength: 80, autoComplete: 'off' } }}
      />
      <FileCut form={form} onChange={change} />
      <Choice
        label="Sign of the current"
        value={form.sign}
        options={optionsOf(signNames)}
        onChoose={(value) => change({ sign: value as MappingForm['sign'] })}
      />
      <TextField
        label="Leave out lines that start with"
        value={form.comment}
        onChange={(event) => change({ comment: event.target.value })}
        slotProps={{ htmlInput: { maxLength: 8 } }}
      />
      <FormControlLabel
        label="Stop at an empty line"
        control={
          <Checkbox
            checked={form.stopAtEmptyLine}
            onChange={(event) => change({ stopAtEmptyLine: event.target.checked })}
          />
        }
      />
    </Box>
  )
}

/** What the mapping makes of the chosen file: in words, or as the station's own refusal. */
function trial(form: MappingForm, file: ColumnMapperProps['file']): { text: string } | { error: ErrorParts } {
  const made = profileOfForm(form)
  if ('missing' in made) return { text: `To go on: ${made.missing}.` }
  if (file === null) return { text: 'Choose a file to try this profile on.' }
  try {
    return { text: `This file gives ${trialOf(made.profile, file.text, file.name)}.` }
  } catch (thrown) {
    const error = thrown as { text?: unknown }
    return { error: partsOf(error.text ?? thrown) }
  }
}

/** Says by hand what the columns of a file are, on its first lines. */
export function ColumnMapper({ form, file, busy, onForm, onSave, onRemove }: ColumnMapperProps) {
  const made = profileOfForm(form)
  const outcome = trial(form, file)
  return (
    <Panel
      title="Columns of the file"
      aside={
        <Box sx={{ display: 'flex', gap: 1, flexWrap: 'wrap' }}>
          {onRemove !== null && (
            <Button size="small" color="error" disabled={busy} onClick={onRemove}>
              Remove profile
            </Button>
          )}
          <Button
            size="small"
            variant="outlined"
            disabled={busy || !('profile' in made)}
            onClick={() => 'profile' in made && onSave(made.profile)}
          >
            Save profile
          </Button>
        </Box>
      }
    >
      <FormatFields form={form} onForm={onForm} />
      {file === null ? null : <MappingTable form={form} text={file.text} onForm={onForm} />}
      {'error' in outcome ? (
        <ErrorNotice error={outcome.error} />
      ) : (
        <Typography role="status" variant="body2" sx={{ mt: 1.5, color: 'text.secondary' }}>
          {outcome.text}
        </Typography>
      )}
    </Panel>
  )
}
