import { Box } from '@mui/material'
import type { DrawnCurve } from './ivSeries.ts'

interface KeyProps {
  text: string
  colour: string
  dash?: string
  marker?: 'filled' | 'hollow'
  thin?: boolean
}

function Key({ text, colour, dash, marker, thin = false }: KeyProps) {
  const fill = marker === 'filled' ? colour : 'var(--mui-palette-background-paper)'
  return (
    <Box component="li" sx={{ display: 'flex', alignItems: 'center', gap: 0.75 }}>
      <svg width="34" height="10" aria-hidden>
        <line
          x1="0"
          x2="34"
          y1="5"
          y2="5"
          stroke={colour}
          strokeWidth={thin ? 1 : 2}
          strokeDasharray={dash ?? 'none'}
        />
        {marker !== undefined && <circle cx="17" cy="5" r="3.2" fill={fill} stroke={colour} strokeWidth="1.5" />}
      </svg>
      {text}
    </Box>
  )
}

/** What the lines mean. */
export function IvLegend({ curves, withPower }: { curves: readonly DrawnCurve[]; withPower: boolean }) {
  const has = (direction: DrawnCurve['direction']): boolean => curves.some((curve) => curve.direction === direction)
  const petrol = 'var(--mui-palette-primary-main)'
  return (
    <Box
      component="ul"
      aria-label="Legend"
      sx={{
        ...{ listStyle: 'none', m: 0, mt: 1, p: 0, display: 'flex', flexWrap: 'wrap', columnGap: 2.5, rowGap: 0.5 },
        ...{ fontSize: '0.75rem', color: 'text.secondary' },
      }}
    >
      {has('forward') && <Key text="Forward (Isc → Voc)" colour={petrol} marker="filled" />}
      {has('reverse') && (
        <Key text="Reverse (Voc → Isc)" colour="var(--mui-palette-error-main)" dash="7 5" marker="hollow" />
      )}
      {has(null) && <Key text="Curve, direction not known" colour={petrol} marker="filled" />}
      {withPower && <Key text="Power (right axis)" colour="var(--mui-palette-text-secondary)" dash="2 3" thin />}
      {curves.some((curve) => !curve.strong) && <li>Thin lines: the other sweeps</li>}
    </Box>
  )
}
