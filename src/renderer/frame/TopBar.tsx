import Linked from '@mui/icons-material/LinkOutlined'
import Unlinked from '@mui/icons-material/LinkOffOutlined'
import { Box, Chip, Link, Typography } from '@mui/material'
import { modulesName } from '../../contract/runName.ts'
import { hrefOf } from '../logic/route.ts'
import { activeRuns } from '../state/stationState.ts'
import { useMirror } from '../state/station.ts'
import { bar, marked } from '../theme.ts'
import { StopButton } from './StopButton.tsx'
import type { Stop } from './useStop.ts'

const linkTexts = {
  connecting: 'Connecting …',
  open: 'Connected',
  lost: 'Not connected',
  locked: 'Locked',
  otherVersion: 'Other version',
} as const

function ConnectionState() {
  const link = useMirror((state) => state.link)
  const Icon = link === 'open' ? Linked : Unlinked
  return (
    <Box
      role="status"
      aria-label={`Connection: ${linkTexts[link]}`}
      sx={{ display: 'flex', alignItems: 'center', gap: 0.5, color: link === 'open' ? bar.quiet : '#ffb4aa' }}
    >
      <Icon fontSize="small" aria-hidden />
      <Box component="span" sx={{ display: { xs: 'none', sm: 'inline' }, fontSize: '0.75rem' }}>
        {linkTexts[link]}
      </Box>
    </Box>
  )
}

function RunningLink() {
  const runs = activeRuns(useMirror((state) => state.runs))
  const first = runs[0]
  if (first === undefined) return null
  return (
    <Link
      href={hrefOf({ page: 'run', runId: first.id })}
      sx={{ color: bar.text, fontSize: '0.8125rem', display: { xs: 'none', sm: 'inline' }, whiteSpace: 'nowrap' }}
    >
      {runs.length === 1 ? `Running: ${modulesName(first)}` : `${runs.length} runs going on`}
    </Link>
  )
}

/** Who this station is, whether what is seen is live, and the stop. The same on every page. */
export function TopBar({ stop }: { stop: Stop }) {
  const info = useMirror((state) => state.info)
  const laboratory = info?.laboratory
  return (
    <Box
      component="header"
      sx={{
        ...{ display: 'flex', alignItems: 'center', gap: { xs: 1, sm: 2 }, px: { xs: 1.25, sm: 2 }, py: 0.75 },
        ...{ bgcolor: bar.back, color: bar.text, minHeight: 56 },
      }}
    >
      <Box sx={{ minWidth: 0, flexGrow: 1 }}>
        <Typography component="div" noWrap sx={{ fontSize: '1rem', fontWeight: 700, lineHeight: 1.2 }}>
          {laboratory === undefined || laboratory.station === '' ? 'PVTP Station' : laboratory.station}
        </Typography>
        <Typography component="div" noWrap sx={{ fontSize: '0.75rem', color: bar.quiet }}>
          {laboratory === undefined || laboratory.name === '' ? 'Laboratory not named yet' : laboratory.name}
        </Typography>
      </Box>
      <RunningLink />
      {info?.simulated === true && (
        <Chip
          label="SIMULATED"
          sx={{ bgcolor: marked.back, color: marked.text, display: { xs: 'none', sm: 'inline-flex' } }}
        />
      )}
      <ConnectionState />
      <StopButton stop={stop} />
    </Box>
  )
}
