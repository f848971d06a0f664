import { Alert, Box, Button, Checkbox, FormControlLabel, FormGroup, FormLabel, TextField } from '@mui/material'
import { useState, type ReactNode } from 'react'
import type { InstrumentState } from '../../../contract/api.ts'
import type { Profile } from '../../../contract/instrument.ts'
import { noValue } from '../../logic/format.ts'
import { configOf, instrumentProblems, type InstrumentForm } from '../../logic/instruments.ts'
import { Choice } from '../../parts/Choice.tsx'
import { ErrorNotice } from '../../parts/ErrorNotice.tsx'
import { Panel } from '../../parts/Panel.tsx'
import { useAction, useFetched } from '../../state/hooks.ts'
import { useMirror, useStation } from '../../state/station.ts'
import { ConnectionFields } from './ConnectionFields.tsx'
import { DefinitionFields } from './DefinitionFields.tsx'

const placeFields = [
  { name: 'name', label: 'Name', help: 'What it is called at this station.' },
  { name: 'station', label: 'Test station', help: 'Such as chamber 1; empty: none in particular.' },
  { name: 'slot', label: 'Place there', help: 'Such as lane A.' },
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

const threeColumns = {
  ...{ display: 'grid', gap: 2 },
  gridTemplateColumns: { xs: 'minmax(0, 1fr)', md: 'repeat(3, minmax(0, 1fr))' },
}

/** One step of the way, with its number. */
function Stage({ number, title, children }: { number: number; title: string; children: ReactNode }) {
  return (
    <Box component="fieldset" sx={{ border: 0, m: 0, p: 0, minWidth: 0, '& + &': { mt: 2.5 } }}>
      <FormLabel
        component="legend"
        sx={{ fontWeight: 650, color: 'text.primary', mb: 1.25, p: 0, fontSize: '0.875rem' }}
      >
        {number}. {title}
      </FormLabel>
      {children}
    </Box>
  )
}

interface DeviationsProps {
  form: InstrumentForm
  profile: Profile | undefined
  onForm: (part: Partial<InstrumentForm>) => void
}

/** What real units do otherwise than their manual says; switched on for this one. */
function Deviations({ form, profile, onForm }: DeviationsProps) {
  const deviations = profile?.deviations ?? []
  if (deviations.length === 0) return null
  const toggle = (name: string): void => {
    const on = form.deviations.includes(name)
    onForm({ deviations: on ? form.deviations.filter((each) => each !== name) : [...form.deviations, name] })
  }
  return (
    <FormGroup sx={{ mt: 1 }}>
      {deviations.map(({ name, title }) => (
        <FormControlLabel
          key={name}
          label={title}
          control={<Checkbox size="small" checked={form.deviations.includes(name)} onChange={() => toggle(name)} />}
          sx={{ '& .MuiTypography-root': { fontSize: '0.8125rem' } }}
        />
      ))}
    </FormGroup>
  )
}

interface PlaceProps {
  form: InstrumentForm
  problems: ReturnType<typeof instrumentProblems>
  onForm: (part: Partial<InstrumentForm>) => void
}

function PlaceFields({ form, problems, onForm }: PlaceProps) {
  return (
    <Box sx={threeColumns}>
      {placeFields.map(({ name, label, help }) => {
        const problem = name in problems ? problems[name] : undefined
        return (
          <TextField
            key={name}
            label={label}
            value={form[name]}
            error={problem !== undefined}
            helperText={problem ?? help}
            onChange={(event) => onForm({ [name]: event.target.value })}
            slotProps={{ htmlInput: { autoComplete: 'off', spellCheck: false } }}
          />
        )
      })}
    </Box>
  )
}

/** Who answered, or what to do about that nobody did. */
function Answer({ state }: { state: InstrumentState | null }) {
  if (state === null) return null
  const { identity } = state
  if (identity === null) return <ErrorNotice error={state.problem} />
  return (
    <Alert severity="success" variant="outlined" role="status">
      It answers: {identity.maker} {identity.model}, serial number {identity.serialNumber ?? noValue}, firmware{' '}
      {identity.firmware ?? noValue}. It can be: {state.roles.join(', ')}.
    </Alert>
  )
}

function useEditor(start: InstrumentForm) {
  const station = useStation()
  const instruments = useMirror((state) => state.instruments)
  const [form, setForm] = useState(start)
  const [tried, setTried] = useState(false)
  const [answer, setAnswer] = useState<InstrumentState | null>(null)
  const action = useAction()
  const problems = instrumentProblems(form)
  const save = async ({ identify }: { identify: boolean }): Promise<boolean> => {
    setTried(true)
    setAnswer(null)
    if (Object.keys(problems).length > 0) return false
    const taken = instruments.map((instrument) => instrument.config.id)
    const config = configOf(form, taken)
    return action.run(async () => {
      await station.call((client) => client.instruments.save(config))
      // From now on the same instrument is changed, not another one added.
      setForm((before) => ({ ...before, id: config.id }))
      if (identify) setAnswer(await station.call((client) => client.instruments.identify({ id: config.id })))
    })
  }
  const change = (part: Partial<InstrumentForm>): void => setForm((before) => ({ ...before, ...part }))
  return {
    form,
    change,
    problems: tried ? problems : {},
    definitionProblem: problems.definition,
    answer,
    action,
    save,
    instruments,
  }
}

interface ButtonsProps {
  busy: boolean
  isSaved: boolean
  onAsk: () => void
  onSave: () => void
  onClose: () => void
}

function Buttons({ busy, isSaved, onAsk, onSave, onClose }: ButtonsProps) {
  return (
    <Box sx={{ display: 'flex', flexWrap: 'wrap', gap: 1.5, mt: 2 }}>
      <Button variant="outlined" onClick={onAsk} disabled={busy}>
        Save and ask who it is
      </Button>
      <Button variant="contained" onClick={onSave} disabled={busy}>
        Save instrument
      </Button>
      <Button onClick={onClose}>{isSaved ? 'Close' : 'Cancel'}</Button>
    </Box>
  )
}

/** Adds an instrument, or changes one: what it is, how it is reached, where it stands, and whether it answers. */
export function InstrumentEditor({ start, drivers, onClose }: InstrumentEditorProps) {
  const { form, change, problems, definitionProblem, answer, action, save, instruments } = useEditor(start)
  const profile = drivers.find((driver) => driver.id === form.driver)
  const extra = useFetched({ key: 'instrumentForms', fetch: (client) => client.instruments.forms() })
  const needs = extra.state === 'here' ? extra.value.find((each) => each.driver === form.driver) : undefined
  const saveAndClose = async (): Promise<void> => {
    if (await save({ identify: false })) onClose()
  }
  const chooseDriver = (driver: Profile): void =>
    change({ driver: driver.id, link: linkFor(driver, form.link), name: form.name === '' ? driver.title : form.name })
  return (
    <Panel title={start.id === null ? 'Add an instrument' : `Edit ${start.name}`}>
      <Stage number={1} title="What is it?">
        <DriverField form={form} drivers={drivers} problem={problems.driver} onDriver={chooseDriver} />
        <Deviations form={form} profile={profile} onForm={change} />
      </Stage>
      <Stage number={2} title="How is it connected?">
        <ConnectionFields form={form} profile={profile} problem={problems.link} onLink={(link) => change({ link })} />
        {needs !== undefined && (
          <DefinitionFields {...{ form, needs, instruments }} problem={definitionProblem} onForm={change} />
        )}
      </Stage>
      <Stage number={3} title="What is it called, where does it stand, and who calibrated it?">
        <PlaceFields form={form} problems={problems} onForm={change} />
      </Stage>
      <Stage number={4} title="Does it answer?">
        <Answer state={answer} />
        <ErrorNotice error={action.error} />
        <Buttons
          busy={action.busy}
          isSaved={form.id !== null}
          onAsk={() => void save({ identify: true })}
          onSave={() => void saveAndClose()}
          onClose={onClose}
        />
      </Stage>
    </Panel>
  )
}
