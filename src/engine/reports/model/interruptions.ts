import type { Dossier } from '../../../contract/dossier.ts'
import type { Cell, ReportSection } from '../../../contract/report.ts'
import { formatDuration, formatUtc, textCell } from './format.ts'
import { sectionTitles } from './titles.ts'

interface Interruption {
  utcMs: number
  cells: Cell[]
}

const timeCell = (utcMs: number): Cell => textCell(formatUtc(utcMs).replace(' UTC', ''))

const recoveriesOf = ({ run }: Dossier): Interruption[] =>
  (run.recoveries ?? []).map(({ utcMs, outageMs, decision, who, reason }) => ({
    utcMs,
    cells: [
      timeCell(utcMs),
      textCell('recovery'),
      textCell(formatDuration(outageMs)),
      ...[decision, reason, who].map(textCell),
    ],
  }))

const pausesOf = ({ pauses }: Dossier): Interruption[] =>
  (pauses ?? []).map(({ fromUtcMs, toUtcMs, who, reason, resumedBy }) => ({
    utcMs: fromUtcMs,
    cells: [
      timeCell(fromUtcMs),
      textCell('pause'),
      textCell(toUtcMs === null ? '– (it did not go on)' : formatDuration(toUtcMs - fromUtcMs)),
      textCell(toUtcMs === null ? '' : `went on, by ${resumedBy ?? 'unknown'}`),
      textCell(reason ?? '– (none was asked for)'),
      textCell(who),
    ],
  }))

/** Each time the run went on after an interruption, and each pause. */
export const interruptionsSection = (dossier: Dossier): ReportSection => {
  const all = [...recoveriesOf(dossier), ...pausesOf(dossier)].sort((a, b) => a.utcMs - b.utcMs)
  const title = sectionTitles.interruptions
  if (all.length === 0) return { kind: 'text', title, paragraphs: ['The run was neither interrupted nor paused.'] }
  const column = (label: string, unit = '', align: 'left' | 'right' = 'left') => ({ label, unit, align })
  return {
    kind: 'table',
    title,
    columns: [
      ...[column('Time (UTC)'), column('Kind'), column('Duration', 'h:mm:ss', 'right')],
      ...[column('What was done'), column('Reason'), column('By')],
    ],
    rows: all.map(({ cells }) => cells),
    note: 'Recovery: the time at which the run went on; the duration is that of the outage before it. Time under a pause or an outage is put to account like any other: see the exposure.',
  }
}
