import Down from '@mui/icons-material/ArrowDownward'
import Up from '@mui/icons-material/ArrowUpward'
import { Box, Button, IconButton, Typography } from '@mui/material'
import { useRef, useState } from 'react'
import { isQueueActionLegal, type QueueEntry } from '../../../contract/queue.ts'
import { formatDateTime } from '../../logic/format.ts'
import { modulesText, placeFor } from '../../logic/queue.ts'
import { draftOf } from '../../logic/request.ts'
import { queueWords } from '../../logic/words.ts'
import { ToneChip } from '../../parts/chips.tsx'
import { ErrorNotice } from '../../parts/ErrorNotice.tsx'
import { useDraft } from '../../state/draft.ts'
import { goTo, useAction } from '../../state/hooks.ts'
import { useStation } from '../../state/station.ts'
import { RemoveForm, StartForm } from './QueueForms.tsx'

interface QueueRowProps {
  entry: QueueEntry
  /** Its number in the list that is shown. */
  place: number
  shown: readonly QueueEntry[]
  all: readonly QueueEntry[]
}

function Movers({ entry, shown, all }: Omit<QueueRowProps, 'place'>) {
  const station = useStation()
  const who = useDraft((draft) => draft.operator.trim())
  const action = useAction()
  const may = who !== '' && !action.busy && isQueueActionLegal(entry.state, 'move')
  const move = (to: 'earlier' | 'later') => {
    const before = placeFor(entry.id, { shown, all, to })
    const send = async (): Promise<void> => {
      if (before !== undefined) await station.call((client) => client.queue.move({ id: entry.id, before, who }))
    }
    return (
      <IconButton
        size="small"
        aria-label={`Move ${modulesText(entry)} ${to}`}
        // Not disabled while it is sent: the keyboard would lose its place.
        disabled={before === undefined || !(may || action.busy)}
        onClick={() => void action.run(send)}
      >
        {to === 'earlier' ? <Up fontSize="small" /> : <Down fontSize="small" />}
      </IconButton>
    )
  }
  return (
    <>
      {move('earlier')}
      {move('later')}
      <ErrorNotice error={action.error} onClose={action.dismiss} />
    </>
  )
}

function What({ entry }: { entry: QueueEntry }) {
  const { request, unattended } = entry
  const words = queueWords[entry.state]
  return (
    <Box sx={{ minWidth: 0, overflowWrap: 'anywhere' }}>
      <Box sx={{ display: 'flex', gap: 1, flexWrap: 'wrap', alignItems: 'center' }}>
        <Typography component="span" sx={{ fontWeight: 650 }}>
          {modulesText(entry)}
        </Typography>
        <Typography component="span" variant="body2">
          {entry.protocolTitle}, {request.protocolId} {entry.protocolVersion}
        </Typography>
        <ToneChip tone={words.tone} label={words.title} title={words.meaning} />
      </Box>
      {entry.reasons.map((reason) => (
        <Typography
          key={reason}
          variant="body2"
          sx={{
            '&::first-letter': { textTransform: 'uppercase' },
            ...(entry.state === 'refused' && { color: 'error.main', fontWeight: 600 }),
          }}
        >
          {reason}
        </Typography>
      ))}
      <Typography variant="caption" component="div" sx={{ color: 'text.secondary' }}>
        Queued by {entry.queuedBy}, {formatDateTime(entry.queuedUtcMs)}.{' '}
        {unattended === null
          ? 'A person starts it.'
          : `Starts by itself: ${unattended.who} allowed that on ${formatDateTime(unattended.utcMs)} (name as typed).`}
      </Typography>
    </Box>
  )
}

/** One queued run, with what can be done with it now. */
export function QueueRow({ entry, place, shown, all }: QueueRowProps) {
  const [asking, setAsking] = useState<'start' | 'remove' | null>(null)
  const buttons = useRef<HTMLDivElement>(null)
  const takeUp = useDraft((draft) => draft.takeUp)
  const may = (action: 'start' | 'edit' | 'remove'): boolean => isQueueActionLegal(entry.state, action)
  const name = modulesText(entry)
  const close = (): void => {
    setAsking(null)
    buttons.current?.querySelector('button')?.focus()
  }
  const edit = (): void => {
    takeUp(entry.id, draftOf(entry.request))
    goTo({ page: 'configure' })
  }
  return (
    <Box
      component="li"
      sx={{ px: 1.75, py: 1.25, borderBottom: 1, borderColor: 'divider', '&:last-of-type': { borderBottom: 0 } }}
    >
      <Box
        sx={{
          ...{ display: 'grid', columnGap: 1.5, rowGap: 1, alignItems: 'start' },
          gridTemplateColumns: { xs: '24px minmax(0, 1fr)', md: '24px minmax(0, 1fr) max-content' },
        }}
      >
        <Typography sx={{ fontWeight: 650 }}>{place}</Typography>
        <What entry={entry} />
        <Box ref={buttons} sx={{ display: 'flex', gap: 0.75, flexWrap: 'wrap', gridColumn: { xs: '2', md: 'auto' } }}>
          {may('start') && (
            <Button size="small" variant="contained" onClick={() => setAsking('start')} aria-label={`Start ${name} …`}>
              Start …
            </Button>
          )}
          <Button size="small" disabled={!may('edit')} onClick={edit} aria-label={`Edit ${name}`}>
            Edit
          </Button>
          <Button
            size="small"
            disabled={!may('remove')}
            onClick={() => setAsking('remove')}
            aria-label={`Remove ${name} …`}
          >
            Remove …
          </Button>
          <Movers entry={entry} shown={shown} all={all} />
        </Box>
      </Box>
      {asking === 'start' && <StartForm entry={entry} onClose={close} />}
      {asking === 'remove' && <RemoveForm entry={entry} onClose={close} />}
    </Box>
  )
}
