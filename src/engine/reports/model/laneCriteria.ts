import type { Dossier } from '../../../contract/dossier.ts'
import type { Cell, ReportSection } from '../../../contract/report.ts'
import type { CriterionResult } from '../../../contract/run.ts'
import { plural, textCell } from './format.ts'
import { criterionColumns, criterionRow, kindsLegend, markLegend, remarksOf } from './judgement.ts'
import { laneTitle } from './lanes.ts'
import { partOf, partsOf } from './parts.ts'
import type { Part } from './parts.ts'
import { sectionTitles } from './titles.ts'

type Table = Extract<ReportSection, { kind: 'table' }>

/** Conditions of a measurement that were all met are one row: nobody reads nine times “met”. */
const foldedRow = (part: Part, criteria: readonly CriterionResult[]): Cell[] => [
  textCell(`${part.title}: ${plural(criteria.length, 'condition')} of the measurement`),
  textCell('validity'),
  ...[{ text: '' }, { text: '' }, { text: '' }],
  textCell('all met'),
  textCell('each is in the workbook'),
  textCell([...new Set(criteria.map((each) => each.mark))].sort().join(', ')),
]

const rowsOf = (criteria: readonly CriterionResult[], parts: readonly Part[]): Cell[][] => {
  const own = criteria.filter((each) => partOf(each.id, parts) === null)
  const ofParts = parts.flatMap((part) => {
    const mine = criteria.filter((each) => partOf(each.id, parts)?.id === part.id)
    const met = mine.filter((each) => each.kind === 'validity' && each.outcome === 'pass')
    const others = mine.filter((each) => !met.includes(each))
    return [...others.map(criterionRow), ...(met.length > 0 ? [foldedRow(part, met)] : [])]
  })
  return [...own.map(criterionRow), ...ofParts]
}

/** The criteria of each module: those that judge it first, what its measurements had to meet in one row each. */
export const laneCriteriaSections = (dossier: Dossier): ReportSection[] => {
  const parts = partsOf(dossier.template)
  const lanes = dossier.run.lanes ?? []
  const groups =
    lanes.length === 0
      ? [{ title: sectionTitles.criteria, criteria: dossier.criteria }]
      : lanes.map((lane) => ({
          title: lanes.length === 1 ? sectionTitles.criteria : `${sectionTitles.criteria}: ${laneTitle(lane)}`,
          criteria: dossier.criteria.filter((each) => each.lane === lane.id),
        }))
  const remarks = [...new Set(remarksOf(dossier))]
  const last = groups.findLastIndex(({ criteria }) => criteria.length > 0)
  return groups.map(({ title, criteria }, k): ReportSection => {
    if (criteria.length === 0)
      return { kind: 'text', title, paragraphs: ['Not judged: the module left the test before its end.'] }
    const table: Table = { kind: 'table', title, columns: criterionColumns, rows: rowsOf(criteria, parts) }
    return k !== last ? table : { ...table, note: [kindsLegend, ...remarks, markLegend].join(' ') }
  })
}
