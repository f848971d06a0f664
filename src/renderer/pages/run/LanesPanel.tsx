import { Box, Button, TextField, Typography } from '@mui/material'
import { useState, type FormEvent, type KeyboardEvent } from 'react'
import type { Lane, Run } from '../../../contract/run.ts'
import { laneWords } from '../../logic/words.ts'
import { ToneChip, VerdictChip } from '../../parts/chips.tsx'
import { ErrorNotice } from '../../parts/ErrorNotice.tsx'
import { Panel } from '../../parts/Panel.tsx'
import { useAction } from '../../state/hooks.ts'
import { useMirror, useStation } from '../../state/station.ts'
import { useWho } from '../../state/useWho.ts'

interface TakeOutProps {
  run: Run
  lane: Lane
  isLast: boolean
  onClose: () => void
}

/** Asks why; Enter sends, Escape leaves everything as it is. */
function TakeOut({ run, lane, isLast, onClose }: TakeOutProps) {
  const station = useStation()
  const who = useWho(run.operator)
  const [reason, setReason] = useState('')
  const action = useAction()
  const send = async (event: FormEvent): Promise<void> => {
    event.preventDefault()
    if (reason.trim() === '') return
    const asked = { runId: run.id, lane: lane.id, who, reason: reason.trim() }
    const done = await action.run(async () => void (await station.call((client) => client.runs.removeLane(asked))))
    if (done) onClose()
  }
  const onKey = (event: KeyboardEvent): void => {
    if (event.key === 'Escape') onClose()
  }
  return (
    <Box
      component="form"
      onSubmit={(event) => void send(event)}
      onKeyDown={onKey}
      sx={{ mt: 1, display: 'grid', gap: 1 }}
    >
      <Typography variant="body2">
        Module <strong>{lane.module.id}</strong> leaves the test for good.{' '}
        {isLast ? 'It is the last one: the run ends.' : 'The others go on.'} What was measured of it is kept.
      </Typography>
      <TextField
        label="Why is it taken out?"
        autoFocus
        value={reason}
        onChange={(event) => setReason(event.target.value)}
      />
      <Box sx={{ display: 'flex', gap: 1 }}>
        <Button type="submit" color="warning" variant="contained" disabled={reason.trim() === '' || action.busy}>
          Take out lane {lane.id}
        </Button>
        <Button onClick={onClose}>Leave it in</Button>
      </Box>
      <ErrorNotice error={action.error} />
    </Box>
  )
}

function LaneRow({ run, lane, isLast }: { run: Run; lane: Lane; isLast: boolean }) {
  const [asking, setAsking] = useState(false)
  const connected = useMirror((state) => state.link === 'open')
  const words = laneWords[lane.state]
  const label = [lane.module.maker, lane.module.model].join(' ').trim()
  return (
    <Box component="li" sx={{ py: 1, '& + &': { borderTop: 1, borderColor: 'divider' } }}>
      <Box sx={{ display: 'flex', flexWrap: 'wrap', gap: 1, alignItems: 'center' }}>
        <Typography component="span" sx={{ fontWeight: 700, minWidth: 22 }}>
          {lane.id}
        </Typography>
        <Box sx={{ flex: '1 1 80px', minWidth: 0 }}>
          <Typography sx={{ fontWeight: 600, overflowWrap: 'anywhere', lineHeight: 1.3 }}>{lane.module.id}</Typography>
          {label !== '' && (
            <Typography variant="caption" component="div" sx={{ color: 'text.secondary' }}>
              {label}
            </Typography>
          )}
        </Box>
        <ToneChip tone={words.tone} label={words.title} title={words.meaning} />
        {lane.verdict !== null && <VerdictChip verdict={lane.verdict} />}
        {lane.state === 'in' && !asking && run.status !== 'stopping' && (
          <Button
            size="small"
            variant="outlined"
            disabled={!connected}
            onClick={() => setAsking(true)}
            aria-label={`Take out lane ${lane.id}`}
          >
            Take out …
          </Button>
        )}
      </Box>
      {lane.reason !== null && (
        <Typography variant="body2" sx={{ color: 'text.secondary' }}>
          {lane.reason}
        </Typography>
      )}
      {asking && <TakeOut run={run} lane={lane} isLast={isLast} onClose={() => setAsking(false)} />}
    </Box>
  )
}

/** The modules of the run, each with where it stands. */
export function LanesPanel({ run }: { run: Run }) {
  const lanes = run.lanes ?? []
  if (lanes.length === 0) return null
  const inside = lanes.filter(({ state }) => state === 'in').length
  return (
    <Panel
      title="Modules"
      aside={<Typography variant="caption">{`${inside} of ${lanes.length} in the test`}</Typography>}
    >
      <Box component="ul" sx={{ listStyle: 'none', m: 0, p: 0, my: -1 }}>
        {lanes.map((lane) => (
          <LaneRow key={lane.id} run={run} lane={lane} isLast={inside === 1} />
        ))}
      </Box>
    </Panel>
  )
}
