import Refresh from '@mui/icons-material/Refresh'
import { Box, Button, LinearProgress, Typography } from '@mui/material'
import { useState } from 'react'
import type { StartRequest } from '../../../contract/startRequest.ts'
import type { PreflightLine } from '../../../contract/run.ts'
import type { Template } from '../../../contract/template.ts'
import { prepareRequest } from '../../logic/request.ts'
import { hrefOf } from '../../logic/route.ts'
import type { Tone } from '../../logic/words.ts'
import { ActionBar } from '../../parts/ActionBar.tsx'
import { ErrorNotice } from '../../parts/ErrorNotice.tsx'
import { FetchedView } from '../../parts/FetchedView.tsx'
import { PageHead } from '../../parts/PageHead.tsx'
import { Panel } from '../../parts/Panel.tsx'
import { toneColours, toneIcons } from '../../parts/tones.tsx'
import { useDraft } from '../../state/draft.ts'
import { goTo, useAction, useFetched, useTemplate } from '../../state/hooks.ts'
import { useMirror, useStation } from '../../state/station.ts'
import { CalibrationReason } from './CalibrationReason.tsx'
import { QueueButton, QueuePanel, useQueueUp } from './QueueUp.tsx'
import { NothingChosen } from '../configure/ConfigurePage.tsx'

const lineTones = { ok: 'good', warning: 'caution', problem: 'bad' } as const satisfies Record<
  PreflightLine['state'],
  Tone
>
const lineWords = { ok: 'OK', warning: 'Warning', problem: 'Problem' } as const

function Line({ line }: { line: PreflightLine }) {
  const tone = lineTones[line.state]
  const Icon = toneIcons[tone]
  return (
    <Box
      component="li"
      sx={{
        ...{ display: 'grid', gridTemplateColumns: { xs: '30px 1fr', md: '30px minmax(0, 2fr) minmax(0, 3fr)' } },
        ...{ columnGap: 1, px: 1.5, py: line.state === 'ok' ? 0.5 : 1, alignItems: 'start' },
        ...{ borderBottom: 1, borderColor: 'divider', '&:last-of-type': { borderBottom: 0 } },
      }}
    >
      <Icon
        color={toneColours[tone]}
        titleAccess={lineWords[line.state]}
        sx={{ gridRow: { xs: 'span 2', md: 'auto' } }}
      />
      <Typography sx={{ fontWeight: 600 }}>
        {line.title}
        {line.state !== 'ok' && ` – ${lineWords[line.state].toLowerCase()}`}
      </Typography>
      <Box sx={{ minWidth: 0, overflowWrap: 'anywhere' }}>
        <Typography variant="body2" sx={{ color: 'text.secondary' }}>
          {line.detail}
        </Typography>
        {line.todo !== null && (
          <Typography variant="body2" sx={{ mt: 0.25 }}>
            <strong>To do:</strong> {line.todo}
          </Typography>
        )}
        {line.calibration !== undefined && <CalibrationReason line={line} found={line.calibration} />}
      </Box>
    </Box>
  )
}

const rank = { problem: 0, warning: 1, ok: 2 } as const

function summary(lines: readonly PreflightLine[]): string {
  const count = (state: PreflightLine['state']): number => lines.filter((line) => line.state === state).length
  const problems = count('problem')
  if (problems > 0)
    return `${problems === 1 ? 'One problem' : `${problems} problems`} to settle before the test can start.`
  const warnings = count('warning')
  return warnings === 0
    ? 'Everything is ready.'
    : `Ready, with ${warnings === 1 ? 'one warning' : `${warnings} warnings`}.`
}

interface ReadyProps {
  request: StartRequest
  lines: readonly PreflightLine[]
  onAgain: () => void
  fresh: boolean
}

function Ready({ request, lines, onAgain, fresh }: ReadyProps) {
  const station = useStation()
  const { clear, queuedId } = useDraft()
  const queueUp = useQueueUp(request)
  const start = useAction()
  const blocked = !fresh || lines.some((line) => line.state === 'problem')
  const begin = (): Promise<boolean> =>
    start.run(async () => {
      const run = await station.call((client) => client.runs.start(request))
      goTo({ page: 'run', runId: run.id })
      clear()
    })
  return (
    <>
      <Typography role="status" aria-live="polite" sx={{ mb: 1.5, fontWeight: 600 }}>
        {fresh ? summary(lines) : 'Checking again …'}
      </Typography>
      <Panel
        title="Checks"
        flush
        aside={
          <Button size="small" startIcon={<Refresh aria-hidden />} onClick={onAgain} disabled={!fresh}>
            Check again
          </Button>
        }
      >
        {!fresh && <LinearProgress aria-label="Checking again" />}
        <Box component="ul" aria-label="Pre-flight checks" sx={{ listStyle: 'none', m: 0, p: 0 }}>
          {[...lines]
            .sort((a, b) => rank[a.state] - rank[b.state])
            .map((line) => (
              <Line key={line.id} line={line} />
            ))}
        </Box>
      </Panel>
      <QueuePanel queueUp={queueUp} />
      <ErrorNotice error={start.error} />
      <ActionBar>
        <Button href={hrefOf({ page: 'configure' })}>Back</Button>
        {queuedId === null && (
          <Button variant="contained" size="large" disabled={blocked || start.busy} onClick={() => void begin()}>
            Start test
          </Button>
        )}
        <QueueButton queueUp={queueUp} fresh={fresh} />
      </ActionBar>
    </>
  )
}

function Check({ template }: { template: Template }) {
  const draft = useDraft()
  const instruments = useMirror((state) => state.instruments)
  const [round, setRound] = useState(0)
  const { request } = prepareRequest(template, draft, instruments)
  const { calibrationOverrides, ...test } = request
  // Another reason for the same test: its checks stay on the screen meanwhile.
  const version = JSON.stringify({ round, calibrationOverrides })
  const fetched = useFetched({
    key: JSON.stringify(test),
    version,
    fetch: async (client) => ({ version, lines: await client.runs.preflight(request) }),
  })
  return (
    <FetchedView fetched={fetched} what="the pre-flight check">
      {({ lines, version: answered }) => (
        <Ready request={request} lines={lines} fresh={answered === version} onAgain={() => setRound(round + 1)} />
      )}
    </FetchedView>
  )
}

/** Third page of a test: is everything ready? */
export function PreflightPage() {
  const draft = useDraft()
  const template = useTemplate(draft.protocolId)
  if (draft.protocolId === null || draft.module.id.trim() === '') return <NothingChosen />
  return (
    <>
      <PageHead title="Pre-flight" subtitle={`${draft.protocolId} on module ${draft.module.id.trim()}`} />
      <FetchedView fetched={template} what="the protocol">
        {(value) => <Check template={value} />}
      </FetchedView>
    </>
  )
}
