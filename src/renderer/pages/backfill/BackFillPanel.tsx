import { Box, Button, TextField, Typography } from '@mui/material'
import { useState } from 'react'
import type { BackFill } from '../../../contract/backFill.ts'
import type { RunExposure } from '../../../contract/exposure.ts'
import type { Run } from '../../../contract/run.ts'
import { formatDateTime } from '../../logic/format.ts'
import { ProvenanceChip } from '../../parts/chips.tsx'
import { Choice } from '../../parts/Choice.tsx'
import { ErrorNotice } from '../../parts/ErrorNotice.tsx'
import { FileDrop } from '../../parts/FileDrop.tsx'
import { Panel } from '../../parts/Panel.tsx'
import { Comparison } from './Comparison.tsx'
import { LogColumns } from './LogColumns.tsx'
import { byHand, useBackFill, type BackFillActions } from './useBackFill.ts'

interface BackFillProps {
  run: Run
  onKept: (exposure: RunExposure) => void
}

function Source({ state, ...act }: BackFillActions) {
  const layouts = [
    ...state.profiles.map(({ name }) => ({ value: name, label: `As kept: ${name}` })),
    { value: byHand, label: 'Say below what the columns are' },
  ]
  return (
    <Box
      sx={{ display: 'grid', gap: 2, gridTemplateColumns: { xs: 'minmax(0, 1fr)', md: 'repeat(2, minmax(0, 1fr))' } }}
    >
      <FileDrop
        what="log of the controller"
        hint="A table as the controller or its program exports it, with an hour more than the gap on both sides."
        file={state.file}
        onFile={act.takeFile}
        onUnreadable={act.onUnreadable}
      />
      <Box sx={{ display: 'grid', gap: 2, alignContent: 'start' }}>
        <Choice
          label="Whose log it is"
          value={state.instrumentId}
          options={state.instruments}
          onChoose={act.setInstrumentId}
        />
        <Choice label="How it is laid out" value={state.chosen} options={layouts} onChoose={act.choose} />
        <TextField
          label="Its clock is ahead by (s)"
          value={state.clockAheadS}
          onChange={(event) => act.setClockAheadS(event.target.value)}
          helperText="Read the controller’s clock beside this computer’s; negative: it is behind"
          slotProps={{ htmlInput: { inputMode: 'decimal', maxLength: 8, autoComplete: 'off' } }}
        />
      </Box>
    </Box>
  )
}

/** Choose, compare, and only then keep. */
function BackFillForm({ run, onKept, onClose }: BackFillProps & { onClose: () => void }) {
  const act = useBackFill({ run, onKept })
  const { state } = act
  const { form, made, missing, busy, error, who } = state
  return (
    <Box sx={{ display: 'grid', gap: 2, gridTemplateColumns: 'minmax(0, 1fr)' }}>
      <Source {...act} />
      {form !== null && state.file !== null && (
        <LogColumns form={form} channels={state.channels} text={state.text} onForm={act.setForm} />
      )}
      {made !== null && <Comparison made={made} />}
      <ErrorNotice error={error} />
      <Box sx={{ display: 'flex', gap: 1.5, flexWrap: 'wrap', alignItems: 'center' }}>
        <Button
          variant={made === null ? 'contained' : 'outlined'}
          disabled={missing !== null || busy}
          onClick={() => void act.compare()}
        >
          Compare with the record
        </Button>
        {made !== null && (
          <Button variant="contained" disabled={busy} onClick={() => void act.keep()}>
            Keep as evidence
          </Button>
        )}
        <Button onClick={onClose}>Leave it</Button>
        <Typography role="status" variant="body2" sx={{ color: 'text.secondary' }}>
          {missing !== null
            ? `To go on: ${missing}.`
            : made !== null && `Recorded with the name ${who}. It can’t be taken back.`}
        </Typography>
      </Box>
    </Box>
  )
}

function Kept({ record }: { record: BackFill }) {
  return (
    <Box component="li" sx={{ '& + &': { borderTop: 1, borderColor: 'divider', pt: 1.5, mt: 1.5 } }}>
      <Box sx={{ display: 'flex', gap: 1, flexWrap: 'wrap', alignItems: 'center', mb: 0.5 }}>
        <Typography component="h3" sx={{ fontWeight: 650, overflowWrap: 'anywhere' }}>
          {record.instrumentName}: {record.fileName}
        </Typography>
        <ProvenanceChip provenance={record.provenance} />
        <Typography variant="caption" sx={{ color: 'text.secondary' }}>
          {record.who}, {formatDateTime(record.utcMs)}
        </Typography>
      </Box>
      <Comparison made={record} />
    </Box>
  )
}

/** What chambers' own recorders say of the time in which the station saw nothing: evidence, and never credited. */
export function BackFillPanel({ run, records, onKept }: BackFillProps & { records: readonly BackFill[] }) {
  const [asking, setAsking] = useState(false)
  const kept = (exposure: RunExposure): void => {
    setAsking(false)
    onKept(exposure)
  }
  return (
    <Panel
      title="From the controllers’ own logs"
      aside={
        run.signature === null &&
        !asking && (
          <Button size="small" variant="outlined" onClick={() => setAsking(true)}>
            Bring in a log …
          </Button>
        )
      }
    >
      <Typography
        variant="body2"
        sx={{ color: 'text.secondary', mb: asking || records.length > 0 ? 2 : 0, maxWidth: '90ch' }}
      >
        A chamber goes on and keeps a record while the station is off. Its values are kept beside the ledger, marked.
        None of that time is credited; they are what a person decides by.
      </Typography>
      {asking && <BackFillForm run={run} onKept={kept} onClose={() => setAsking(false)} />}
      {records.length > 0 && (
        <Box
          component="ul"
          aria-label="Logs that were brought in"
          sx={{ listStyle: 'none', m: 0, p: 0, mt: asking ? 3 : 0 }}
        >
          {records.map((record) => (
            <Kept key={record.id} record={record} />
          ))}
        </Box>
      )}
    </Panel>
  )
}
