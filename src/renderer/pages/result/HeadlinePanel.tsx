import { Box, Typography } from '@mui/material'
import type { ReportModel } from '../../../contract/report.ts'
import type { Run } from '../../../contract/run.ts'
import { headlineTexts } from '../../logic/headline.ts'
import { ErrorNotice } from '../../parts/ErrorNotice.tsx'
import { Figure, Figures } from '../../parts/Figure.tsx'
import { Panel } from '../../parts/Panel.tsx'
import { ProvenanceChip } from '../../parts/chips.tsx'
import type { Fetched } from '../../state/hooks.ts'

function Line({ line, large }: { line: ReportModel['headline'][number]; large: boolean }) {
  const { text, note } = headlineTexts(line)
  return <Figure label={line.label} text={text} unit={line.unit} large={large} {...(note !== null && { note })} />
}

/** The results as they are printed on the report: the same texts, so that screen and paper agree. */
export function HeadlinePanel({ run, report }: { run: Run; report: Fetched<ReportModel> }) {
  if (report.state === 'failed') return <ErrorNotice error={report.error} severity="warning" />
  if (report.state === 'waiting') return null
  const [first, ...others] = report.value.headline
  if (first === undefined) return null
  return (
    <Panel title="Results" aside={<ProvenanceChip provenance={run.provenance} />}>
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
      <Typography variant="caption" component="p" sx={{ color: 'text.secondary', m: 0, mt: 1.5, maxWidth: '90ch' }}>
        Decision rule: {report.value.verdict.decisionRule}
      </Typography>
    </Panel>
  )
}
