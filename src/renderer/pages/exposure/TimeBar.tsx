import { Box } from '@mui/material'
import type { ExposureEntry } from '../../../contract/run.ts'
import { formatDateTime, formatDuration } from '../../logic/format.ts'
import { classes, classWords, piecesOf, type Filled } from '../../logic/ledger.ts'

/** A pattern for each class, so that nothing is said by colour alone. */
const fills = {
  credited: 'var(--mui-palette-success-main)',
  outOfTolerance: 'var(--mui-palette-error-main)',
  unknown:
    'repeating-linear-gradient(45deg, var(--mui-palette-text-secondary) 0 3px, var(--mui-palette-background-paper) 3px 6px)',
  blind:
    'repeating-linear-gradient(-45deg, var(--mui-palette-warning-main) 0 5px, var(--mui-palette-background-paper) 5px 8px)',
} as const satisfies Record<ExposureEntry['class'], string>

/** What the patterns mean. */
export function TimeBarLegend() {
  return (
    <Box
      component="ul"
      aria-label="Legend"
      sx={{ listStyle: 'none', m: 0, p: 0, display: 'flex', flexWrap: 'wrap', columnGap: 2.5, rowGap: 0.5 }}
    >
      {classes.map((each) => (
        <Box
          key={each}
          component="li"
          title={classWords[each].meaning}
          sx={{ display: 'flex', gap: 0.75, alignItems: 'center', fontSize: '0.8125rem' }}
        >
          <Box aria-hidden sx={{ width: 22, height: 12, background: fills[each], border: 1, borderColor: 'divider' }} />
          {classWords[each].title}
        </Box>
      ))}
      <Box
        component="li"
        title="From the log of the instrument’s own controller: evidence, not credited."
        sx={{ display: 'flex', gap: 0.75, alignItems: 'center', fontSize: '0.8125rem' }}
      >
        <Box aria-hidden sx={{ width: 22, height: 12, ...filledStyle }} />
        Back-filled
      </Box>
    </Box>
  )
}

/** At the lower edge of what it lies over: the class of the time stays as it is. */
const filledStyle = {
  background:
    'repeating-linear-gradient(90deg, var(--mui-palette-text-primary) 0 2px, var(--mui-palette-background-paper) 2px 5px)',
  borderTop: '2px solid var(--mui-palette-text-primary)',
} as const

function FilledPiece({ filled, fromMs, toMs }: { filled: Filled; fromMs: number; toMs: number }) {
  const spanMs = toMs - fromMs
  const [from, to] = [Math.max(filled.fromUtcMs, fromMs), Math.min(filled.toUtcMs, toMs)]
  if (to <= from) return null
  return (
    <Box
      title={`Back-filled from ${filled.fileName}: not credited`}
      sx={{ position: 'absolute', bottom: 0, height: 11, ...filledStyle }}
      style={{ left: `${((from - fromMs) / spanMs) * 100}%`, width: `${((to - from) / spanMs) * 100}%` }}
    />
  )
}

interface TimeBarProps {
  entries: readonly ExposureEntry[]
  /** Where controllers' own logs have values. */
  filled: readonly Filled[]
  description: string
}

/** All the time that was put to account, from left to right, by what it counts for. */
export function TimeBar({ entries, filled, description }: TimeBarProps) {
  const pieces = piecesOf(entries)
  if (pieces.length === 0) return null
  const fromMs = entries.reduce((least, { fromUtcMs }) => Math.min(least, fromUtcMs), Infinity)
  const toMs = entries.reduce((most, { toUtcMs }) => Math.max(most, toUtcMs), 0)
  return (
    <Box>
      <Box
        role="img"
        aria-label={description}
        sx={{
          position: 'relative',
          height: 30,
          border: 1,
          borderColor: 'divider',
          borderRadius: 1,
          overflow: 'hidden',
        }}
      >
        {pieces.map(({ entry, from, width }) => (
          <Box
            key={entry.seq}
            title={`${classWords[entry.class].title}, ${formatDuration(entry.durationMs)} from ${formatDateTime(entry.fromUtcMs)}${entry.reason === null ? '' : `: ${entry.reason}`}`}
            sx={{ position: 'absolute', top: 0, bottom: 0, background: fills[entry.class] }}
            style={{ left: `${from * 100}%`, width: `${width * 100}%` }}
          />
        ))}
        {filled.map((each) => (
          <FilledPiece key={`${each.fileName} ${each.fromUtcMs}`} filled={each} fromMs={fromMs} toMs={toMs} />
        ))}
      </Box>
      <Box
        sx={{
          display: 'flex',
          justifyContent: 'space-between',
          fontSize: '0.75rem',
          color: 'text.secondary',
          mt: 0.25,
        }}
      >
        <span>{formatDateTime(fromMs)}</span>
        <span>{formatDateTime(toMs)}</span>
      </Box>
    </Box>
  )
}
