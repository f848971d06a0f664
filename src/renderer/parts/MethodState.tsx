import { Box } from '@mui/material'
import { describeApproval, methodStateLabel } from '../../contract/approval.ts'
import type { Run } from '../../contract/run.ts'

/** What the method was at the station when the run began, as the report has it; a run that knows nothing of it says nothing. */
export function MethodState({ run: { approval } }: { run: Pick<Run, 'approval'> }) {
  if (approval === undefined) return null
  return (
    <Box sx={{ overflowWrap: 'anywhere' }}>
      {methodStateLabel}: {describeApproval(approval)}
    </Box>
  )
}
