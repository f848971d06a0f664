import More from '@mui/icons-material/ExpandMore'
import { Box, ButtonBase, Paper, Typography } from '@mui/material'
import { useId, useState, type ReactNode } from 'react'

interface FoldProps {
  title: string
  /** What can be said without opening it. */
  summary: string
  /** Open whatever the person did: something in it needs a look. */
  forced?: boolean
  children: ReactNode
}

/** A titled region that is closed until somebody wants to see it. */
export function Fold({ title, summary, forced = false, children }: FoldProps) {
  const [wanted, setWanted] = useState(false)
  const open = wanted || forced
  const bodyId = useId()
  return (
    <Paper component="section" variant="outlined" aria-label={title} sx={{ minWidth: 0 }}>
      <ButtonBase
        aria-expanded={open}
        aria-controls={bodyId}
        onClick={() => setWanted(!open)}
        sx={{
          width: '100%',
          justifyContent: 'flex-start',
          gap: 1,
          px: 1.75,
          py: 1,
          textAlign: 'left',
          flexWrap: 'wrap',
        }}
      >
        <More aria-hidden fontSize="small" sx={{ transform: open ? 'none' : 'rotate(-90deg)' }} />
        <Typography variant="h2" component="h2">
          {title}
        </Typography>
        <Typography variant="body2" component="span" sx={{ color: 'text.secondary' }}>
          {summary}
        </Typography>
      </ButtonBase>
      <Box id={bodyId} hidden={!open} sx={{ p: 1.75, pt: 0.5 }}>
        {open && children}
      </Box>
    </Paper>
  )
}
