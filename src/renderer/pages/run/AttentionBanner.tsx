import { Alert, Box, Typography } from '@mui/material'
import type { Run, RunEvent, RunLive } from '../../../contract/run.ts'
import { formatDateTime } from '../../logic/format.ts'
import { openGuards } from '../../logic/guardMessages.ts'

interface AttentionBannerProps {
  run: Run
  live: RunLive | null
  log: readonly RunEvent[]
}

/** Why the run stands still, and what its guards have seen and not taken back: one banner, whatever their number. */
export function AttentionBanner({ run, live, log }: AttentionBannerProps) {
  const paused = run.status === 'paused' ? (live?.paused ?? 'no reason given') : (live?.paused ?? null)
  const open = openGuards(log)
  if (paused === null && open.length === 0) return null
  const isBad = live?.diskFull === true || open.some(({ level }) => level === 'error')
  return (
    <Alert severity={isBad ? 'error' : 'warning'} variant="outlined" role="alert" sx={{ mb: 2, borderWidth: 2 }}>
      {paused !== null && (
        <Typography sx={{ fontWeight: 650, color: 'text.primary' }}>
          Paused: {paused}. Nothing is credited until it goes on.
        </Typography>
      )}
      {open.length > 0 && (
        <Box component="ul" aria-label="Open messages of guards" sx={{ m: 0, pl: 2.25, color: 'text.primary' }}>
          {open.slice(0, 6).map((event) => (
            <li key={event.seq}>
              {formatDateTime(event.utcMs)} {event.text}
            </li>
          ))}
          {open.length > 6 && <li>and {open.length - 6} more, see the log</li>}
        </Box>
      )}
    </Alert>
  )
}
