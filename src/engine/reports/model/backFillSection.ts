import { plainNumber } from '../../../base/plainNumber.ts'
import type { BackFill, BackFillEdge, BackFillGap } from '../../../contract/backFill.ts'
import type { Dossier } from '../../../contract/dossier.ts'
import type { Cell, ReportSection } from '../../../contract/report.ts'
import { decimalsFor, formatDuration, formatNumber, formatUtc, missingText, textCell } from './format.ts'
import { sectionTitles } from './titles.ts'

const said = (value: number): string => plainNumber(value).replace('-', '−')
/** Three digits of the larger one: a mean has more of them than any log. */
const rounded = (value: number, largest: number): string => formatNumber(value, decimalsFor([largest], 3))
const timeText = (utcMs: number): string => formatUtc(utcMs).replace(' UTC', '')

const edgeText = ({ compared, mostDeviation, meanDeviation }: BackFillEdge, unit: string): string =>
  mostDeviation === null || meanDeviation === null
    ? `${missingText} (not compared)`
    : `${rounded(mostDeviation, mostDeviation)} ${unit} at most, ${rounded(meanDeviation, mostDeviation)} in the mean of ${compared}`

const rowOf = (record: BackFill, channel: BackFill['channels'][number], gap: BackFillGap): Cell[] => [
  textCell(`${record.instrumentName} ${channel.channel}`),
  textCell(`${timeText(gap.fromUtcMs)} – ${gap.toUtcMs === null ? 'nothing recorded since' : timeText(gap.toUtcMs)}`),
  textCell(String(gap.utcMs.length)),
  textCell(
    `${said(Math.min(...gap.value))} to ${said(Math.max(...gap.value))}${channel.unit ? ` ${channel.unit}` : ''}`,
  ),
  textCell(formatDuration(gap.longestHoleMs)),
  textCell(edgeText(gap.before, channel.unit)),
  textCell(edgeText(gap.after, channel.unit)),
  textCell(`${record.fileName}, by ${record.who}, ${formatUtc(record.utcMs)}`),
]

const columns = [
  ...['Channel', 'No values of the station (UTC)', 'Values of the log', 'Range', 'Longest hole'],
  ...['Log minus station, before', 'Log minus station, after', 'File'],
].map((label) => ({ label, unit: '', align: 'left' as const }))

const sourceText = ({ fileName, fileSha256, clockAheadS }: BackFill): string =>
  `${fileName}: SHA-256 ${fileSha256}, its clock taken as ${said(clockAheadS)} s ahead.`

/** What controllers' own logs say of the time in which the station recorded nothing; null where there are none. */
export const backFillSection = ({ backFills = [] }: Dossier): ReportSection | null =>
  backFills.length === 0
    ? null
    : {
        kind: 'table',
        title: sectionTitles.backFills,
        columns,
        rows: backFills.flatMap((record) =>
          record.channels.flatMap((channel) => channel.gaps.map((gap) => rowOf(record, channel, gap))),
        ),
        note: [
          'BACK-FILLED: from the log of the instrument’s own controller, not recorded by this station. None of it is credited, and it changes neither the ledger nor the verdict; it is evidence for the decisions about time that was not credited.',
          'Log minus station: the largest and the mean difference in the hour before and after the gap, where both have values.',
          ...backFills.map(sourceText),
        ].join(' '),
      }
