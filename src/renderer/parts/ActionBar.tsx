import { Box } from '@mui/material'
import type { ReactNode } from 'react'

/** The way on: stays at the lower edge of the window, however long the page is. */
export function ActionBar({ children }: { children: ReactNode }) {
  return (
    <Box
      sx={{
        ...{ position: 'sticky', bottom: { xs: 58, md: 0 }, zIndex: 2, display: 'flex', flexWrap: 'wrap', gap: 2 },
        ...{ alignItems: 'center', bgcolor: 'background.default', borderTop: 1, borderColor: 'divider' },
        ...{ mt: 2, mx: { xs: -1.5, sm: -2.5 }, mb: { xs: -1.5, sm: -2.5 }, px: { xs: 1.5, sm: 2.5 }, py: 1.25 },
      }}
    >
      {children}
    </Box>
  )
}
