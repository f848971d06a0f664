import { Box, Paper, Typography } from '@mui/material'
import { useId, type ReactNode } from 'react'

interface PanelProps {
  title: string
  /** Stands at the right of the title. */
  aside?: ReactNode
  children: ReactNode
  /** Without inner padding, for tables and charts that go to the edge. */
  flush?: boolean
  /** Framed in red: somebody has to look at it. */
  alarming?: boolean
}

/** A titled region of a page. */
export function Panel({ title, aside, children, flush = false, alarming = false }: PanelProps) {
  const titleId = useId()
  return (
    <Paper
      component="section"
      variant="outlined"
      aria-labelledby={titleId}
      sx={{
        ...{ minWidth: 0, display: 'flex', flexDirection: 'column' },
        ...(alarming && { borderColor: 'error.main', borderWidth: 2 }),
      }}
    >
      <Box
        sx={{
          ...{ display: 'flex', alignItems: 'center', gap: 1, flexWrap: 'wrap', minHeight: 38, px: 1.75, py: 0.5 },
          ...{ borderBottom: 1, borderColor: 'divider' },
        }}
      >
        <Typography id={titleId} variant="h2" sx={{ flexGrow: 1 }}>
          {title}
        </Typography>
        {aside}
      </Box>
      <Box sx={{ p: flush ? 0 : 1.75, minWidth: 0, flexGrow: 1, overflowX: 'auto' }}>{children}</Box>
    </Paper>
  )
}
