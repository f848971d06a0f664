import { Box, Button, FormControlLabel, Radio, RadioGroup, TextField, Typography } from '@mui/material'
import { useState, type FormEvent } from 'react'
import type { RecoveryDecision, RecoveryReport, Run } from '../../../contract/run.ts'
import { decisionWords, firstChoice } from '../../logic/recovery.ts'
import { ToneChip } from '../../parts/chips.tsx'
import { ErrorNotice } from '../../parts/ErrorNotice.tsx'
import { Panel } from '../../parts/Panel.tsx'
import { goTo, useAction } from '../../state/hooks.ts'
import { useMirror, useStation } from '../../state/station.ts'
import { useWho } from '../../state/useWho.ts'

type Option = RecoveryReport['options'][number]

/** All that is left where the instruments could not even be asked. */
const onlyClose: readonly Option[] = [
  { decision: 'close', meaning: 'The test is given up. What was measured is kept, without a verdict.', refused: null },
]

const optionStyle = {
  ...{ m: 0, alignItems: 'flex-start', border: 1, borderColor: 'divider', borderRadius: 1, px: 1, py: 0.5 },
  '&:has(input:checked)': { borderColor: 'primary.main', boxShadow: 'inset 3px 0 0 var(--mui-palette-primary-main)' },
  '&:has(input:focus-visible)': { outline: '3px solid var(--mui-palette-primary-main)', outlineOffset: 1 },
}

function OptionText({ option, isProposed }: { option: Option; isProposed: boolean }) {
  return (
    <Box sx={{ py: 0.5 }}>
      <Box sx={{ display: 'flex', gap: 1, flexWrap: 'wrap', alignItems: 'center' }}>
        <Typography component="span" sx={{ fontWeight: 650 }}>
          {decisionWords[option.decision].title}
        </Typography>
        {isProposed && <ToneChip tone="busy" label="proposed by the protocol" />}
      </Box>
      <Typography variant="body2" sx={{ color: 'text.secondary' }}>
        {option.meaning}
      </Typography>
      {option.refused !== null && (
        <Typography variant="body2" sx={{ color: 'error.main', fontWeight: 600 }}>
          Not possible now – {option.refused}
        </Typography>
      )}
    </Box>
  )
}

interface OptionsProps {
  report: RecoveryReport | null
  decision: RecoveryDecision | null
  onDecision: (decision: RecoveryDecision) => void
}

function Options({ report, decision, onDecision }: OptionsProps) {
  return (
    <RadioGroup
      aria-label="What becomes of the run"
      value={decision ?? ''}
      onChange={(_event, value) => onDecision(value as RecoveryDecision)}
      sx={{ gap: 1 }}
    >
      {(report?.options ?? onlyClose).map((option) => (
        <FormControlLabel
          key={option.decision}
          value={option.decision}
          disabled={option.refused !== null}
          control={<Radio size="small" slotProps={{ input: { 'aria-label': decisionWords[option.decision].title } }} />}
          sx={optionStyle}
          label={<OptionText option={option} isProposed={option.decision === report?.proposal} />}
        />
      ))}
    </RadioGroup>
  )
}

interface DecisionPanelProps {
  run: Run
  /** null: the instruments could not be asked. */
  report: RecoveryReport | null
}

/** What becomes of the run, why, and one press. */
export function DecisionPanel({ run, report }: DecisionPanelProps) {
  const station = useStation()
  const connected = useMirror((state) => state.link === 'open')
  const who = useWho(run.operator)
  const [decision, setDecision] = useState<RecoveryDecision | null>(report === null ? null : firstChoice(report))
  const [reason, setReason] = useState('')
  const action = useAction()
  const ready = decision !== null && reason.trim() !== '' && !action.busy && connected
  const decide = async (event: FormEvent): Promise<void> => {
    event.preventDefault()
    if (!ready) return
    const asked = { runId: run.id, decision, who, reason: reason.trim() }
    const done = await action.run(async () => void (await station.call((client) => client.runs.recover(asked))))
    if (done) goTo({ page: 'run', runId: run.id })
  }
  return (
    <Panel title="What becomes of the run">
      <Box component="form" onSubmit={(event) => void decide(event)} sx={{ display: 'grid', gap: 1.75 }}>
        <Options report={report} decision={decision} onDecision={setDecision} />
        <TextField
          label="Why (for the record)"
          required
          value={reason}
          onChange={(event) => setReason(event.target.value)}
          helperText={`Recorded with the name ${who}.`}
        />
        <Box>
          <Button
            type="submit"
            size="large"
            variant="contained"
            color={decision === 'close' ? 'error' : 'primary'}
            disabled={!ready}
          >
            {decision === null ? 'Choose above' : decisionWords[decision].act}
          </Button>
        </Box>
        <ErrorNotice error={action.error} />
      </Box>
    </Panel>
  )
}
