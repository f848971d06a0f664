import { Box } from '@mui/material'
import { CartesianGrid, Label, Line, LineChart, ReferenceDot, ResponsiveContainer, XAxis, YAxis } from 'recharts'
import type { ReportSection } from '../../../contract/report.ts'
import { niceTicks } from '../../logic/ticks.ts'
import { groupSeries, type SeriesGroup } from '../../logic/reportSeries.ts'

type Chart = Extract<ReportSection, { kind: 'chart' }>

/** Colours for paper, which is white by day and by night. */
const inks = ['#0b5d57', '#b3221a', '#3f4f9a', '#855000', '#4a5855', '#7a2f6b']
const ink = '#15201e'
const faint = '#ccd4d1'

/** An upright title stands in the middle of its axis. */
const middle = { textAnchor: 'middle' } as const

const dashes: Record<SeriesGroup['style'], string> = { solid: 'none', dashed: '5 4', dotted: '1.5 3' }

const inkOf = (position: number): string => inks[position % inks.length] ?? ink

const axisText = ({ label, unit }: { label: string; unit: string }): string =>
  unit === '' ? label : `${label} / ${unit}`

function Legend({ groups }: { groups: readonly SeriesGroup[] }) {
  return (
    <Box
      component="ul"
      aria-label="Legend"
      sx={{ listStyle: 'none', m: 0, p: 0, display: 'flex', flexWrap: 'wrap', columnGap: 2, fontSize: '0.75rem' }}
    >
      {groups.map((group, i) => (
        <Box component="li" key={group.label} sx={{ display: 'flex', gap: 0.75, alignItems: 'center' }}>
          <svg width="28" height="8" aria-hidden>
            <line
              x2="28"
              y1="4"
              y2="4"
              stroke={inkOf(i)}
              strokeWidth={group.series.length > 1 ? 1 : 2}
              strokeDasharray={dashes[group.style]}
            />
          </svg>
          {group.label}
          {group.axis === 'right' && ' (right axis)'}
        </Box>
      ))}
    </Box>
  )
}

function axes(chart: Chart) {
  const common = { type: 'number', stroke: ink, tick: { fill: ink, fontSize: 12 }, allowDataOverflow: true } as const
  const valuesOf = (axis: 'left' | 'right'): number[] =>
    chart.series.filter((series) => series.axis === axis).flatMap((series) => series.y)
  // Curves of a module are shown in the quadrant in which it delivers power; values over time wherever they are.
  const floor = chart.fit === 'all' ? Number.NEGATIVE_INFINITY : 0
  const x = niceTicks(
    chart.series.flatMap((series) => series.x),
    Number.NEGATIVE_INFINITY,
  )
  return [
    <XAxis key="x" {...common} {...x} dataKey="x" height={44}>
      <Label value={axisText(chart.x)} position="insideBottom" fontSize={12} fill={ink} />
    </XAxis>,
    <YAxis key="left" {...common} {...niceTicks(valuesOf('left'), floor)} yAxisId="left" width={56}>
      <Label value={axisText(chart.left)} angle={-90} position="insideLeft" fontSize={12} fill={ink} style={middle} />
    </YAxis>,
    chart.right !== null && (
      <YAxis
        key="right"
        {...common}
        {...niceTicks(valuesOf('right'), floor)}
        yAxisId="right"
        orientation="right"
        width={56}
      >
        <Label
          value={axisText(chart.right)}
          angle={90}
          position="insideRight"
          fontSize={12}
          fill={ink}
          style={middle}
        />
      </YAxis>
    ),
  ]
}

function lines(groups: readonly SeriesGroup[], isOverTime: boolean) {
  return groups.flatMap((group, i) =>
    group.series.map((points, k) => (
      <Line
        key={`${group.label}${k}`}
        yAxisId={group.axis}
        data={points}
        dataKey="y"
        stroke={inkOf(i)}
        strokeWidth={group.style === 'dotted' ? 1.6 : isOverTime || group.series.length > 1 ? 1 : 2}
        strokeDasharray={dashes[group.style]}
        dot={false}
        isAnimationActive={false}
      />
    )),
  )
}

/** A chart of the report. Series with one label belong together: drawn thin, with one entry in the legend. */
export function ReportChart({ chart, height = chart.fit === 'all' ? 280 : 360 }: { chart: Chart; height?: number }) {
  const groups = groupSeries(chart)
  const markers = chart.markers.filter((marker) => marker.axis === 'left' || chart.right !== null)
  const description = `${chart.title}: ${groups.map((group) => group.label).join('; ')}`
  return (
    <>
      <Box role="img" aria-label={description} sx={{ height }}>
        <ResponsiveContainer width="100%" height="100%">
          <LineChart margin={{ top: 12, right: 8, bottom: 0, left: 0 }} accessibilityLayer={false}>
            <CartesianGrid stroke={faint} />
            {axes(chart)}
            {lines(groups, chart.fit === 'all')}
            {markers.map((marker) => (
              <ReferenceDot
                key={`${marker.axis}${marker.x}${marker.label}`}
                yAxisId={marker.axis}
                x={marker.x}
                y={marker.y}
                r={4}
                fill="#fff"
                stroke={ink}
                strokeWidth={2}
              />
            ))}
          </LineChart>
        </ResponsiveContainer>
      </Box>
      <Legend groups={groups} />
      {markers
        .filter((marker) => marker.label !== '')
        .map((marker) => (
          <Box key={marker.label} sx={{ fontSize: '0.75rem' }}>
            ○ {marker.label}
          </Box>
        ))}
      {chart.note !== undefined && <Box sx={{ fontSize: '0.75rem', color: '#4a5855' }}>{chart.note}</Box>}
    </>
  )
}
