import {
  Box,
  Table,
  TableBody,
  TableCell,
  TableContainer,
  TableHead,
  TableRow,
  Typography,
  useTheme,
} from '@mui/material'
import { Bar, BarChart, CartesianGrid, LabelList, ResponsiveContainer, XAxis, YAxis } from 'recharts'
import type { UncertaintyBudgetResult } from '../../../contract/results.ts'
import { formatNumber } from '../../logic/format.ts'
import { MarkChip } from '../../parts/chips.tsx'
import { Panel } from '../../parts/Panel.tsx'

type Row = UncertaintyBudgetResult['rows'][number]

function ShareChart({ rows }: { rows: readonly Row[] }) {
  const { vars } = useTheme()
  const palette = vars!.palette
  const data = [...rows]
    .sort((a, b) => b.sharePercent - a.sharePercent)
    .map((row) => ({ name: row.name, share: row.sharePercent, text: `${formatNumber(row.sharePercent, 1)} %` }))
  const largest = data[0]
  const description = `Shares of the variance; largest: ${largest?.name ?? 'none'} with ${largest?.text ?? 'nothing'}`
  return (
    <Box role="img" aria-label={description} sx={{ height: 36 + data.length * 30 }}>
      <ResponsiveContainer width="100%" height="100%">
        <BarChart
          data={data}
          layout="vertical"
          margin={{ left: 0, right: 48, top: 4, bottom: 4 }}
          accessibilityLayer={false}
        >
          <CartesianGrid horizontal={false} stroke={palette.divider} />
          <XAxis
            type="number"
            unit=" %"
            tick={{ fill: palette.text.secondary, fontSize: 12 }}
            stroke={palette.divider}
          />
          <YAxis
            type="category"
            dataKey="name"
            width={190}
            interval={0}
            tick={{ fill: palette.text.primary, fontSize: 12 }}
            stroke={palette.divider}
          />
          <Bar dataKey="share" fill={palette.primary.main} isAnimationActive={false} barSize={14}>
            <LabelList dataKey="text" position="right" fill={palette.text.primary} fontSize={12} />
          </Bar>
        </BarChart>
      </ResponsiveContainer>
    </Box>
  )
}

function BudgetTable({ rows }: { rows: readonly Row[] }) {
  return (
    <TableContainer>
      <Table aria-label="Uncertainty budget">
        <TableHead>
          <TableRow>
            <TableCell>Contribution</TableCell>
            <TableCell>Distribution</TableCell>
            <TableCell align="right">Standard uncertainty / %</TableCell>
            <TableCell align="right">Sensitivity</TableCell>
            <TableCell align="right">Share / %</TableCell>
            <TableCell>Source</TableCell>
            <TableCell>Mark</TableCell>
          </TableRow>
        </TableHead>
        <TableBody>
          {rows.map((row) => (
            <TableRow key={row.name}>
              <TableCell component="th" scope="row">
                {row.name}
              </TableCell>
              <TableCell>{row.distribution}</TableCell>
              <TableCell align="right">{formatNumber(row.standardUncertaintyPercent, 3)}</TableCell>
              <TableCell align="right">{formatNumber(row.sensitivity, 2)}</TableCell>
              <TableCell align="right">{formatNumber(row.sharePercent, 1)}</TableCell>
              <TableCell>{row.source}</TableCell>
              <TableCell>
                <MarkChip mark={row.mark} />
              </TableCell>
            </TableRow>
          ))}
        </TableBody>
      </Table>
    </TableContainer>
  )
}

/** Where the uncertainty comes from. */
export function BudgetPanel({ budget }: { budget: UncertaintyBudgetResult }) {
  return (
    <Panel title={`Uncertainty of ${budget.quantity}`} flush>
      <Box sx={{ p: 1.75 }}>
        <Typography sx={{ mb: 1 }}>
          Expanded uncertainty <strong>{formatNumber(budget.expandedPercent, 2)} %</strong> (k ={' '}
          {formatNumber(budget.coverageFactor, 2)}), combined standard uncertainty{' '}
          {formatNumber(budget.combinedPercent, 3)} %.
        </Typography>
        <ShareChart rows={budget.rows} />
      </Box>
      <BudgetTable rows={budget.rows} />
    </Panel>
  )
}
