import { Box, Paper, Typography } from '@mui/material'
import type { Run } from '../../../contract/run.ts'
import { noVerdictWords, statusWords, verdictWords } from '../../logic/words.ts'
import { ProvenanceChip } from '../../parts/chips.tsx'
import { toneColours, toneIcons } from '../../parts/tones.tsx'

/** The verdict in large letters with its own icon, what it means, and why. */
export function VerdictBanner({ run }: { run: Run }) {
  const words = run.verdict === null ? noVerdictWords : verdictWords[run.verdict]
  const Icon = toneIcons[words.tone]
  const colour = `${toneColours[words.tone]}.main`
  return (
    <Paper
      variant="outlined"
      role="status"
      aria-live="polite"
      aria-label="Verdict"
      sx={{ borderColor: colour, borderLeftWidth: 8, p: { xs: 2, sm: 2.5 }, display: 'flex', gap: 2, minWidth: 0 }}
    >
      <Icon aria-hidden sx={{ color: colour, fontSize: { xs: 44, sm: 60 } }} />
      <Box sx={{ minWidth: 0 }}>
        <Box sx={{ display: 'flex', flexWrap: 'wrap', gap: 1.5, alignItems: 'center' }}>
          <Typography
            component="h2"
            sx={{ fontSize: { xs: '1.75rem', sm: '2.25rem' }, fontWeight: 750, lineHeight: 1.1, color: colour }}
          >
            {words.title}
          </Typography>
          <ProvenanceChip provenance={run.provenance} />
        </Box>
        <Typography sx={{ mt: 0.5 }}>
          {words.meaning}
          {run.status !== 'completed' && ` ${statusWords[run.status].meaning}`}
        </Typography>
        {run.verdictReasons.length > 0 && (
          <Box component="ul" aria-label="Reasons" sx={{ m: 0, mt: 1, pl: 2.5 }}>
            {run.verdictReasons.map((reason) => (
              <li key={reason}>{reason}</li>
            ))}
          </Box>
        )}
      </Box>
    </Paper>
  )
}
