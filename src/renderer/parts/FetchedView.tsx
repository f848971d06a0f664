import { LinearProgress, Typography } from '@mui/material'
import type { ReactNode } from 'react'
import type { Fetched } from '../state/hooks.ts'
import { ErrorNotice } from './ErrorNotice.tsx'

interface FetchedViewProps<T> {
  fetched: Fetched<T>
  /** What is being fetched, for the waiting line. */
  what: string
  children: (value: T) => ReactNode
}

/** Waits, shows the error in words, or hands over what came. */
export function FetchedView<T>({ fetched, what, children }: FetchedViewProps<T>) {
  if (fetched.state === 'failed') return <ErrorNotice error={fetched.error} />
  if (fetched.state === 'here') return children(fetched.value)
  return (
    <>
      <LinearProgress aria-label={`Fetching ${what}`} />
      <Typography variant="body2" sx={{ mt: 1, color: 'text.secondary' }}>
        Fetching {what} from the station …
      </Typography>
    </>
  )
}
