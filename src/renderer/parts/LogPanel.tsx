import { Box, Typography } from '@mui/material'
import type { RunEvent } from '../../contract/run.ts'
import { formatClock, formatDateTime } from '../logic/format.ts'
import { sayLogText } from '../logic/logText.ts'
import type { Tone } from '../logic/words.ts'
import { Panel } from './Panel.tsx'
import { toneColours, toneIcons } from './tones.tsx'

const levels = {
  info: null,
  warning: { tone: 'caution', word: 'Warning' },
  error: { tone: 'broken', word: 'Error' },
} as const satisfies Record<RunEvent['level'], { tone: Tone; word: string } | null>

function Line({ event, withDay }: { event: RunEvent; withDay: boolean }) {
  const level = levels[event.level]
  const Icon = level === null ? null : toneIcons[level.tone]
  return (
    <Box component="li" sx={{ display: 'flex', gap: 1, py: 0.25, fontSize: '0.8125rem' }}>
      <Box
        component="time"
        sx={{ color: 'text.secondary', flexShrink: 0 }}
        dateTime={new Date(event.utcMs).toISOString()}
      >
        {withDay ? formatDateTime(event.utcMs) : formatClock(event.utcMs)}
      </Box>
      <Box sx={{ width: 18, flexShrink: 0 }}>
        {Icon !== null && level !== null && (
          <Icon titleAccess={level.word} color={toneColours[level.tone]} sx={{ fontSize: 18 }} />
        )}
      </Box>
      <Box sx={{ minWidth: 0, overflowWrap: 'anywhere' }}>{sayLogText(event.text)}</Box>
    </Box>
  )
}

interface LogPanelProps {
  title?: string
  /** Its lines may be of many days. */
  withDay?: boolean
  events: readonly RunEvent[]
  /** Times are those of the simulation. */
  virtualTime?: boolean
}

/** What the station wrote down, newest first. */
export function LogPanel({ events, title = 'Log', withDay = false, virtualTime = false }: LogPanelProps) {
  return (
    <Panel title={title} aside={virtualTime && <Typography variant="caption">simulated time</Typography>}>
      {events.length === 0 ? (
        <Typography variant="body2" sx={{ color: 'text.secondary' }}>
          Nothing yet.
        </Typography>
      ) : (
        <Box
          component="ol"
          reversed
          aria-label={`${title}, newest first`}
          tabIndex={0}
          sx={{ listStyle: 'none', m: 0, p: 0, maxHeight: 300, overflowY: 'auto' }}
        >
          {[...events].reverse().map((event) => (
            <Line key={event.seq} event={event} withDay={withDay} />
          ))}
        </Box>
      )}
    </Panel>
  )
}
