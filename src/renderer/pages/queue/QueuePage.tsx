import { Box, Button, Link, TextField, Typography } from '@mui/material'
import { useState } from 'react'
import { isQueued, type QueueEntry } from '../../../contract/queue.ts'
import { formatDateTime } from '../../logic/format.ts'
import { modulesText, queuesByInstrument, waitingOf, type InstrumentQueue } from '../../logic/queue.ts'
import { hrefOf } from '../../logic/route.ts'
import { queueWords } from '../../logic/words.ts'
import { Fold } from '../../parts/Fold.tsx'
import { PageHead } from '../../parts/PageHead.tsx'
import { Panel } from '../../parts/Panel.tsx'
import { useDraft } from '../../state/draft.ts'
import { useMirror } from '../../state/station.ts'
import { QueueRow } from './QueueRow.tsx'

/** The name that goes with every act on this page. */
function WhoField() {
  const { operator, setOperator } = useDraft()
  return (
    <TextField
      label="Who acts here"
      required
      value={operator}
      onChange={(event) => setOperator(event.target.value)}
      helperText="Recorded as typed with everything done here; nothing proves it."
      sx={{ maxWidth: 420, mb: 2 }}
      slotProps={{ htmlInput: { maxLength: 80, autoComplete: 'name' } }}
    />
  )
}

interface PickProps {
  queues: readonly InstrumentQueue[]
  count: number
  chosen: string | null
  onChoose: (id: string | null) => void
}

/** Whose queue is shown: each instrument that somebody waits for, and whether it is taken. */
function Pick({ queues, count, chosen, onChoose }: PickProps) {
  const one = (id: string | null, label: string) => (
    <Button
      key={id ?? 'all'}
      size="small"
      variant={chosen === id ? 'contained' : 'outlined'}
      aria-pressed={chosen === id}
      onClick={() => onChoose(id)}
    >
      {label}
    </Button>
  )
  return (
    <Box role="group" aria-label="Queue of" sx={{ display: 'flex', flexWrap: 'wrap', gap: 1, mb: 2 }}>
      {one(null, `All (${count})`)}
      {queues.map(({ id, name, lockedBy, entries }) =>
        one(id, `${name} (${entries.length}${lockedBy === null ? '' : ', taken'})`),
      )}
    </Box>
  )
}

function Waiting({ entries }: { entries: readonly QueueEntry[] }) {
  const instruments = useMirror((state) => state.instruments)
  const [asked, setAsked] = useState<string | null>(null)
  const queues = queuesByInstrument(entries, instruments)
  const chosen = queues.find(({ id }) => id === asked)
  const waiting = waitingOf(entries)
  const shown = chosen?.entries ?? waiting
  return (
    <>
      <Pick queues={queues} count={waiting.length} chosen={chosen?.id ?? null} onChoose={setAsked} />
      <Panel title={chosen ? `Waiting for ${chosen.name}` : 'Waiting'} flush>
        <Box component="ol" aria-label="Queued runs" sx={{ listStyle: 'none', m: 0, p: 0 }}>
          {shown.map((entry, i) => (
            <QueueRow key={entry.id} entry={entry} place={i + 1} shown={shown} all={entries} />
          ))}
        </Box>
      </Panel>
    </>
  )
}

function Left({ entries }: { entries: readonly QueueEntry[] }) {
  if (entries.length === 0) return null
  const summary = `${entries.length} lately`
  return (
    <Box sx={{ mt: 2 }}>
      <Fold title="Left the queue" summary={summary}>
        <Box component="ul" aria-label="Left the queue" sx={{ m: 0, pl: 2.5 }}>
          {entries.map((entry) => (
            <Typography key={entry.id} component="li" variant="body2" sx={{ mb: 0.5, overflowWrap: 'anywhere' }}>
              {formatDateTime(entry.sinceUtcMs)}: {entry.request.protocolId} on {modulesText(entry)} –{' '}
              {queueWords[entry.state].title.toLowerCase()} by {entry.endedBy ?? 'the station'}
              {entry.reasons.length > 0 && `: ${entry.reasons.join('; ')}`}{' '}
              {entry.state === 'started' && entry.runId !== null && (
                <Link href={hrefOf({ page: 'run', runId: entry.runId })}>Open the run</Link>
              )}
            </Typography>
          ))}
        </Box>
      </Fold>
    </Box>
  )
}

/** Runs that wait for their instruments: why, in which order, and what can be done with each. */
export function QueuePage() {
  const entries = useMirror((state) => state.queue)
  const count = waitingOf(entries).length
  return (
    <>
      <PageHead
        title="Queue"
        subtitle="Runs that begin when their instruments are free, in this order. What puts energy on a module is started by a person."
        actions={
          <Button variant="contained" href={hrefOf({ page: 'test' })}>
            New test
          </Button>
        }
      />
      {count === 0 ? (
        <Typography role="status">
          No run waits. A test is queued on its pre-flight page, whether or not its instruments are free.
        </Typography>
      ) : (
        <>
          <WhoField />
          <Waiting entries={entries} />
        </>
      )}
      <Left entries={entries.filter((entry) => !isQueued(entry))} />
    </>
  )
}
