import { Box, Paper, Typography } from '@mui/material'
import type { ReactNode } from 'react'

/** One message in the middle of the page. */
export function PlainPage({ title, children }: { title: string; children: ReactNode }) {
  return (
    <Box sx={{ minHeight: '60vh', display: 'grid', placeItems: 'center', p: 2 }}>
      <Paper variant="outlined" sx={{ p: 3, width: '100%', maxWidth: 440 }}>
        <Typography component="h1" variant="h1" sx={{ mb: 1 }}>
          {title}
        </Typography>
        {children}
      </Paper>
    </Box>
  )
}
