import { Box, Button, TextField } from '@mui/material'
import { useState } from 'react'
import type { Profile } from '../../../contract/instrument.ts'
import { configOf, instrumentProblems, type InstrumentForm } from '../../logic/instruments.ts'
import { Choice } from '../../parts/Choice.tsx'
import { ErrorNotice } from '../../parts/ErrorNotice.tsx'
import { Panel } from '../../parts/Panel.tsx'
import { useAction, useFetched } from '../../state/hooks.ts'
import { useMirror, useStation } from '../../state/station.ts'
import { DefinitionFields } from './DefinitionFields.tsx'

const textFields = [
  { name: 'name', label: 'Name', help: 'What it is called at this station.' },
  { name: 'link', label: 'Link', help: '' },
  { name: 'certificate', label: 'Calibration certificate', help: 'Leave the three empty when there is none.' },
  { name: 'calibratedBy', label: 'Calibrated by', help: '' },
  { name: 'dueDate', label: 'Calibration due', help: 'Year-month-day.' },
] as const

interface InstrumentEditorProps {
  start: InstrumentForm
  drivers: readonly Profile[]
  onClose: () => void
}

interface DriverFieldProps {
  form: InstrumentForm
  drivers: readonly Profile[]
  problem: string | undefined
  onDriver: (driver: Profile) => void
}

function DriverField({ form, drivers, problem, onDriver }: DriverFieldProps) {
  const profile = drivers.find((driver) => driver.id === form.driver)
  const help = profile === undefined ? 'What kind of instrument it is.' : `By ${profile.manual}`
  return (
    <Choice
      label="Driver"
      value={form.driver}
      options={[
        ...(form.driver === '' ? [{ value: '', label: 'Choose …' }] : []),
        ...drivers.map((driver) => ({ value: driver.id, label: driver.title })),
      ]}
      helperText={problem ?? help}
      error={problem !== undefined}
      autoFocus
      onChoose={(id) => {
        const driver = drivers.find((one) => one.id === id)
        if (driver !== undefined) onDriver(driver)
      }}
    />
  )
}

/** What was typed is kept, but for what another kind of driver had put there. */
const linkFor = ({ link, exampleLink }: Profile, typed: string): string =>
  link === 'parts' || typed === '' || typed === 'parts:' ? exampleLink : typed

/** Adds an instrument, or changes one. */
export function InstrumentEditor({ start, drivers, onClose }: InstrumentEditorProps) {
  const station = useStation()
  const instruments = useMirror((state) => state.instruments)
  const [form, setForm] = useState(start)
  const [tried, setTried] = useState(false)
  const action = useAction()
  const problems = instrumentProblems(form)
  const profile = drivers.find((driver) => driver.id === form.driver)
  const extra = useFetched({ key: 'instrumentForms', fetch: (client) => client.instruments.forms() })
  const needs = extra.state === 'here' ? extra.value.find((each) => each.driver === form.driver) : undefined
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
    <Panel title={start.id === null ? 'Add an instrument' : `Edit ${start.name}`}>
      <Box
        sx={{ display: 'grid', gap: 2, gridTemplateColumns: { xs: 'minmax(0, 1fr)', md: 'repeat(3, minmax(0, 1fr))' } }}
      >
        <DriverField
          form={form}
          drivers={drivers}
          problem={tried ? problems.driver : undefined}
          onDriver={(driver) => setForm({ ...form, driver: driver.id, link: linkFor(driver, form.link) })}
        />
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
      </Box>
      {needs !== undefined && (
        <DefinitionFields
          form={form}
          needs={needs}
          instruments={instruments}
          problem={problems.definition}
          onForm={(part) => setForm({ ...form, ...part })}
        />
      )}
      <ErrorNotice error={action.error} />
      <Box sx={{ display: 'flex', gap: 1.5, mt: 2 }}>
        <Button variant="contained" onClick={() => void save()} disabled={action.busy}>
          Save instrument
        </Button>
        <Button onClick={onClose}>Cancel</Button>
      </Box>
    </Panel>
  )
}
