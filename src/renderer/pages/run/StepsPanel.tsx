import Dot from '@mui/icons-material/FiberManualRecord'
import Next from '@mui/icons-material/RadioButtonUnchecked'
import Now from '@mui/icons-material/PlayArrow'
import Seen from '@mui/icons-material/Done'
import { Box } from '@mui/material'
import { useMemo } from 'react'
import type { Run, RunLive } from '../../../contract/run.ts'
import { currentSteps, listSteps, stepStates, type StepState } from '../../logic/steps.ts'
import { FetchedView } from '../../parts/FetchedView.tsx'
import { Panel } from '../../parts/Panel.tsx'
import { useTemplate } from '../../state/hooks.ts'

const icons = { waiting: Next, current: Now, around: Dot, begun: Seen } as const satisfies Record<StepState, unknown>
const words: Record<StepState, string> = {
  waiting: 'still to come',
  current: 'going on now',
  around: 'going on',
  begun: 'has been begun or passed',
}

interface StepsProps {
  run: Run
  live: RunLive | null
  seenSteps: readonly string[]
}

function StepList({ run, live, seenSteps }: StepsProps) {
  const template = useTemplate(run.protocolId)
  return (
    <FetchedView fetched={template} what="the steps">
      {(value) => <Lines {...{ run, live, seenSteps }} template={value} />}
    </FetchedView>
  )
}

function Lines({ run, live, seenSteps, template }: StepsProps & { template: Parameters<typeof listSteps>[0] }) {
  const lines = useMemo(() => listSteps(template, run.parameters), [template, run.parameters])
  const states = stepStates(lines, currentSteps(live), new Set(seenSteps))
  return (
    <Box component="ol" sx={{ listStyle: 'none', m: 0, p: 0 }}>
      {lines.map((line, i) => {
        const state = states[i] ?? 'waiting'
        const Icon = icons[state]
        const current = state === 'current'
        return (
          <Box
            key={line.id}
            component="li"
            aria-current={current ? 'step' : undefined}
            sx={{
              ...{
                display: 'flex',
                gap: 1,
                alignItems: 'center',
                py: 0.3,
                pl: 0.5 + line.depth * 1.75,
                borderRadius: 1,
              },
              ...{ fontSize: '0.8125rem', fontWeight: current ? 700 : 400 },
              ...{ color: state === 'waiting' ? 'text.secondary' : 'text.primary' },
              ...(current && { bgcolor: 'action.selected' }),
            }}
          >
            <Icon titleAccess={words[state]} color={current ? 'primary' : 'inherit'} sx={{ fontSize: 16 }} />
            {line.title}
          </Box>
        )
      })}
    </Box>
  )
}

/** The steps of the protocol and where the run stands. */
export function StepsPanel({ run, live, seenSteps }: StepsProps) {
  return (
    <Panel title="Steps">
      <Box tabIndex={0} role="group" aria-label="All steps" sx={{ maxHeight: 380, overflowY: 'auto' }}>
        <StepList run={run} live={live} seenSteps={seenSteps} />
      </Box>
    </Panel>
  )
}
