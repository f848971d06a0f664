import Hand from '@mui/icons-material/PanToolOutlined'
import { Alert, Box, Button, Paper, TextField, Typography } from '@mui/material'
import { useState } from 'react'
import type { Prompt } from '../../../contract/run.ts'
import { formatClock } from '../../logic/format.ts'
import { parseNumber } from '../../logic/parameters.ts'
import { ErrorNotice } from '../../parts/ErrorNotice.tsx'
import { useDraft } from '../../state/draft.ts'
import { useAction } from '../../state/hooks.ts'
import { useMirror, useStation } from '../../state/station.ts'

const answerText = (prompt: Prompt, typed: string): string | null => {
  if (prompt.answer === 'confirm') return 'confirmed'
  if (prompt.answer === 'text') return typed.trim() === '' ? null : typed.trim()
  const value = parseNumber(typed)
  return value === null ? null : String(value)
}

interface PromptCardProps {
  runId: string
  /** Who the run says is the operator, when this browser knows no name. */
  operator: string
  prompt: Prompt
}

/** The station waits for a person: what to do, and the answer. */
export function PromptCard({ runId, operator, prompt }: PromptCardProps) {
  const station = useStation()
  const connected = useMirror((state) => state.link === 'open')
  const named = useDraft((draft) => draft.operator.trim())
  const [typed, setTyped] = useState('')
  const action = useAction()
  const value = answerText(prompt, typed)
  const send = (): Promise<boolean> =>
    action.run(async () => {
      if (value === null) return
      const who = named === '' ? operator : named
      await station.call((client) => client.runs.answer({ runId, promptId: prompt.id, value, who }))
    })
  return (
    <Paper
      component="form"
      variant="outlined"
      onSubmit={(event) => {
        event.preventDefault()
        void send()
      }}
      sx={{ borderWidth: 2, borderColor: 'info.main', p: { xs: 2, sm: 2.5 } }}
    >
      <Box role="alert" sx={{ display: 'flex', gap: 2 }}>
        <Hand color="info" aria-hidden sx={{ fontSize: 40, mt: 0.5 }} />
        <Box sx={{ minWidth: 0 }}>
          <Typography sx={{ color: 'info.main', fontWeight: 700 }}>The station waits for you</Typography>
          <Typography component="h2" sx={{ fontSize: '1.375rem', fontWeight: 650, lineHeight: 1.3, my: 0.5 }}>
            {prompt.title}
          </Typography>
          <Typography sx={{ fontSize: '1.0625rem', maxWidth: '62ch', whiteSpace: 'pre-wrap' }}>
            {prompt.text}
          </Typography>
          <Typography variant="caption" sx={{ color: 'text.secondary' }}>
            Asked at {formatClock(prompt.askedUtcMs)}
            {prompt.dueUtcMs !== null && `, answer needed by ${formatClock(prompt.dueUtcMs)}`}
          </Typography>
        </Box>
      </Box>
      <Box sx={{ mt: 2, ml: { sm: 7 }, display: 'flex', gap: 1.5, flexWrap: 'wrap', alignItems: 'center' }}>
        {prompt.answer !== 'confirm' && (
          <TextField
            label="Answer"
            value={typed}
            onChange={(event) => setTyped(event.target.value)}
            sx={{ maxWidth: 280 }}
            slotProps={{
              htmlInput: { inputMode: prompt.answer === 'number' ? 'decimal' : 'text', autoComplete: 'off' },
            }}
          />
        )}
        <Button
          type="submit"
          variant="contained"
          color="info"
          size="large"
          disabled={value === null || action.busy || !connected}
        >
          {prompt.answer === 'confirm' ? 'Confirm' : 'Send answer'}
        </Button>
        {!connected && <Alert severity="warning">Not connected: the answer can’t be sent now.</Alert>}
      </Box>
      <ErrorNotice error={action.error} />
    </Paper>
  )
}
