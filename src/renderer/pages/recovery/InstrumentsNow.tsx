import { Box, Table, TableBody, TableCell, TableHead, TableRow, Typography } from '@mui/material'
import type { ReactNode } from 'react'
import type { RecoveryReport } from '../../../contract/run.ts'
import { noValue } from '../../logic/format.ts'
import { readingName, sayReading } from '../../logic/readings.ts'
import { differenceOf, sayProgram } from '../../logic/recovery.ts'
import { ToneChip } from '../../parts/chips.tsx'
import { Panel } from '../../parts/Panel.tsx'

type Instrument = RecoveryReport['instruments'][number]

function Values({ name, readings }: Pick<Instrument, 'name' | 'readings'>) {
  return (
    <Table aria-label={`Values of ${name}`} sx={{ tableLayout: 'fixed' }}>
      <TableHead>
        <TableRow>
          <TableCell>Value</TableCell>
          <TableCell align="right">Before</TableCell>
          <TableCell align="right">Now</TableCell>
          <TableCell align="right">Difference</TableCell>
        </TableRow>
      </TableHead>
      <TableBody>
        {readings.map((reading) => (
          <TableRow key={reading.channel}>
            <TableCell>{readingName(reading)}</TableCell>
            <TableCell align="right">{sayReading(reading.before, reading.unit)}</TableCell>
            <TableCell align="right" sx={{ fontWeight: 650 }}>
              {sayReading(reading.now, reading.unit)}
            </TableCell>
            <TableCell align="right">{differenceOf(reading) ?? noValue}</TableCell>
          </TableRow>
        ))}
      </TableBody>
    </Table>
  )
}

function One({ instrument }: { instrument: Instrument }) {
  const { name, problem, program, readings } = instrument
  return (
    <Box component="section" aria-label={name} sx={{ '& + &': { borderTop: 1, borderColor: 'divider' } }}>
      <Box sx={{ display: 'flex', flexWrap: 'wrap', gap: 1, alignItems: 'center', px: 1.25, py: 1 }}>
        <Typography component="h3" sx={{ fontWeight: 650 }}>
          {name}
        </Typography>
        <ToneChip
          tone={problem === null ? 'good' : 'bad'}
          label={problem === null ? 'the same one, answers' : 'problem'}
        />
        {program !== null && <Typography variant="body2">Its controller: {sayProgram(program)}.</Typography>}
      </Box>
      {problem !== null && (
        <Typography variant="body2" sx={{ px: 1.25, pb: 1, color: 'error.main', fontWeight: 600 }}>
          {problem}
        </Typography>
      )}
      {readings.length > 0 && <Values name={name} readings={readings} />}
    </Box>
  )
}

/** What was last recorded beside what the instruments say at this moment. */
export function InstrumentsNow({ report, aside }: { report: RecoveryReport; aside: ReactNode }) {
  return (
    <Panel title="What the instruments say now" flush aside={aside}>
      {report.instruments.map((instrument) => (
        <One key={instrument.id} instrument={instrument} />
      ))}
    </Panel>
  )
}
