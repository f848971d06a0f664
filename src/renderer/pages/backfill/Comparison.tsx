import { Box, Table, TableBody, TableCell, TableContainer, TableHead, TableRow, Typography } from '@mui/material'
import type { BackFill, BackFillEdge } from '../../../contract/backFill.ts'
import { formatDateTime, formatDuration, formatPlain } from '../../logic/format.ts'
import { readingName } from '../../logic/readings.ts'

/** A difference needs no more digits. */
const sayDeviation = (value: number): string => formatPlain(Number(value.toPrecision(3)))

const sayEdge = ({ compared, mostDeviation, meanDeviation }: BackFillEdge, unit: string): string =>
  mostDeviation === null || meanDeviation === null
    ? 'not compared'
    : `${sayDeviation(mostDeviation)} ${unit} at most, mean ${sayDeviation(meanDeviation)} (${compared} rows)`

const sayClock = ({ clockAheadS, bestClockAheadS }: BackFill): string => {
  const taken = `The clock of the log was taken as ${formatPlain(clockAheadS)} s ahead.`
  if (bestClockAheadS === null) return `${taken} The values are too steady to tell whether that is right.`
  if (Math.abs(bestClockAheadS - clockAheadS) <= 5) return `${taken} Log and station agree best so.`
  return `${taken} Log and station agree best with ${formatPlain(bestClockAheadS)} s: check the clock.`
}

/** Each gap with what the log has in it, and how far log and station differ beside it. */
export function Comparison({ made }: { made: BackFill }) {
  const rows = made.channels.flatMap(({ channel, unit, gaps }) => gaps.map((gap) => ({ channel, unit, gap })))
  return (
    <Box>
      <TableContainer>
        <Table aria-label={`Log and station, ${made.fileName}`} size="small">
          <TableHead>
            <TableRow>
              <TableCell>Value</TableCell>
              <TableCell>The station has none from</TableCell>
              <TableCell>until</TableCell>
              <TableCell align="right">Values of the log</TableCell>
              <TableCell>Range</TableCell>
              <TableCell>Longest hole</TableCell>
              <TableCell>Log minus station, the hour before</TableCell>
              <TableCell>the hour after</TableCell>
            </TableRow>
          </TableHead>
          <TableBody>
            {rows.map(({ channel, unit, gap }) => (
              <TableRow key={`${channel} ${gap.fromUtcMs}`}>
                <TableCell component="th" scope="row">
                  {readingName({ channel })}
                </TableCell>
                <TableCell>{formatDateTime(gap.fromUtcMs)}</TableCell>
                <TableCell>{gap.toUtcMs === null ? 'none since' : formatDateTime(gap.toUtcMs)}</TableCell>
                <TableCell align="right">{gap.utcMs.length}</TableCell>
                <TableCell>
                  {formatPlain(Math.min(...gap.value))} to {formatPlain(Math.max(...gap.value))} {unit}
                </TableCell>
                <TableCell>{formatDuration(gap.longestHoleMs)}</TableCell>
                <TableCell>{sayEdge(gap.before, unit)}</TableCell>
                <TableCell>{sayEdge(gap.after, unit)}</TableCell>
              </TableRow>
            ))}
          </TableBody>
        </Table>
      </TableContainer>
      <Typography variant="body2" sx={{ mt: 1, px: 2 }}>
        {sayClock(made)}
      </Typography>
    </Box>
  )
}
