import {
  Button,
  Dialog,
  DialogActions,
  DialogContent,
  DialogTitle,
  MenuItem,
  TextField,
  Typography,
} from '@mui/material'
import { useState } from 'react'
import type { Profile } from '../../../contract/instrument.ts'
import { configOf, instrumentProblems, type InstrumentForm } from '../../logic/instruments.ts'
import { ErrorNotice } from '../../parts/ErrorNotice.tsx'
import { useAction } from '../../state/hooks.ts'
import { useMirror, useStation } from '../../state/station.ts'

const textFields = [
  { name: 'name', label: 'Name', help: 'What it is called at this station.' },
  { name: 'link', label: 'Link', help: '' },
  { name: 'certificate', label: 'Calibration certificate', help: 'Leave the three empty when there is none.' },
  { name: 'calibratedBy', label: 'Calibrated by', help: '' },
  { name: 'dueDate', label: 'Calibration due', help: 'Year-month-day.' },
] as const

interface InstrumentDialogProps {
  start: InstrumentForm
  drivers: readonly Profile[]
  onClose: () => void
}

function DriverField(props: {
  form: InstrumentForm
  drivers: readonly Profile[]
  onDriver: (driver: Profile) => void
}) {
  const { form, drivers, onDriver } = props
  const profile = drivers.find((driver) => driver.id === form.driver)
  return (
    <TextField
      label="Driver"
      select
      value={form.driver}
      helperText={profile === undefined ? 'What kind of instrument it is.' : `By ${profile.manual}`}
      onChange={(event) => {
        const driver = drivers.find((one) => one.id === event.target.value)
        if (driver !== undefined) onDriver(driver)
      }}
      slotProps={{ htmlInput: { 'aria-label': 'Driver' } }}
    >
      {drivers.map((driver) => (
        <MenuItem key={driver.id} value={driver.id}>
          {driver.title}
        </MenuItem>
      ))}
    </TextField>
  )
}

/** Adds an instrument, or changes one. */
export function InstrumentDialog({ start, drivers, onClose }: InstrumentDialogProps) {
  const station = useStation()
  const instruments = useMirror((state) => state.instruments)
  const [form, setForm] = useState(start)
  const [tried, setTried] = useState(false)
  const action = useAction()
  const problems = instrumentProblems(form)
  const profile = drivers.find((driver) => driver.id === form.driver)
  const save = async (): Promise<void> => {
    setTried(true)
    if (Object.keys(problems).length > 0) return
    const taken = instruments.map((instrument) => instrument.config.id)
    const done = await action.run(async () => {
      await station.call((client) => client.instruments.save(configOf(form, taken)))
    })
    if (done) onClose()
  }
  const helpOf = (name: (typeof textFields)[number]['name'], help: string): string =>
    name === 'link' && profile !== undefined ? `Such as ${profile.exampleLink}` : help
  return (
    <Dialog open onClose={onClose} fullWidth maxWidth="sm" aria-labelledby="instrument-dialog-title">
      <DialogTitle id="instrument-dialog-title">
        {start.id === null ? 'Add an instrument' : `Edit ${start.name}`}
      </DialogTitle>
      <DialogContent sx={{ display: 'grid', gap: 2, pt: '8px !important' }}>
        <DriverField
          form={form}
          drivers={drivers}
          onDriver={(driver) =>
            setForm({ ...form, driver: driver.id, link: form.link === '' ? driver.exampleLink : form.link })
          }
        />
        {tried && problems.driver !== undefined && <Typography color="error">{problems.driver}</Typography>}
        {textFields.map(({ name, label, help }) => (
          <TextField
            key={name}
            label={label}
            value={form[name]}
            error={tried && problems[name] !== undefined}
            helperText={(tried ? problems[name] : undefined) ?? helpOf(name, help)}
            onChange={(event) => setForm({ ...form, [name]: event.target.value })}
            slotProps={{ htmlInput: { autoComplete: 'off', spellCheck: false } }}
          />
        ))}
        <ErrorNotice error={action.error} />
      </DialogContent>
      <DialogActions>
        <Button onClick={onClose}>Cancel</Button>
        <Button variant="contained" onClick={() => void save()} disabled={action.busy}>
          Save instrument
        </Button>
      </DialogActions>
    </Dialog>
  )
}
