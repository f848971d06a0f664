import type { Dossier } from '../../../contract/dossier.ts'
import type { Cell, ReportModel, ReportSection } from '../../../contract/report.ts'
import { uncertaintyBudgetSchema } from '../../../contract/results.ts'
import type { UncertaintyBudgetResult } from '../../../contract/results.ts'
import type { CriterionResult } from '../../../contract/run.ts'
import type { ReportLine } from '../../../contract/template.ts'
import { formatNumber, missingText, numberCell, quantityCell, textCell } from './format.ts'
import { sectionTitles } from './titles.ts'
import { readNumber, resultValue } from './values.ts'
import type { LaneOfValues } from './values.ts'

/** Printed under every table that has marks. */
export const markLegend =
  'Marks: A seen in a public source; B well-known content of the standard; C uncertain, an editable setting, to be checked in a bought copy; R recommendation of the station, not of a standard.'

export const budgetOf = (dossier: Dossier, lane: LaneOfValues | null = null): UncertaintyBudgetResult | null => {
  const name = dossier.template.report.budget
  const parsed = uncertaintyBudgetSchema.safeParse(name === undefined ? null : resultValue(dossier, name, lane))
  return parsed.success ? parsed.data : null
}

/** k is printed only where the uncertainty is the one of the budget that k belongs to. */
const coverageOf = (dossier: Dossier, line: ReportLine, lane: LaneOfValues | null): string => {
  const ref = line.expandedUncertaintyPercent
  const budget = budgetOf(dossier, lane)
  const own = typeof ref === 'object' && ref !== null && 'result' in ref ? ref.result : null
  const fromBudget = budget !== null && own === `${dossier.template.report.budget}.expandedPercent`
  return fromBudget ? `, k = ${formatNumber(budget.coverageFactor, 2)}` : ''
}

interface OfLine {
  line: ReportLine
  value: number | null
  lane: LaneOfValues | null
}

const uncertaintyCell = (dossier: Dossier, { line, value, lane }: OfLine): Cell | null => {
  if (line.expandedUncertaintyPercent === undefined) return null
  const judged = lane === null ? dossier.criteria : dossier.criteria.filter((each) => each.lane === lane.id)
  if (judged.some((each) => each.kind === 'validity' && each.outcome !== 'pass'))
    return { text: `${missingText} (not stated: the measurement misses a validity criterion)`, number: null }
  const percent = readNumber(dossier, line.expandedUncertaintyPercent, lane)
  if (percent.value === null) return { text: `${missingText} (${percent.reason})`, number: null }
  if (value === null) return { text: `${missingText} (no value)`, number: null }
  const absolute = Math.abs(value) * (percent.value / 100)
  const shown = `± ${formatNumber(absolute, line.decimals)} ${line.unit}`.trim()
  return { text: `${shown} (${formatNumber(percent.value, 2)} %${coverageOf(dossier, line, lane)})`, number: absolute }
}

/** The results that the template wants in front, each with its expanded uncertainty where one is known. */
export const headlineOf = (dossier: Dossier, lane: LaneOfValues | null = null): ReportModel['headline'] =>
  dossier.template.report.headline.map((line) => {
    const { value, reason } = readNumber(dossier, line.value, lane)
    return {
      label: line.label,
      value: quantityCell({ value, unit: '', decimals: line.decimals, reason }),
      unit: line.unit,
      uncertainty: uncertaintyCell(dossier, { line, value, lane }),
    }
  })

