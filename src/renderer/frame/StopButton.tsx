import StopIcon from '@mui/icons-material/Dangerous'
import { Button, Tooltip } from '@mui/material'
import { stopWords } from '../logic/stopState.ts'
import { bar } from '../theme.ts'
import { stopKey, type Stop } from './useStop.ts'

const quiet = {
  color: bar.quiet,
  bgcolor: 'transparent',
  borderColor: bar.line,
  '&:hover': { bgcolor: 'transparent', borderColor: bar.quiet },
}
const loud = { color: '#fff', bgcolor: bar.stop, borderColor: '#fff', '&:hover': { bgcolor: '#a51a13' } }

/** On every screen; one press stops every run of the station. Always focusable, and never asks back. */
export function StopButton({ stop }: { stop: Stop }) {
  const live = stop.runningCount > 0
  const title = `${stopWords[stop.phase]} Software stop. It doesn’t replace the emergency stop. Keys: ${stopKey}`
  return (
    <Tooltip title={title} describeChild>
      <Button
        onClick={stop.stop}
        aria-disabled={!live}
        startIcon={<StopIcon aria-hidden />}
        variant="outlined"
        sx={{
          ...{ minWidth: { xs: 92, sm: 128 }, height: 40, fontSize: '1rem', fontWeight: 800, letterSpacing: '0.06em' },
          ...{ borderWidth: 2, '&:focus-visible': { outline: '3px solid #fff', outlineOffset: 2 } },
          ...(live ? loud : quiet),
        }}
      >
        Stop
      </Button>
    </Tooltip>
  )
}
