import { Box, Button, Link, TextField, Typography } from '@mui/material'
import { useState, type FormEvent } from 'react'
import type { InstrumentState } from '../../../contract/api.ts'
import type { CalibrationRecord, NewCalibration } from '../../../contract/calibration.ts'
import { formatDay } from '../../logic/format.ts'
import { calibrationProblem, emptyCalibration } from '../../logic/calibrationForm.ts'
import { optionsOf } from '../../logic/options.ts'
import { hrefOf } from '../../logic/route.ts'
import { ToneChip } from '../../parts/chips.tsx'
import { Choice } from '../../parts/Choice.tsx'
import { ErrorNotice } from '../../parts/ErrorNotice.tsx'
import { FetchedView } from '../../parts/FetchedView.tsx'
import { useAction, useFetched } from '../../state/hooks.ts'
import { useStation } from '../../state/station.ts'
import { useWho } from '../../state/useWho.ts'

const kindNames = { certificate: 'Certificate of a laboratory', check: 'Check in service' } as const
const resultNames = { pass: 'Passed', fail: 'Failed' } as const

function Records({ records }: { records: readonly CalibrationRecord[] }) {
  if (records.length === 0) return <Typography variant="body2">No entry yet.</Typography>
  return (
    <Box component="ul" aria-label="Register" sx={{ listStyle: 'none', m: 0, p: 0 }}>
      {[...records].reverse().map((record) => (
        <Box key={record.version} component="li" sx={{ py: 0.75, '& + &': { borderTop: 1, borderColor: 'divider' } }}>
          <Box sx={{ display: 'flex', flexWrap: 'wrap', gap: 1, alignItems: 'center' }}>
            <Typography variant="body2" sx={{ fontWeight: 650 }}>
              {record.certificate}
            </Typography>
            <ToneChip tone={record.result === 'pass' ? 'good' : 'bad'} label={resultNames[record.result]} />
          </Box>
          <Typography variant="body2" sx={{ color: 'text.secondary' }}>
            {kindNames[record.kind]} by {record.by}, {record.date}, due {record.dueDate}. Entered{' '}
            {formatDay(record.addedUtcMs)} by {record.who}. {record.note}
          </Typography>
        </Box>
      ))}
    </Box>
  )
}

const fields = [
  { name: 'certificate', label: 'Number of the certificate or record' },
  { name: 'by', label: 'Calibrated by' },
  { name: 'date', label: 'Date (yyyy-mm-dd)' },
  { name: 'dueDate', label: 'Due (yyyy-mm-dd)' },
  { name: 'note', label: 'Note' },
] as const

interface EntryFormProps {
  id: string
  onAdded: (records: CalibrationRecord[]) => void
}

function EntryForm({ id, onAdded }: EntryFormProps) {
  const station = useStation()
  const who = useWho('somebody at a window')
  const [entry, setEntry] = useState<NewCalibration>(emptyCalibration)
  const action = useAction()
  const problem = calibrationProblem(entry)
  const change = (part: Partial<NewCalibration>): void => setEntry({ ...entry, ...part })
  const send = async (event: FormEvent): Promise<void> => {
    event.preventDefault()
    if (problem !== null) return
    const done = await action.run(async () =>
      onAdded(await station.call((client) => client.instruments.calibrations.add({ id, who, entry }))),
    )
    if (done) setEntry(emptyCalibration)
  }
  return (
    <Box component="form" aria-label="New entry" onSubmit={(event) => void send(event)}>
      <Box sx={{ display: 'grid', gap: 1.25, gridTemplateColumns: 'repeat(auto-fill, minmax(190px, 1fr))' }}>
        <Choice
          label="Kind"
          value={entry.kind}
          options={optionsOf(kindNames)}
          onChoose={(kind) => change({ kind: kind as NewCalibration['kind'] })}
        />
        <Choice
          label="Result"
          value={entry.result}
          options={optionsOf(resultNames)}
          onChoose={(result) => change({ result: result as NewCalibration['result'] })}
        />
        {fields.map(({ name, label }) => (
          <TextField
            key={name}
            label={label}
            value={entry[name]}
            onChange={(event) => change({ [name]: event.target.value })}
          />
        ))}
      </Box>
      <Box sx={{ display: 'flex', gap: 1.5, alignItems: 'center', mt: 1, flexWrap: 'wrap' }}>
        <Button type="submit" size="small" variant="outlined" disabled={problem !== null || action.busy}>
          Add to the register
        </Button>
        <Typography variant="caption" sx={{ color: 'text.secondary' }}>
          {problem ?? 'An entry is never changed: a later one counts instead.'}
        </Typography>
      </Box>
      <ErrorNotice error={action.error} />
    </Box>
  )
}

/** The register of an instrument: every certificate and check, and a form for the next. */
export function CalibrationPanel({ instrument }: { instrument: InstrumentState }) {
  const { id } = instrument.config
  const [added, setAdded] = useState<CalibrationRecord[] | null>(null)
  const fetched = useFetched({
    key: `calibrations ${id}`,
    fetch: (client) => client.instruments.calibrations.list({ id }),
  })
  return (
    <Box sx={{ display: 'grid', gap: 1.5 }}>
      <FetchedView fetched={fetched} what="the register">
        {(records) => <Records records={added ?? records} />}
      </FetchedView>
      <EntryForm id={id} onAdded={setAdded} />
      <Typography variant="body2">
        What becomes of a test when an entry has run out:{' '}
        <Link href={hrefOf({ page: 'settings' })}>the rules of the station</Link>
      </Typography>
    </Box>
  )
}
