import { Table, TableBody, TableCell, TableContainer, TableHead, TableRow } from '@mui/material'
import type { CriterionResult } from '../../../contract/run.ts'
import { formatNumber, noValue } from '../../logic/format.ts'
import { outcomeWords } from '../../logic/words.ts'
import { MarkChip, ToneChip } from '../../parts/chips.tsx'

function limitText({ minimum, maximum, decimals }: CriterionResult): string {
  const low = minimum === null ? null : `≥ ${formatNumber(minimum, decimals)}`
  const high = maximum === null ? null : `≤ ${formatNumber(maximum, decimals)}`
  return [low, high].filter((part) => part !== null).join(' and ') || noValue
}

function Row({ criterion }: { criterion: CriterionResult }) {
  const words = outcomeWords[criterion.outcome]
  return (
    <TableRow>
      <TableCell component="th" scope="row" sx={{ minWidth: 180 }}>
        {criterion.lane !== undefined && `Lane ${criterion.lane}: `}
        {criterion.title}
        {criterion.reason !== null && <div>{criterion.reason}</div>}
      </TableCell>
      <TableCell align="right" sx={{ whiteSpace: 'nowrap', fontWeight: 600 }}>
        {formatNumber(criterion.value, criterion.decimals)} {criterion.value !== null && criterion.unit}
      </TableCell>
      <TableCell align="right" sx={{ whiteSpace: 'nowrap' }}>
        {limitText(criterion)} {criterion.unit}
      </TableCell>
      <TableCell>
        <ToneChip tone={words.tone} label={words.title} />
      </TableCell>
      <TableCell>{criterion.clause}</TableCell>
      <TableCell>
        <MarkChip mark={criterion.mark} />
      </TableCell>
    </TableRow>
  )
}

/** Each criterion with its value, its limit and what came of it. */
export function CriteriaTable({ criteria, label }: { criteria: readonly CriterionResult[]; label: string }) {
  return (
    <TableContainer>
      <Table aria-label={label}>
        <TableHead>
          <TableRow>
            <TableCell>Criterion</TableCell>
            <TableCell align="right">Value</TableCell>
            <TableCell align="right">Limit</TableCell>
            <TableCell>Outcome</TableCell>
            <TableCell>Clause</TableCell>
            <TableCell>Mark</TableCell>
          </TableRow>
        </TableHead>
        <TableBody>
          {criteria.map((criterion) => (
            <Row key={`${criterion.lane ?? ''} ${criterion.id}`} criterion={criterion} />
          ))}
        </TableBody>
      </Table>
    </TableContainer>
  )
}
