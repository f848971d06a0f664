import Hand from '@mui/icons-material/PanToolOutlined'
import { Alert, Box, Button, Paper, Typography } from '@mui/material'
import { useState } from 'react'
import type { Prompt } from '../../../contract/run.ts'
import { answerOf, dueInMs, openItems, type Findings } from '../../logic/answer.ts'
import { formatClock, formatDateTime, formatDuration } from '../../logic/format.ts'
import { ErrorNotice } from '../../parts/ErrorNotice.tsx'
import { useAction, useUtcNow } from '../../state/hooks.ts'
import { useMirror, useStation } from '../../state/station.ts'
import { useWho } from '../../state/useWho.ts'
import { AnswerFields } from './AnswerFields.tsx'

interface PromptCardProps {
  runId: string
  /** Who the run says is the operator, when this browser knows no name. */
  operator: string
  prompt: Prompt
}

/** When it was asked, and how long there is; late is said as such. */
function Times({ prompt }: { prompt: Prompt }) {
  const nowUtcMs = useUtcNow()
  const leftMs = dueInMs(prompt, nowUtcMs)
  const late = leftMs !== null && leftMs < 0
  return (
    <Typography variant="caption" sx={{ color: late ? 'error.main' : 'text.secondary', fontWeight: late ? 700 : 400 }}>
      Asked at {formatClock(prompt.askedUtcMs)}, {formatDuration(nowUtcMs - prompt.askedUtcMs)} ago
      {leftMs !== null && prompt.dueUtcMs !== null && (
        <>
          {', '}
          {late
            ? `LATE by ${formatDuration(-leftMs)}: an answer was due ${formatDateTime(prompt.dueUtcMs)}`
            : `answer due ${formatDateTime(prompt.dueUtcMs)}, in ${formatDuration(leftMs)}`}
        </>
      )}
    </Typography>
  )
}

/** What shows how it is done. Only pictures that came with the question: this page loads nothing from elsewhere. */
function Picture({ picture }: { picture: string }) {
  if (!picture.startsWith('data:image/'))
    return <Typography variant="body2">See the picture “{picture}” of the protocol.</Typography>
  return (
    <Box
      component="img"
      src={picture}
      alt="What to do"
      sx={{ display: 'block', maxWidth: '100%', maxHeight: 320, my: 1, border: 1, borderColor: 'divider' }}
    />
  )
}

const laneText = ({ lane }: Prompt): string => (typeof lane === 'string' ? `Lane ${lane}: ` : '')

/** The station waits for a person: what to do, and the answer. */
export function PromptCard({ runId, operator, prompt }: PromptCardProps) {
  const station = useStation()
  const connected = useMirror((state) => state.link === 'open')
  const who = useWho(operator)
  const [typed, setTyped] = useState('')
  const [findings, setFindings] = useState<Findings>({})
  const action = useAction()
  const value = answerOf(prompt, { typed, findings })
  const open = openItems(prompt.items ?? [], findings).length
  const send = (): Promise<boolean> =>
    action.run(async () => {
      if (value === null) return
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
            {laneText(prompt)}
            {prompt.title}
          </Typography>
          <Typography sx={{ fontSize: '1.0625rem', maxWidth: '62ch', whiteSpace: 'pre-wrap' }}>
            {prompt.text}
          </Typography>
          {typeof prompt.picture === 'string' && <Picture picture={prompt.picture} />}
          <Times prompt={prompt} />
        </Box>
      </Box>
      <Box sx={{ mt: 2, ml: { sm: 7 }, display: 'flex', gap: 1.5, flexWrap: 'wrap', alignItems: 'center' }}>
        <AnswerFields prompt={prompt} typed={typed} onTyped={setTyped} findings={findings} onFindings={setFindings} />
        <Button
          type="submit"
          variant="contained"
          color="info"
          size="large"
          disabled={value === null || action.busy || !connected}
        >
          {prompt.answer === 'confirm' ? 'Confirm' : 'Send answer'}
        </Button>
        {prompt.answer === 'checklist' && open > 0 && (
          <Typography variant="body2" role="status" sx={{ color: 'text.secondary' }}>
            {open === 1 ? 'One item still needs' : `${open} items still need`} a finding, or its note.
          </Typography>
        )}
        {!connected && <Alert severity="warning">Not connected: the answer can’t be sent now.</Alert>}
      </Box>
      <ErrorNotice error={action.error} />
    </Paper>
  )
}
