import { Alert, Box } from '@mui/material'
import { ErrorNotice } from '../parts/ErrorNotice.tsx'
import { stopWords, type StopPhase } from '../logic/stopState.ts'
import { useMirror } from '../state/station.ts'
import type { Stop } from './useStop.ts'

const shownPhases: readonly StopPhase[] = ['requested', 'sent', 'confirmed', 'notConfirmed', 'ended', 'failed']

/** How far the stop has come. Red until the outputs were read back. */
export function StopNotice({ stop }: { stop: Stop }) {
  const connected = useMirror((state) => state.link === 'open')
  const over = stop.phase === 'confirmed'
  const shown = shownPhases.includes(stop.phase)
  return (
    <Box role="status" aria-live="assertive" aria-label="State of the stop">
      {shown && (
        <Alert
          severity={over ? 'success' : 'error'}
          variant="filled"
          square
          role="presentation"
          {...(over && { onClose: stop.dismiss })}
        >
          {stopWords[stop.phase]} {!over && 'Software stop. It doesn’t replace the emergency stop.'}
        </Alert>
      )}
      {connected && <ErrorNotice error={stop.error} />}
    </Box>
  )
}
