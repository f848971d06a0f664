import { Box, LinearProgress, Typography } from '@mui/material'
import { useMemo } from 'react'
import type { Run, RunLive } from '../../../contract/run.ts'
import type { Template } from '../../../contract/template.ts'
import { formatDuration } from '../../logic/format.ts'
import { placeOf } from '../../logic/stepPath.ts'
import { listSteps } from '../../logic/steps.ts'
import { Panel } from '../../parts/Panel.tsx'
import { useUtcNow, type Fetched } from '../../state/hooks.ts'

type LiveStep = NonNullable<RunLive['steps']>[number]

const stepsOf = (live: RunLive | null): LiveStep[] => {
  const steps = live?.steps ?? []
  if (steps.length > 0 || live === null || live.stepTitle === null) return steps
  return [{ path: live.stepId ?? '', title: live.stepTitle, lane: null }]
}

function Going({ step, place, run }: { step: LiveStep; place: string; run: Run }) {
  const module = run.lanes?.find(({ id }) => id === step.lane)?.module.id
  return (
    <Box component="li" aria-current="step" sx={{ py: 0.5 }}>
      <Typography component="div" sx={{ fontWeight: 650, fontSize: '1rem', lineHeight: 1.3 }}>
        {step.lane !== null && `Lane ${step.lane}: `}
        {step.title}
      </Typography>
      <Typography variant="caption" component="div" sx={{ color: 'text.secondary' }}>
        {[place, module === undefined ? '' : `module ${module}`].filter((text) => text !== '').join(' · ')}
      </Typography>
    </Box>
  )
}

function percentOf(live: RunLive | null): number | null {
  const fraction = live?.fraction ?? null
  return fraction === null ? null : Math.round(fraction * 100)
}

interface NowPanelProps {
  run: Run
  live: RunLive | null
  template: Fetched<Template>
}

/** What goes on at this moment, side by side, and how far the steps are. */
export function NowPanel({ run, live, template }: NowPanelProps) {
  const nowUtcMs = useUtcNow()
  const known = template.state === 'here' ? template.value : null
  const lines = useMemo(() => (known === null ? [] : listSteps(known, run.parameters)), [known, run.parameters])
  const steps = stepsOf(live)
  const percent = percentOf(live)
  const sinceText = run.virtualTime ? null : `${formatDuration(nowUtcMs - run.startedUtcMs)} since the start`
  return (
    <Panel
      title="Now"
      aside={
        <Typography variant="caption">
          {[sinceText, percent === null ? null : `${percent} % of the steps`]
            .filter((text) => text !== null)
            .join(' · ')}
        </Typography>
      }
    >
      {percent !== null && (
        <LinearProgress
          variant="determinate"
          value={percent}
          aria-label="Steps done"
          sx={{ mb: 1, height: 6, borderRadius: 1 }}
        />
      )}
      <Box component="ul" aria-label="Steps going on now" sx={{ listStyle: 'none', m: 0, p: 0 }}>
        {steps.map((step) => (
          <Going key={step.path} step={step} place={placeOf(step.path, lines)} run={run} />
        ))}
        {steps.length === 0 && (
          <Typography component="li">{run.status === 'stopping' ? 'Ending.' : 'Starting.'}</Typography>
        )}
      </Box>
    </Panel>
  )
}
