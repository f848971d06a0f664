import { Box, Typography } from '@mui/material'
import type { ReactNode } from 'react'
import { noValue } from '../logic/format.ts'

interface FigureProps {
  label: string
  /** As printed, without the unit. */
  text: string
  unit: string
  /** Below the value: uncertainty, age, source. */
  note?: ReactNode
  large?: boolean
  /** Old or no longer certain: shown grey. */
  stale?: boolean
}

/** One value with its name and unit. */
export function Figure({ label, text, unit, note, large = false, stale = false }: FigureProps) {
  return (
    <Box component="dl" sx={{ m: 0, minWidth: 0 }}>
      <Typography component="dt" variant="caption" sx={{ color: 'text.secondary' }}>
        {label}
      </Typography>
      <Box component="dd" sx={{ m: 0, color: stale ? 'text.secondary' : 'text.primary' }}>
        <Box
          component="span"
          sx={{
            fontSize: large ? '1.875rem' : '1.125rem',
            fontWeight: 600,
            lineHeight: 1.2,
            opacity: stale ? 0.75 : 1,
          }}
        >
          {text}
        </Box>
        {unit !== '' && text !== noValue && (
          <Box component="span" sx={{ ml: 0.5, fontSize: large ? '1rem' : '0.8125rem', color: 'text.secondary' }}>
            {unit}
          </Box>
        )}
        {note !== undefined && (
          <Typography component="div" variant="caption" sx={{ color: 'text.secondary' }}>
            {note}
          </Typography>
        )}
      </Box>
    </Box>
  )
}

interface FiguresProps {
  children: ReactNode
  minWidth?: number
  /** `end`: values on one line where names wrap; `start`: where notes hang below. */
  align?: 'start' | 'end'
}

/** A row of figures that wraps. */
export function Figures({ children, minWidth = 110, align = 'start' }: FiguresProps) {
  return (
    <Box
      sx={{
        display: 'grid',
        gridTemplateColumns: `repeat(auto-fill, minmax(${minWidth}px, 1fr))`,
        alignItems: align,
        columnGap: 1.5,
        rowGap: 1.5,
      }}
    >
      {children}
    </Box>
  )
}
