import { Box, Button, TextField, Typography } from '@mui/material'
import { useState, type FormEvent } from 'react'
import type { PreflightLine } from '../../../contract/run.ts'
import { reasonProblem } from '../../logic/calibrationForm.ts'
import { useDraft } from '../../state/draft.ts'

interface CalibrationReasonProps {
  line: PreflightLine
  found: NonNullable<PreflightLine['calibration']>
}

function ReasonForm({ line, found }: CalibrationReasonProps) {
  const setReason = useDraft((draft) => draft.setCalibrationReason)
  const operator = useDraft((draft) => draft.operator.trim())
  const [text, setText] = useState('')
  const problem = reasonProblem(text)
  const send = (event: FormEvent): void => {
    event.preventDefault()
    if (problem === null) setReason(found.instrumentId, text.trim())
  }
  return (
    <Box component="form" aria-label={`Exception: ${line.title}`} onSubmit={send} sx={{ mt: 1, maxWidth: 560 }}>
      <TextField
        fullWidth
        label="Why it is used all the same"
        value={text}
        onChange={(event) => setText(event.target.value)}
        helperText={
          problem !== null && text !== ''
            ? problem
            : `Stands in the record and on the report, as decided by ${operator === '' ? 'the operator' : operator}.`
        }
        slotProps={{ htmlInput: { maxLength: 500, autoComplete: 'off' } }}
      />
      <Button
        type="submit"
        size="small"
        variant="outlined"
        color="warning"
        disabled={problem !== null}
        sx={{ mt: 0.75 }}
      >
        Use it all the same
      </Button>
    </Box>
  )
}

/** What can be done about an instrument that is out of calibration: a reason, where the station's rules take one. */
export function CalibrationReason({ line, found }: CalibrationReasonProps) {
  const setReason = useDraft((draft) => draft.setCalibrationReason)
  if (found.reason !== null)
    return (
      <Button size="small" sx={{ mt: 0.5 }} onClick={() => setReason(found.instrumentId, null)}>
        Take the reason back
      </Button>
    )
  if (line.state !== 'problem') return null
  if (found.mayOverride) return <ReasonForm line={line} found={found} />
  return (
    <Typography variant="body2" sx={{ mt: 0.25 }}>
      Who sets the rules of this station can change that on its Station page.
    </Typography>
  )
}
