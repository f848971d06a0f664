import { Box, Typography } from '@mui/material'
import { useEffect, useRef, type ReactNode } from 'react'

interface PageHeadProps {
  title: string
  subtitle?: ReactNode
  actions?: ReactNode
}

/** The heading of a page; names the browser's tab, too. */
export function PageHead({ title, subtitle, actions }: PageHeadProps) {
  useEffect(() => {
    document.title = `${title} – PVTP Station`
  }, [title])
  const heading = useRef<HTMLHeadingElement>(null)
  useEffect(() => {
    // A new page took away what had the focus: go on from its heading. Never take the focus from Stop.
    if (document.activeElement === document.body) heading.current?.focus({ preventScroll: true })
  }, [])
  return (
    <Box sx={{ display: 'flex', flexWrap: 'wrap', alignItems: 'flex-end', gap: 1.5, mb: 2 }}>
      <Box sx={{ flexGrow: 1, minWidth: 0 }}>
        <Typography
          ref={heading}
          tabIndex={-1}
          component="h1"
          variant="h1"
          sx={{ overflowWrap: 'anywhere', '&:focus': { outline: 'none' } }}
        >
          {title}
        </Typography>
        {subtitle !== undefined && (
          <Typography variant="body2" component="div" sx={{ color: 'text.secondary', mt: 0.25 }}>
            {subtitle}
          </Typography>
        )}
      </Box>
      {actions !== undefined && <Box sx={{ display: 'flex', flexWrap: 'wrap', gap: 1 }}>{actions}</Box>}
    </Box>
  )
}
