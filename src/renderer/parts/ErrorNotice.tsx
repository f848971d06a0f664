import { Alert, Box } from '@mui/material'
import type { ErrorParts } from '../logic/errors.ts'

interface ErrorNoticeProps {
  error: ErrorParts | null
  /** `warning` for what is over; `error` for what the operator has to act on. */
  severity?: 'error' | 'warning'
  onClose?: () => void
}

/** What happened, what the station did, what to check. Shows nothing without an error. */
export function ErrorNotice({ error, severity = 'error', onClose }: ErrorNoticeProps) {
  if (error === null) return null
  const parts = [
    ['What happened', error.happened],
    ['What was done', error.did],
    ['What to check', error.check],
  ] as const
  return (
    <Alert severity={severity} variant="outlined" role="alert" sx={{ my: 1 }} {...(onClose && { onClose })}>
      <Box
        component="dl"
        sx={{
          m: 0,
          display: 'grid',
          gridTemplateColumns: { xs: '1fr', sm: 'max-content 1fr' },
          columnGap: 2,
          rowGap: 0.5,
          color: 'text.primary',
        }}
      >
        {parts.map(([label, text]) => (
          <Box key={label} sx={{ display: 'contents' }}>
            <Box component="dt" sx={{ color: 'text.secondary' }}>
              {label}
            </Box>
            <Box component="dd" sx={{ m: 0, mb: { xs: 0.5, sm: 0 }, overflowWrap: 'anywhere' }}>
              {text}
            </Box>
          </Box>
        ))}
      </Box>
      <Box component="code" sx={{ fontSize: '0.75rem', color: 'text.secondary' }}>
        {error.code}
      </Box>
    </Alert>
  )
}
