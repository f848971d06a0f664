import { Alert, Box, Button, Link, TextField } from '@mui/material'
import { useState } from 'react'
import type { StationInfo } from '../../../contract/api.ts'
import { moduleIdsOf } from '../../../contract/runModules.ts'
import { runName } from '../../../contract/runName.ts'
import { textOf } from '../../logic/parameters.ts'
import { hrefOf } from '../../logic/route.ts'
import { ModuleFields } from '../../parts/ModuleFields.tsx'
import { PageHead } from '../../parts/PageHead.tsx'
import { Panel } from '../../parts/Panel.tsx'
import { ProtocolPicker } from '../../parts/ProtocolPicker.tsx'
import { RefusedProtocols } from '../../parts/RefusedProtocols.tsx'
import { useDraft } from '../../state/draft.ts'
import { goTo } from '../../state/hooks.ts'
import { activeRuns } from '../../state/stationState.ts'
import { useMirror } from '../../state/station.ts'
import { useScanner } from './useScanner.ts'

/** Fills in the label of the simulated lab's module, with what else it says. */
function SimulatedLabel({ offer }: { offer: NonNullable<StationInfo['simulatedModule']> }) {
  const setModule = useDraft((draft) => draft.setModule)
  const setTexts = useDraft((draft) => draft.setTexts)
  const take = (): void => {
    setModule(offer.module)
    setTexts(Object.fromEntries(Object.entries(offer.parameters).map(([name, value]) => [name, textOf(value)])))
  }
  return (
    <Button variant="outlined" size="small" onClick={take}>
      Use the simulated module
    </Button>
  )
}

function EarlierRuns({ moduleId }: { moduleId: string }) {
  const count = useMirror((state) => state.runs.filter((run) => moduleIdsOf(run).includes(moduleId.trim())).length)
  if (moduleId.trim() === '' || count === 0) return null
  return (
    <Alert severity="info" variant="outlined" sx={{ mt: 1.5 }}>
      A module with this id has {count === 1 ? 'one run' : `${count} runs`} at this station.{' '}
      <Link href={hrefOf({ page: 'runs' })}>See the runs</Link>
    </Alert>
  )
}

function ModulePanel() {
  const draft = useDraft()
  const info = useMirror((state) => state.info)
  const [scanned, setScanned] = useState<string | null>(null)
  useScanner((text) => {
    draft.setModule({ id: text })
    setScanned(text)
  })
  const fresh = scanned !== null && scanned === draft.module.id
  const offer = info?.simulatedModule ?? null
  return (
    <Panel title="Module" aside={offer !== null && <SimulatedLabel offer={offer} />}>
      <ModuleFields
        module={draft.module}
        onChange={draft.setModule}
        idHelp={
          fresh ? 'Scanned. Compare it with the label.' : 'Type it, or scan the label: the field need not be active.'
        }
      />
      <EarlierRuns moduleId={draft.module.id} />
      <TextField
        label="Operator"
        required
        value={draft.operator}
        onChange={(event) => draft.setOperator(event.target.value)}
        helperText="Who runs the test. Remembered in this browser."
        sx={{ mt: 1.75 }}
        slotProps={{ htmlInput: { maxLength: 80, autoComplete: 'name' } }}
      />
    </Panel>
  )
}

/** Reasons, in words, why the next page can't be opened yet. */
function missing(draft: { protocolId: string | null; module: { id: string }; operator: string }): string[] {
  return [
    ...(draft.protocolId === null ? ['choose a protocol'] : []),
    ...(draft.module.id.trim() === '' ? ['give the module’s id'] : []),
    ...(draft.operator.trim() === '' ? ['say who runs the test'] : []),
  ]
}

/** First page of a test: which protocol, which module, who. */
export function TestPage() {
  const draft = useDraft()
  const protocols = useMirror((state) => state.protocols)
  const running = activeRuns(useMirror((state) => state.runs))
  const todo = missing(draft)
  return (
    <>
      <PageHead title="New test" subtitle="Choose what to measure, and on which module." />
      {running.map((run) => (
        <Alert key={run.id} severity="info" variant="outlined" sx={{ mb: 1.5 }}>
          {runName(run)} is going on. <Link href={hrefOf({ page: 'run', runId: run.id })}>Open the run</Link>
        </Alert>
      ))}
      <Box sx={{ display: 'grid', gap: 2, gridTemplateColumns: { xs: 'minmax(0, 1fr)', lg: '3fr 2fr' } }}>
        <Panel title="Protocol">
          <RefusedProtocols />
          <ProtocolPicker protocols={protocols} chosen={draft.protocolId} onChoose={draft.chooseProtocol} />
        </Panel>
        <ModulePanel />
      </Box>
      <Box sx={{ mt: 2, display: 'flex', alignItems: 'center', gap: 2, flexWrap: 'wrap' }}>
        <Button variant="contained" size="large" disabled={todo.length > 0} onClick={() => goTo({ page: 'configure' })}>
          Configure
        </Button>
        <Box role="status" sx={{ color: 'text.secondary', fontSize: '0.8125rem' }}>
          {todo.length > 0 && `To go on: ${todo.join(', ')}.`}
        </Box>
      </Box>
    </>
  )
}
