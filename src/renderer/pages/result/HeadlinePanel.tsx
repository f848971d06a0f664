import { Box, Typography } from '@mui/material'
import type { ReportLane, ReportModel } from '../../../contract/report.ts'
import type { Run } from '../../../contract/run.ts'
import { headlineTexts } from '../../logic/headline.ts'
import { laneWords } from '../../logic/words.ts'
import { ErrorNotice } from '../../parts/ErrorNotice.tsx'
import { Figure, Figures } from '../../parts/Figure.tsx'
import { Panel } from '../../parts/Panel.tsx'
import { ProvenanceChip, ToneChip, VerdictChip } from '../../parts/chips.tsx'
import type { Fetched } from '../../state/hooks.ts'

function Line({ line, large }: { line: ReportModel['headline'][number]; large: boolean }) {
  const { text, note } = headlineTexts(line)
  return <Figure label={line.label} text={text} unit={line.unit} large={large} {...(note !== null && { note })} />
}

function Lines({ lines }: { lines: ReportModel['headline'] }) {
  const [first, ...others] = lines
  if (first === undefined) return null
  return (
    <Box sx={{ display: 'flex', flexWrap: 'wrap', columnGap: 5, rowGap: 2 }}>
      <Line line={first} large />
      <Box sx={{ flex: '1 1 320px', alignSelf: 'end' }}>
        <Figures minWidth={116}>
          {others.map((line) => (
            <Line key={line.label} line={line} large={false} />
          ))}
        </Figures>
      </Box>
    </Box>
  )
}

function LaneResult({ lane }: { lane: ReportLane }) {
  const state = laneWords[lane.state]
  return (
    <Box component="li" sx={{ py: 1.75, '& + &': { borderTop: 1, borderColor: 'divider' } }}>
      <Box sx={{ display: 'flex', flexWrap: 'wrap', gap: 1, alignItems: 'center', mb: 1 }}>
        <Typography component="h3" sx={{ fontWeight: 650, overflowWrap: 'anywhere' }}>
          Lane {lane.id}: {lane.module.id}
        </Typography>
        <VerdictChip verdict={lane.verdict} />
        {lane.state !== 'done' && <ToneChip tone={state.tone} label={state.title} title={state.meaning} />}
      </Box>
      <Lines lines={lane.headline} />
      <Typography variant="body2" sx={{ color: 'text.secondary', mt: 1 }}>
        {lane.sentence}
      </Typography>
    </Box>
  )
}

/** The results as they are printed on the report: the same texts, so that screen and paper agree. */
export function HeadlinePanel({ run, report }: { run: Run; report: Fetched<ReportModel> }) {
  if (report.state === 'failed') return <ErrorNotice error={report.error} severity="warning" />
  if (report.state === 'waiting') return null
  const { headline, lanes = [], verdict } = report.value
  if (headline.length === 0 && lanes.length === 0) return null
  return (
    <Panel title="Results" aside={<ProvenanceChip provenance={run.provenance} />}>
      <Lines lines={headline} />
      {headline.length === 0 && (
        <Box component="ul" aria-label="Results of each module" sx={{ listStyle: 'none', m: 0, p: 0, my: -1.75 }}>
          {lanes.map((lane) => (
            <LaneResult key={lane.id} lane={lane} />
          ))}
        </Box>
      )}
      <Typography variant="caption" component="p" sx={{ color: 'text.secondary', m: 0, mt: 1.5, maxWidth: '90ch' }}>
        Decision rule: {verdict.decisionRule}
      </Typography>
    </Panel>
  )
}
