import { Box, Typography } from '@mui/material'
import type { ReportModel } from '../../../contract/report.ts'
import { formatUtc, noValue } from '../../logic/format.ts'
import { headlineTexts } from '../../logic/headline.ts'
import { noVerdictWords, verdictWords } from '../../logic/words.ts'
import { marked } from '../../theme.ts'
import { Section } from './Sections.tsx'

/** Printed across: what these data are, and that nobody has signed yet. */
function Bands({ report }: { report: ReportModel }) {
  const texts = [report.mark, report.draft ? 'DRAFT – not signed' : null].filter((text) => text !== null)
  return texts.map((text) => (
    <Box
      key={text}
      sx={{ bgcolor: marked.back, color: marked.text, fontWeight: 700, textAlign: 'center', py: 0.25, mb: 0.5 }}
    >
      {text}
    </Box>
  ))
}

/** So often that it is on whatever is cut out of the report. */
function WaterMark({ text, rows }: { text: string; rows: number }) {
  return (
    <Box
      aria-hidden
      sx={{
        ...{ position: 'absolute', inset: 0, overflow: 'hidden', pointerEvents: 'none', display: 'flex' },
        ...{ flexDirection: 'column', justifyContent: 'space-around', alignItems: 'center' },
      }}
    >
      {Array.from({ length: rows }, (_none, row) => (
        <Box
          key={row}
          sx={{
            transform: 'rotate(-28deg)',
            fontSize: { xs: '2.5rem', sm: '5.5rem' },
            fontWeight: 800,
            color: '#85500022',
          }}
        >
          {text}
        </Box>
      ))}
    </Box>
  )
}

function HeadlineLine({ line }: { line: ReportModel['headline'][number] }) {
  const { text, note } = headlineTexts(line)
  return (
    <Box>
      <Box sx={{ fontSize: '0.75rem', color: '#4a5855' }}>{line.label}</Box>
      <Box sx={{ fontSize: '1.125rem', fontWeight: 650 }}>
        {text} {text !== noValue && line.unit}
      </Box>
      {note !== null && <Box sx={{ fontSize: '0.75rem' }}>{note}</Box>}
    </Box>
  )
}

function Headline({ report }: { report: ReportModel }) {
  if (report.headline.length === 0) return null
  return (
    <Box sx={{ display: 'grid', gap: 1.5, gridTemplateColumns: 'repeat(auto-fill, minmax(128px, 1fr))', mt: 2 }}>
      {report.headline.map((line) => (
        <HeadlineLine key={line.label} line={line} />
      ))}
    </Box>
  )
}

function Verdict({ report }: { report: ReportModel }) {
  const { verdict } = report
  return (
    <Box sx={{ border: '2px solid #15201e', p: 1.5, mt: 2 }}>
      <Typography component="h2" sx={{ fontSize: '1.25rem', fontWeight: 750 }}>
        {verdict.isNone === true ? noVerdictWords.title : `Verdict: ${verdictWords[verdict.value].title}`}
      </Typography>
      <Typography variant="body2">{verdict.sentence}</Typography>
      {verdict.reasons.length > 0 && (
        <Box component="ul" sx={{ my: 0.5, pl: 2.5, fontSize: '0.8125rem' }}>
          {verdict.reasons.map((reason) => (
            <li key={reason}>{reason}</li>
          ))}
        </Box>
      )}
      <Typography variant="caption" component="p" sx={{ m: 0, mt: 0.5 }}>
        Decision rule: {verdict.decisionRule}
      </Typography>
    </Box>
  )
}

/** The module, or all of them by their lanes. */
function Items({ report: { module, lanes = [] } }: { report: ReportModel }) {
  if (lanes.length < 2)
    return (
      <>
        Module <strong>{module.id}</strong> {[module.maker, module.model].join(' ').trim()}
      </>
    )
  return (
    <>
      Modules <strong>{lanes.map((lane) => `${lane.id} ${lane.module.id}`).join(', ')}</strong>
    </>
  )
}

/** The report as it goes to paper: the same words and numbers as in the PDF. White by day and by night. */
export function PaperReport({ report }: { report: ReportModel }) {
  const { laboratory, protocol, signature } = report
  return (
    <Box
      component="article"
      aria-label="Report preview"
      sx={{
        ...{ position: 'relative', bgcolor: '#fff', color: '#15201e', border: 1, borderColor: 'divider', minWidth: 0 },
        ...{ p: { xs: 2, sm: 5 }, maxWidth: 900, width: '100%' },
      }}
    >
      {report.mark !== null && <WaterMark text={report.mark} rows={Math.max(4, report.sections.length)} />}
      <Bands report={report} />
      <Box sx={{ display: 'flex', justifyContent: 'space-between', flexWrap: 'wrap', gap: 1, fontSize: '0.8125rem' }}>
        <Box>
          <strong>{laboratory.name === '' ? 'Laboratory not named yet' : laboratory.name}</strong>
          <Box sx={{ whiteSpace: 'pre-line' }}>{laboratory.address}</Box>
          {laboratory.station}
        </Box>
        <Box sx={{ textAlign: { sm: 'right' }, overflowWrap: 'anywhere' }}>
          Report {report.number}
          <br />
          issued {formatUtc(report.issuedUtcMs)}
        </Box>
      </Box>
      <Typography component="h2" sx={{ fontSize: '1.5rem', fontWeight: 700, mt: 2 }}>
        {report.title}
      </Typography>
      <Typography>
        <Items report={report} /> · {protocol.id} version {protocol.version}, {protocol.title}
      </Typography>
      <Verdict report={report} />
      <Headline report={report} />
      {report.sections.map((section) => (
        <Section key={section.title} section={section} />
      ))}
      <Typography variant="caption" component="p" sx={{ mt: 3, overflowWrap: 'anywhere' }}>
        {signature === null
          ? 'Not signed.'
          : `Signed by ${signature.name} (${signature.meaning}), ${formatUtc(signature.signedUtcMs)}.`}{' '}
        Data seal SHA-256 {report.dataSha256}. PVTP Station {report.softwareVersion}.
        {report.virtualTime === true && ' A virtual clock drove this run: its times are those of the simulation.'}
      </Typography>
    </Box>
  )
}