/** The budget with one row a contribution, then the combined and the expanded uncertainty. */
export const uncertaintySection = (dossier: Dossier, lane: LaneOfValues | null = null): ReportSection | null => {
  if (dossier.template.report.budget === undefined) return null
  const budget = budgetOf(dossier, lane)
  if (!budget) {
    const why = `${missingText} (the uncertainty was not computed in this run)`
    return { kind: 'text', title: sectionTitles.uncertainty, paragraphs: [why] }
  }
  const freedom = (value: number | null): Cell =>
    value === null
      ? { text: '∞', number: null }
      : value > 9999
        ? { text: '> 9999', number: value }
        : numberCell(value, Number.isInteger(value) ? 0 : 1)
  const result = `Combined standard uncertainty ${formatNumber(budget.combinedPercent, 3)} %, effective degrees of freedom ${freedom(budget.effectiveDegreesOfFreedom).text}, coverage factor k = ${formatNumber(budget.coverageFactor, 2)}, expanded uncertainty ${formatNumber(budget.expandedPercent, 2)} %.`
  return {
    kind: 'table',
    title: `${sectionTitles.uncertainty}: ${budget.quantity}`,
    columns: [
      { label: 'Contribution', unit: '', align: 'left' },
      { label: 'Distribution', unit: '', align: 'left' },
      { label: 'u', unit: '%', align: 'right' },
      { label: 'Sensitivity', unit: '', align: 'right' },
      { label: 'Share', unit: '%', align: 'right' },
      { label: 'ν', unit: '', align: 'right' },
      { label: 'Source', unit: '', align: 'left' },
      { label: 'Mark', unit: '', align: 'left' },
    ],
    rows: budget.rows.map((row) => [
      textCell(row.name),
      textCell(row.distribution),
      numberCell(row.standardUncertaintyPercent, 3),
      numberCell(row.sensitivity, 3),
      numberCell(row.sharePercent, 1),
      freedom(row.degreesOfFreedom),
      textCell(row.source),
      textCell(row.mark),
    ]),
    note: `${result} u: standard uncertainty, in % unless the source names another unit; share: of the variance; ν: degrees of freedom. ${markLegend}`,
  }
}

/** What methods want said beside the numbers: the formulas of a gate, doubts about its inputs. */
export const remarksOf = (dossier: Dossier): string[] =>
  dossier.results.flatMap((result) => {
    const value = result.value as { formulas?: unknown; cautions?: unknown } | null
    const textsOf = (list: unknown): string[] =>
      Array.isArray(list) ? list.filter((each) => typeof each === 'string') : []
    const formulas = textsOf(value?.formulas)
    const cautions = textsOf(value?.cautions).map((caution) => `Caution (${result.method}): ${caution}.`)
    return [...(formulas.length > 0 ? [`${result.method}: ${formulas.join('; ')}.`] : []), ...cautions]
  })

const limitText = (criterion: CriterionResult): string => {
  const { minimum, maximum, decimals } = criterion
  const parts = [
    ...(minimum === null ? [] : [`≥ ${formatNumber(minimum, decimals)}`]),
    ...(maximum === null ? [] : [`≤ ${formatNumber(maximum, decimals)}`]),
  ]
  return parts.length === 0 ? `${missingText} (no limit)` : parts.join(' and ')
}

const outcomeTexts = { pass: 'met', fail: 'not met', notMeasured: 'not measured', error: 'error' } as const

export const criterionColumns: Extract<ReportSection, { kind: 'table' }>['columns'] = [
  { label: 'Criterion', unit: '', align: 'left' },
  { label: 'Kind', unit: '', align: 'left' },
  { label: 'Value', unit: '', align: 'right' },
  { label: 'Limit', unit: '', align: 'right' },
  { label: 'Unit', unit: '', align: 'left' },
  { label: 'Outcome', unit: '', align: 'left' },
  { label: 'Clause', unit: '', align: 'left' },
  { label: 'Mark', unit: '', align: 'left' },
]

export const criterionRow = (criterion: CriterionResult): Cell[] => [
  textCell(criterion.title),
  textCell(criterion.kind),
  numberCell(criterion.value, criterion.decimals),
  { text: limitText(criterion) },
  { text: criterion.unit },
  textCell(
    criterion.reason
      ? `${outcomeTexts[criterion.outcome]}: ${criterion.reason}`
      : criterion.value === null && criterion.outcome !== 'pass'
        ? `${outcomeTexts[criterion.outcome]} (no reason was recorded)`
        : outcomeTexts[criterion.outcome],
  ),
  textCell(criterion.clause),
  textCell(criterion.mark),
]

export const kindsLegend = 'Validity: the measurement counts only if met. Acceptance: the module fails if not met.'

/** Each criterion with value, limit and outcome; what has no value says why. */
export const criteriaSection = (dossier: Dossier): ReportSection => ({
  kind: 'table',
  title: sectionTitles.criteria,
  columns: criterionColumns,
  rows: dossier.criteria.map(criterionRow),
  note: [kindsLegend, ...remarksOf(dossier), markLegend].join(' '),
})
