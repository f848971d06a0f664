import { Box, Button, TextField, Typography } from '@mui/material'
import { useState } from 'react'
import type { Template } from '../../../contract/template.ts'
import { checkParameters, groups, type ParameterTexts } from '../../logic/parameters.ts'
import { WordedError, type ErrorParts } from '../../logic/errors.ts'
import { Choice } from '../../parts/Choice.tsx'
import { ErrorNotice } from '../../parts/ErrorNotice.tsx'
import { FileDrop, type ChosenFile } from '../../parts/FileDrop.tsx'
import { FetchedView } from '../../parts/FetchedView.tsx'
import { ModuleFields } from '../../parts/ModuleFields.tsx'
import { PageHead } from '../../parts/PageHead.tsx'
import { Panel } from '../../parts/Panel.tsx'
import { ParameterGroup } from '../../parts/ParameterGroup.tsx'
import { useDraft, type DraftModule } from '../../state/draft.ts'
import { goTo, useAction, useTemplate } from '../../state/hooks.ts'
import { useMirror, useStation } from '../../state/station.ts'
import { ColumnMapper } from './ColumnMapper.tsx'
import { useReading, type Reading } from './useReading.ts'

/** Groups that matter to curves which this station did not measure. */
const importGroups = groups.filter((group) => group !== 'measurement')

interface FormState {
  file: ChosenFile | null
  module: DraftModule
  texts: ParameterTexts
}

function todoOf(form: FormState, operator: string, problems: number): string[] {
  return [
    ...(form.file === null ? ['choose a file'] : []),
    ...(form.module.id.trim() === '' ? ['give the module’s id'] : []),
    ...(operator.trim() === '' ? ['say who imports it'] : []),
    ...(problems > 0 ? ['correct the marked values'] : []),
  ]
}

const unreadable: ErrorParts = {
  code: 'file.unreadable',
  happened: 'The browser could not read the chosen file.',
  did: 'Nothing was sent to the station.',
  check: 'Check that the file is still there and that you may read it.',
}

interface WhatAndWhoseProps {
  form: FormState
  onChange: (part: Partial<FormState>) => void
  onFile: (file: ChosenFile) => void
  onUnreadable: () => void
  reading: Reading
}

function WhatAndWhose({ form, onChange, onFile, onUnreadable, reading }: WhatAndWhoseProps) {
  const operator = useDraft((draft) => draft.operator)
  const setOperator = useDraft((draft) => draft.setOperator)
  return (
    <Box
      sx={{ display: 'grid', gap: 2, gridTemplateColumns: { xs: 'minmax(0, 1fr)', lg: 'repeat(2, minmax(0, 1fr))' } }}
    >
      <Panel title="Curves">
        <FileDrop
          what="curve file"
          hint="CSV with voltage and current columns and units in the header, or JSON with curves. Separator and decimal comma are recognised. Any other table: say below what its columns are."
          file={form.file}
          onFile={onFile}
          onUnreadable={onUnreadable}
        />
        <Choice
          label="How it is read"
          value={reading.chosen}
          options={reading.options}
          onChoose={reading.choose}
          sx={{ mt: 2 }}
        />
      </Panel>
      <Panel title="Module">
        <ModuleFields
          module={form.module}
          onChange={(part) => onChange({ module: { ...form.module, ...part } })}
          idHelp="The module that the curves are of."
        />
        <TextField
          label="Operator"
          required
          value={operator}
          onChange={(event) => setOperator(event.target.value)}
          sx={{ mt: 1.75 }}
          slotProps={{ htmlInput: { maxLength: 80, autoComplete: 'name' } }}
        />
      </Panel>
    </Box>
  )
}

