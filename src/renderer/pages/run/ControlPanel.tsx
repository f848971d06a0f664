import Pause from '@mui/icons-material/Pause'
import Play from '@mui/icons-material/PlayArrow'
import StopIcon from '@mui/icons-material/Dangerous'
import { Box, Button, Typography } from '@mui/material'
import type { Run } from '../../../contract/run.ts'
import type { Template } from '../../../contract/template.ts'
import { emergencyKey, stopKey } from '../../frame/useStop.ts'
import { useFrameStop } from '../../frame/stopContext.ts'
import { stopWords } from '../../logic/stopState.ts'
import { ErrorNotice } from '../../parts/ErrorNotice.tsx'
import { Panel } from '../../parts/Panel.tsx'
import { useAction, type Fetched } from '../../state/hooks.ts'
import { useMirror, useStation } from '../../state/station.ts'
import { useWho } from '../../state/useWho.ts'

const noteStyle = { color: 'text.secondary', maxWidth: '60ch' } as const

/** Stands still and goes on again; only where the protocol says what that means. */
function PauseControl({ run, pause }: { run: Run; pause: NonNullable<Template['pause']> }) {
  const station = useStation()
  const connected = useMirror((state) => state.link === 'open')
  const who = useWho(run.operator)
  const action = useAction()
  const isPaused = run.status === 'paused'
  const change = (): Promise<boolean> =>
    action.run(async () => {
      const asked = { runId: run.id, who }
      await station.call((client) => (isPaused ? client.runs.resume(asked) : client.runs.pause(asked)))
    })
  return (
    <Box>
      <Typography id="pause-meaning" variant="body2" sx={{ ...noteStyle, mb: 0.75 }}>
        {isPaused ? 'Go on: the test goes on where it stood.' : `Pause: ${pause.text}`}
      </Typography>
      <Button
        variant={isPaused ? 'contained' : 'outlined'}
        startIcon={isPaused ? <Play aria-hidden /> : <Pause aria-hidden />}
        aria-describedby="pause-meaning"
        disabled={action.busy || !connected || run.status === 'stopping'}
        onClick={() => void change()}
      >
        {isPaused ? 'Go on' : 'Pause'}
      </Button>
      <ErrorNotice error={action.error} />
    </Box>
  )
}

function StopControl() {
  const { stop, emergencyStop, phase, runningCount } = useFrameStop()
  const all = runningCount > 1 ? ` all ${runningCount} runs` : ' the run'
  return (
    <Box>
      <Typography id="stop-meaning" variant="body2" sx={{ ...noteStyle, mb: 0.75 }}>
        Both end{all} for good: outputs off and read back. After an emergency stop nothing goes on by itself. Keys:{' '}
        {stopKey} and {emergencyKey}
      </Typography>
      <Box sx={{ display: 'flex', flexWrap: 'wrap', gap: 1 }}>
        <Button color="error" variant="outlined" aria-describedby="stop-meaning" onClick={stop}>
          Stop{all}
        </Button>
        <Button
          color="error"
          variant="contained"
          startIcon={<StopIcon aria-hidden />}
          aria-describedby="stop-meaning"
          onClick={emergencyStop}
        >
          Emergency stop
        </Button>
      </Box>
      {phase !== 'ready' && (
        <Typography
          role="status"
          sx={{ mt: 1, fontWeight: 600, color: phase === 'confirmed' ? 'success.main' : 'error.main' }}
        >
          {stopWords[phase]}
        </Typography>
      )}
    </Box>
  )
}

/** What a person may do with the run as a whole. */
export function ControlPanel({
  run,
  template,
  isDiskFull,
}: {
  run: Run
  template: Fetched<Template>
  isDiskFull: boolean
}) {
  const pause = template.state === 'here' ? template.value.pause : undefined
  return (
    <Panel title="Control">
      <Box sx={{ display: 'grid', gap: 2 }}>
        {pause !== undefined && !isDiskFull && <PauseControl run={run} pause={pause} />}
        {pause !== undefined && isDiskFull && (
          <Typography variant="body2" sx={noteStyle}>
            It stands still because the disk is full. When there is room it goes on by itself, or “Go on” stands here.
          </Typography>
        )}
        {template.state === 'here' && pause === undefined && (
          <Typography variant="body2" sx={noteStyle}>
            This test can’t be paused: its protocol doesn’t say what a pause would mean.
          </Typography>
        )}
        <StopControl />
      </Box>
    </Panel>
  )
}
