import { Chip, Tooltip } from '@mui/material'
import { provenanceMark, type Provenance } from '../../contract/provenance.ts'
import type { RunStatus, Verdict } from '../../contract/run.ts'
import type { Confidence } from '../../contract/template.ts'
import { markWords, noVerdictWords, provenanceWords, statusWords, verdictWords, type Tone } from '../logic/words.ts'
import { marked } from '../theme.ts'
import { toneColours, toneIcons } from './tones.tsx'

interface ToneChipProps {
  tone: Tone
  label: string
  title?: string
}

/** A word with the icon and colour of its tone. */
export function ToneChip({ tone, label, title = '' }: ToneChipProps) {
  const Icon = toneIcons[tone]
  return (
    <Tooltip title={title}>
      <Chip variant="outlined" color={toneColours[tone]} icon={<Icon aria-hidden />} label={label} />
    </Tooltip>
  )
}

export function VerdictChip({ verdict }: { verdict: Verdict | null }) {
  const words = verdict === null ? noVerdictWords : verdictWords[verdict]
  return <ToneChip tone={words.tone} label={words.title} title={words.meaning} />
}

export function StatusChip({ status }: { status: RunStatus }) {
  const words = statusWords[status]
  return <ToneChip tone={words.tone} label={words.title} title={words.meaning} />
}

/** The marker of everything that isn't live; nothing for live data. */
export function ProvenanceChip({ provenance }: { provenance: Provenance | null }) {
  const mark = provenance === null ? null : provenanceMark(provenance)
  if (mark === null || provenance === null) return null
  return (
    <Tooltip title={provenanceWords[provenance]}>
      <Chip label={mark} sx={{ bgcolor: marked.back, color: marked.text, letterSpacing: '0.04em' }} />
    </Tooltip>
  )
}

/** How sure a fact of a standard is: a letter with its meaning. */
export function MarkChip({ mark }: { mark: Confidence }) {
  return (
    <Tooltip title={`${mark}: ${markWords[mark]}`} describeChild>
      <Chip
        variant={mark === 'C' ? 'filled' : 'outlined'}
        color={mark === 'C' ? 'warning' : 'default'}
        label={mark}
        tabIndex={0}
        sx={{ height: 18, '& .MuiChip-label': { px: 0.6 } }}
      />
    </Tooltip>
  )
}
