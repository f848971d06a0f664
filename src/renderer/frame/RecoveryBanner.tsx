import { Alert, Link } from '@mui/material'
import { runName } from '../../contract/runName.ts'
import { formatDateTime } from '../logic/format.ts'
import { interruptedRuns } from '../logic/recovery.ts'
import { hrefOf, type Route } from '../logic/route.ts'
import { useMirror } from '../state/station.ts'

/** Runs that the station left in the middle, until somebody decided what becomes of them. */
export function RecoveryBanner({ route }: { route: Route }) {
  const waiting = interruptedRuns(useMirror((state) => state.runs))
  const here = 'runId' in route && route.page === 'recovery' ? route.runId : null
  const others = waiting.filter((run) => run.id !== here)
  const first = others[0]
  if (first === undefined) return null
  const more = others.length - 1
  return (
    <Alert
      severity="warning"
      variant="standard"
      square
      role="status"
      sx={{ py: 0.25, borderBottom: 1, borderColor: 'warning.main' }}
    >
      {runName(first)}, begun {formatDateTime(first.startedUtcMs)}, was interrupted and waits for a decision.{' '}
      <Link href={hrefOf({ page: 'recovery', runId: first.id })} color="inherit" sx={{ fontWeight: 650 }}>
        See what can be done
      </Link>
      {more > 0 && ` And ${more} more: see the runs.`}
    </Alert>
  )
}
