import { Box } from '@mui/material'
import { FetchedView } from '../../parts/FetchedView.tsx'
import { useTemplate } from '../../state/hooks.ts'

/** The template as the station runs it, other protocols put in. */
export function Content({ id }: { id: string }) {
  const fetched = useTemplate(id)
  return (
    <FetchedView fetched={fetched} what="the protocol">
      {(template) => (
        <Box
          component="pre"
          tabIndex={0}
          role="region"
          aria-label={`Content of ${id}`}
          sx={{
            m: 0,
            maxHeight: 420,
            overflow: 'auto',
            fontSize: '0.75rem',
            whiteSpace: 'pre-wrap',
            overflowWrap: 'anywhere',
          }}
        >
          {JSON.stringify(template, null, 2)}
        </Box>
      )}
    </FetchedView>
  )
}
