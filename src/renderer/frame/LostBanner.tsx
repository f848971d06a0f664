import { Alert } from '@mui/material'
import { formatClock } from '../logic/format.ts'
import { useMirror } from '../state/station.ts'

/** The one message about a lost connection. */
export function LostBanner() {
  const link = useMirror((state) => state.link)
  const lastAliveMs = useMirror((state) => state.lastAliveMs)
  if (link === 'open' || lastAliveMs === null) return null
  return (
    <Alert severity="error" variant="filled" role="alert" square>
      Connection to the station lost – what you see is from {formatClock(lastAliveMs)}; a run at the station does not
      depend on this window, which keeps trying. Stop does not work from here until the connection is back: use the
      emergency stop at the bench.
    </Alert>
  )
}
