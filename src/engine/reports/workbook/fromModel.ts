import type ExcelJS from 'exceljs'
import type { Cell, ReportModel, ReportSection } from '../../../contract/report.ts'
import { formatUtc, textCell } from '../model/format.ts'
import { sectionTitles } from '../model/titles.ts'
import { verdictTitle } from '../model/verdict.ts'
import { addPrintedRow, addSheet } from './sheets.ts'
import type { SheetColumn } from './sheets.ts'

type Table = Extract<ReportSection, { kind: 'table' }>
type KeyValues = Extract<ReportSection, { kind: 'keyValues' }>

const isNamed =
  (title: string) =>
  (section: ReportSection): boolean =>
    section.title === title || section.title.startsWith(`${title}:`)

const columnsOf = (table: Table): SheetColumn[] =>
  table.columns.map((column, k) => {
    const header = column.unit === '' ? column.label : `${column.label} (${column.unit})`
    const longest = table.rows.reduce((most, row) => Math.max(most, row[k]?.text.length ?? 0), header.length)
    return { header, width: Math.min(60, Math.max(9, longest + 2)) }
  })

const addNote = (sheet: ExcelJS.Worksheet, note: string | undefined): void => {
  if (note === undefined || note === '') return
  sheet.addRow([])
  const row = sheet.addRow([])
  const cell = row.getCell(1)
  cell.value = note
  // Over the whole table and as high as it needs: a line that sticks out isn't printed.
  const width = sheet.columns.reduce((sum, each) => sum + (each.width ?? 9), 0)
  sheet.mergeCells(row.number, 1, row.number, Math.max(1, sheet.columns.length))
  cell.alignment = { wrapText: true, vertical: 'top' }
  row.height = 15 * Math.ceil((note.length * 1.1) / width)
  cell.font = { italic: true, color: { argb: 'FF5B6875' } }
}

/** A sheet from a table of the report, or, where the report has words instead, from its words. */
export const addTableSheet = (
  workbook: ExcelJS.Workbook,
  model: ReportModel,
  plan: { name: string; title: string },
): void => {
  const section = model.sections.find(isNamed(plan.title))
  if (section?.kind === 'table') {
    const sheet = addSheet(workbook, model, { name: plan.name, columns: columnsOf(section) })
    for (const row of section.rows) addPrintedRow(sheet, row)
    addNote(sheet, section.note)
    return
  }
  const sheet = addSheet(workbook, model, { name: plan.name, columns: [{ header: plan.title, width: 90 }] })
  const words = section?.kind === 'text' ? section.paragraphs : ['– (not part of this report)']
  for (const paragraph of words) addPrintedRow(sheet, [textCell(paragraph)])
}

const addKeyValues = (sheet: ExcelJS.Worksheet, section: KeyValues): void => {
  const heading = sheet.addRow([]).getCell(1)
  heading.value = section.title
  heading.font = { bold: true, color: { argb: 'FF0B4F8A' } }
  for (const row of section.rows)
    addPrintedRow(sheet, [textCell(row.label), { text: row.value.text }, textCell(row.note ?? ' ')])
}

/** Verdict, identification, module data, software and seal, in words. */
export const addSummarySheet = (workbook: ExcelJS.Workbook, model: ReportModel): void => {
  const columns = [
    { header: model.title, width: 34 },
    { header: 'Value', width: 90 },
    { header: 'Note', width: 34 },
  ]
  const sheet = addSheet(workbook, model, { name: 'Summary', columns })
  const put = (label: string, text: string): void => addPrintedRow(sheet, [textCell(label), textCell(text)])
  put('Verdict', verdictTitle(model.verdict))
  put('Meaning', model.verdict.sentence)
  for (const reason of model.verdict.reasons) put('Reason', reason)
  put('Decision rule', model.verdict.decisionRule)
  const { signature } = model
  put(
    'Authorised',
    signature ? `${signature.name}, ${signature.meaning}, ${formatUtc(signature.signedUtcMs)}` : 'DRAFT, not signed',
  )
  for (const section of model.sections) if (section.kind === 'keyValues') addKeyValues(sheet, section)
  for (const section of model.sections.filter(isNamed(sectionTitles.statements)))
    if (section.kind === 'text') for (const paragraph of section.paragraphs) put('Statement', paragraph)
}

/** The headline results, then those of the conditions. */
export const addResultsSheet = (workbook: ExcelJS.Workbook, model: ReportModel): void => {
  const columns = [
    { header: 'Result', width: 30 },
    { header: 'Value', width: 16 },
    { header: 'Unit', width: 10 },
    { header: 'Expanded uncertainty (same unit)', width: 20 },
    { header: 'Uncertainty as printed', width: 40 },
  ]
  const sheet = addSheet(workbook, model, { name: 'Results', columns })
  const blank: Cell = { text: '' }
  for (const line of model.headline) {
    const { uncertainty } = line
    const number = uncertainty?.number === undefined || uncertainty.number === null ? blank : uncertainty
    const printed = uncertainty ? { text: uncertainty.text } : { text: 'not stated for this result' }
    addPrintedRow(sheet, [textCell(line.label), line.value, { text: line.unit }, number, printed])
  }
}

/** Measured and corrected curves on one sheet, one below the other, told apart by the first column. */
export const addCurvesSheet = (workbook: ExcelJS.Workbook, model: ReportModel): void => {
  const tables = model.sections.filter(
    (section): section is Table =>
      section.kind === 'table' && [sectionTitles.measured, sectionTitles.corrected].some((t) => isNamed(t)(section)),
  )
  const first = tables[0]
  if (!first) {
    addTableSheet(workbook, model, { name: 'Curves', title: sectionTitles.measured })
    return
  }
  const columns = [{ header: 'Kind', width: 20 }, ...columnsOf(first)]
  const sheet = addSheet(workbook, model, { name: 'Curves', columns })
  for (const table of tables) for (const row of table.rows) addPrintedRow(sheet, [textCell(table.title), ...row])
  for (const table of tables) addNote(sheet, table.note && `${table.title}: ${table.note}`)
}

/** Every setting and the module's data: numbers as numbers, units in their own column. */
export const addParametersSheet = (workbook: ExcelJS.Workbook, model: ReportModel, section: ReportSection): void => {
  const columns = section?.kind === 'table' ? columnsOf(section) : [{ header: 'Setting', width: 40 }]
  const sheet = addSheet(workbook, model, { name: 'Parameters', columns })
  const nameplate = model.sections.find(isNamed(sectionTitles.nameplate))
  if (nameplate?.kind === 'keyValues')
    for (const row of nameplate.rows) {
      const number = row.value.number
      const isNumber = number !== undefined && number !== null
      const unit = isNumber ? row.value.text.split(' ').slice(1).join(' ') : ''
      const value = isNumber ? { text: String(number), number } : { text: row.value.text }
      addPrintedRow(sheet, [textCell(row.label), value, { text: unit }, textCell(row.note ?? 'given for this module')])
    }
  if (section?.kind !== 'table') return
  for (const row of section.rows) addPrintedRow(sheet, row)
  addNote(sheet, section.note)
}