/** The columns of a file that isn't read by its header. */
function FileColumns({ reading, file }: { reading: Reading; file: ChosenFile | null }) {
  const operator = useDraft((draft) => draft.operator)
  return (
    <>
      <ErrorNotice error={reading.error} />
      {reading.form !== null && (
        <ColumnMapper
          form={reading.form}
          file={file && { name: file.name, text: reading.textOf(file) }}
          busy={reading.busy}
          onForm={reading.change}
          onSave={(profile) => reading.save(profile, operator)}
          onRemove={reading.isSaved ? () => reading.remove(operator) : null}
        />
      )}
    </>
  )
}

function ImportForm({ template }: { template: Template }) {
  const station = useStation()
  const operator = useDraft((draft) => draft.operator)
  const [form, setForm] = useState<FormState>({ file: null, module: { id: '', maker: '', model: '' }, texts: {} })
  const action = useAction()
  const reading = useReading(form.file)
  const parameters = template.parameters.filter((parameter) => parameter.group !== 'measurement')
  const { values, problems } = checkParameters(parameters, form.texts)
  const todo = [...todoOf(form, operator, Object.keys(problems).length), ...reading.todo]
  const change = (part: Partial<FormState>): void => setForm((before) => ({ ...before, ...part }))
  const reset = (names: readonly string[]): void =>
    change({ texts: Object.fromEntries(Object.entries(form.texts).filter(([name]) => !names.includes(name))) })
  const send = (): Promise<boolean> =>
    action.run(async () => {
      const { file, module } = form
      if (file === null) return
      const request = { protocolId: template.id, module, operator: operator.trim(), parameters: values }
      const run = await station.call((client) =>
        client.runs.importCurves({
          ...request,
          fileName: file.name,
          text: reading.textOf(file),
          ...(reading.profile ? { profile: reading.profile } : {}),
        }),
      )
      goTo({ page: 'run', runId: run.id })
    })
  return (
    <Box sx={{ display: 'grid', gap: 2, gridTemplateColumns: 'minmax(0, 1fr)', mt: 2 }}>
      <WhatAndWhose
        form={form}
        onChange={change}
        onFile={(file) => {
          action.dismiss()
          change({ file })
        }}
        onUnreadable={() => void action.run(() => Promise.reject(new WordedError(unreadable)))}
        reading={reading}
      />
      <FileColumns reading={reading} file={form.file} />
      <ErrorNotice error={action.error} />
      <Box sx={{ display: 'flex', gap: 2, alignItems: 'center', flexWrap: 'wrap' }}>
        <Button variant="contained" size="large" disabled={todo.length > 0 || action.busy} onClick={() => void send()}>
          Import
        </Button>
        <Typography role="status" variant="body2" sx={{ color: 'text.secondary' }}>
          {action.busy
            ? 'The station reads the file and evaluates it …'
            : todo.length > 0 && `To go on: ${todo.join(', ')}.`}
        </Typography>
      </Box>
      {importGroups.map((group) => (
        <ParameterGroup
          key={group}
          group={group}
          parameters={parameters}
          texts={form.texts}
          problems={problems}
          onText={(name, text) => change({ texts: { ...form.texts, [name]: text } })}
          onReset={reset}
        />
      ))}
    </Box>
  )
}

/** Makes a run from a measured curve file. */
export function ImportPage() {
  const protocols = useMirror((state) => state.protocols)
  const [chosen, setChosen] = useState<string | null>(null)
  const protocolId = chosen ?? protocols[0]?.id ?? null
  const template = useTemplate(protocolId)
  return (
    <>
      <PageHead
        title="Import curves"
        subtitle="Makes a run from a measured curve file. It gets the same evaluation and report, marked IMPORTED throughout."
      />
      <Choice
        label="Protocol"
        value={protocolId ?? ''}
        options={protocols.map((protocol) => ({ value: protocol.id, label: `${protocol.id} ${protocol.title}` }))}
        onChoose={setChosen}
        sx={{ maxWidth: 480 }}
      />
      <FetchedView fetched={template} what="the protocol">
        {(value) => <ImportForm key={value.id} template={value} />}
      </FetchedView>
    </>
  )
}
