import type { Dossier } from '../../../contract/dossier.ts'
import type { Cell, ReportSection } from '../../../contract/report.ts'
import { correctedCurvesSchema, evaluatedCurvesSchema } from '../../../contract/results.ts'
import type { CorrectedCurves, EvaluatedCurve, EvaluatedCurves } from '../../../contract/results.ts'
import { decimalsFor, missingText, numberCell, settingCell, textCell } from './format.ts'
import { sectionTitles } from './titles.ts'
import { resultValue } from './values.ts'

type Table = Extract<ReportSection, { kind: 'table' }>

/** The evaluated curves that the template names; null when there are none. */
export const measuredCurves = (dossier: Dossier): EvaluatedCurves | null => {
  const name = dossier.template.report.curves
  const parsed = evaluatedCurvesSchema.safeParse(name === undefined ? null : resultValue(dossier, name))
  return parsed.success ? parsed.data : null
}

/** The corrected curves that the template names; null when there are none. */
export const correctedCurves = (dossier: Dossier): CorrectedCurves | null => {
  const name = dossier.template.report.corrected
  const parsed = correctedCurvesSchema.safeParse(name === undefined ? null : resultValue(dossier, name))
  return parsed.success ? parsed.data : null
}

const quantities = [
  { label: 'G', unit: 'W/m²', key: 'irradianceWPerM2', decimals: 1 },
  { label: 'T', unit: '°C', key: 'temperatureC', decimals: 2 },
  { label: 'Isc', unit: 'A', key: 'iscA', decimals: null },
  { label: 'Voc', unit: 'V', key: 'vocV', decimals: null },
  { label: 'Pmax', unit: 'W', key: 'pmaxW', decimals: null },
  { label: 'Imp', unit: 'A', key: 'impA', decimals: null },
  { label: 'Vmp', unit: 'V', key: 'vmpV', decimals: null },
  { label: 'FF', unit: '', key: 'fillFactor', decimals: 4 },
] as const

const curvesTable = (title: string, curves: readonly EvaluatedCurve[]): Table => {
  const decimals = quantities.map((q) => q.decimals ?? decimalsFor(curves.map((curve) => curve[q.key])))
  const toRow = (curve: EvaluatedCurve): Cell[] => [
    textCell(curve.id),
    textCell(curve.direction ?? ''),
    ...quantities.map((q, k) => numberCell(curve[q.key], decimals[k] ?? 2)),
    textCell([...new Set(curve.flags.map((flag) => flag.code))].join(', ')),
  ]
  return {
    kind: 'table',
    title,
    columns: [
      { label: 'Curve', unit: '', align: 'left' },
      { label: 'Direction', unit: '', align: 'left' },
      ...quantities.map((q) => ({ label: q.label, unit: q.unit, align: 'right' }) as const),
      { label: 'Flags', unit: '', align: 'left' },
    ],
    rows: curves.map(toRow),
  }
}

const flagTexts = (curves: readonly EvaluatedCurve[]): string[] => {
  const texts = new Map(curves.flatMap((curve) => curve.flags.map((flag) => [flag.code, flag.text] as const)))
  return [...texts].map(([code, text]) => `${code}: ${text}`)
}

const sentence = (text: string): string => (/[.!?]$/.test(text) ? text : `${text}.`)

const noteOf = (rule: string, curves: readonly EvaluatedCurve[], more: readonly string[]): string => {
  const missing = curves.some((curve) => quantities.some((q) => curve[q.key] === null))
  const dash = missing ? [`“${missingText}”: not measured, or the rule gave no value; see the flags.`] : []
  return [`Rule: ${rule}`, ...dash, ...flagTexts(curves), ...more].map(sentence).join(' ')
}

const notComputed = (title: string, what: string): ReportSection => ({
  kind: 'text',
  title,
  paragraphs: [`${missingText} (${what})`],
})

/** Every curve as measured, at its own irradiance and temperature. */
export const measuredSection = (dossier: Dossier): ReportSection | null => {
  if (dossier.template.report.curves === undefined) return null
  const measured = measuredCurves(dossier)
  if (!measured) return notComputed(sectionTitles.measured, 'no curve was evaluated in this run')
  const table = curvesTable(sectionTitles.measured, measured.curves)
  return { ...table, note: noteOf(measured.rule, measured.curves, []) }
}

/** Every curve at the target conditions, the coefficients used, and what was left out with its reason. */
export const correctedSections = (dossier: Dossier): ReportSection[] => {
  if (dossier.template.report.corrected === undefined) return []
  const corrected = correctedCurves(dossier)
  if (!corrected) return [notComputed(sectionTitles.corrected, 'no curve was corrected in this run')]
  const target = `${corrected.procedure}, to ${corrected.targetIrradianceWPerM2} W/m² and ${corrected.targetTemperatureC} °C.`
  const leftOut = corrected.leftOut.map((each) => `Left out: ${each.id} (${each.reason})`)
  const table = curvesTable(sectionTitles.corrected, corrected.curves)
  const coefficients = {
    kind: 'keyValues' as const,
    title: sectionTitles.coefficients,
    rows: corrected.coefficients.map((each) => {
      const cell = settingCell(each.value, '')
      return { label: each.name, value: { ...cell, text: `${cell.text} ${each.unit}`.trim() } }
    }),
  }
  const note = `${target} ${noteOf(corrected.rule, corrected.curves, leftOut)}`
  return [{ ...table, note }, ...(coefficients.rows.length > 0 ? [coefficients] : [])]
}
