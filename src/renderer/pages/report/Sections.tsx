import { Box, Table, TableBody, TableCell, TableContainer, TableHead, TableRow, Typography } from '@mui/material'
import type { ReportSection } from '../../../contract/report.ts'
import { ReportChart } from './ReportChart.tsx'

type Of<Kind extends ReportSection['kind']> = Extract<ReportSection, { kind: Kind }>

function KeyValues({ section }: { section: Of<'keyValues'> }) {
  return (
    <Box
      component="dl"
      sx={{
        ...{ m: 0, display: 'grid', columnGap: 2, rowGap: 0.4, fontSize: '0.8125rem' },
        gridTemplateColumns: { xs: '1fr', sm: 'minmax(160px, 240px) 1fr' },
      }}
    >
      {section.rows.map((row, i) => (
        <Box key={i} sx={{ display: 'contents' }}>
          <Box component="dt" sx={{ color: '#4a5855' }}>
            {row.label}
          </Box>
          <Box component="dd" sx={{ m: 0, overflowWrap: 'anywhere' }}>
            {row.value.text}
            {row.note !== undefined && <Box sx={{ color: '#4a5855', fontSize: '0.75rem' }}>{row.note}</Box>}
          </Box>
        </Box>
      ))}
    </Box>
  )
}

/** Below a table or charts; a hash in it is broken where the page ends. */
function Note({ text }: { text: string | undefined }) {
  if (text === undefined) return null
  return (
    <Typography variant="caption" component="p" sx={{ mt: 0.5, mb: 0, overflowWrap: 'anywhere' }}>
      {text}
    </Typography>
  )
}

function DataTable({ section }: { section: Of<'table'> }) {
  return (
    <>
      <TableContainer tabIndex={0} role="region" aria-label={section.title}>
        <Table
          aria-label={section.title}
          sx={{
            '& td, & th': { color: '#15201e', borderColor: '#ccd4d1', fontSize: '0.75rem', px: '5px', py: '4px' },
            '& th': { whiteSpace: 'normal', verticalAlign: 'bottom' },
            '& td.MuiTableCell-alignRight': { whiteSpace: 'nowrap' },
          }}
        >
          <TableHead>
            <TableRow>
              {section.columns.map((column, i) => (
                <TableCell key={i} align={column.align}>
                  {column.label}
                  {column.unit !== '' && ` / ${column.unit}`}
                </TableCell>
              ))}
            </TableRow>
          </TableHead>
          <TableBody>
            {section.rows.map((row, i) => (
              <TableRow key={i}>
                {row.map((cell, k) => (
                  <TableCell key={k} align={section.columns[k]?.align ?? 'left'}>
                    {cell.text}
                  </TableCell>
                ))}
              </TableRow>
            ))}
          </TableBody>
        </Table>
      </TableContainer>
      <Note text={section.note} />
    </>
  )
}

function SmallCharts({ section }: { section: Of<'charts'> }) {
  return (
    <>
      <Box sx={{ display: 'grid', gap: 2, gridTemplateColumns: { xs: '1fr', md: '1fr 1fr' } }}>
        {section.charts.map((chart) => (
          <Box key={chart.title} sx={{ minWidth: 0 }}>
            <Box sx={{ fontSize: '0.8125rem', fontWeight: 650 }}>{chart.title}</Box>
            <ReportChart chart={chart} height={240} />
          </Box>
        ))}
      </Box>
      <Note text={section.note} />
    </>
  )
}

function Body({ section }: { section: ReportSection }) {
  switch (section.kind) {
    case 'keyValues':
      return <KeyValues section={section} />
    case 'table':
      return <DataTable section={section} />
    case 'chart':
      return <ReportChart chart={section} />
    case 'charts':
      return <SmallCharts section={section} />
    case 'text':
      return section.paragraphs.map((paragraph, i) => (
        <Typography key={i} variant="body2" sx={{ mb: 0.75, overflowWrap: 'anywhere' }}>
          {paragraph}
        </Typography>
      ))
  }
}

/** One section of the report, as on paper. */
export function Section({ section }: { section: ReportSection }) {
  return (
    <Box component="section" aria-label={section.title} sx={{ mt: 2.5 }}>
      <Typography
        component="h3"
        sx={{ fontSize: '0.9375rem', fontWeight: 650, borderBottom: '1px solid #15201e', mb: 1 }}
      >
        {section.title}
      </Typography>
      <Body section={section} />
    </Box>
  )
}
