import type ExcelJS from 'exceljs'
import type { Cell, ReportModel } from '../../../contract/report.ts'

export interface SheetColumn {
  header: string
  width: number
  /** Excel's number format of the column. */
  format?: string
  /** Long texts: on paper what sticks out of the last column would be cut off. */
  wraps?: boolean
}

/** Values of a typed cell: a number stays a number; text is text and can't become a formula. */
export type SheetCell = string | number | boolean | Date | null

export const valueOf = (cell: Cell): SheetCell =>
  cell.number === undefined || cell.number === null ? cell.text : cell.number

/** `#,##0.000` for the decimals with which the report prints a cell. */
export const formatOf = (cell: Cell): string | null => {
  if (cell.number === undefined || cell.number === null) return null
  const printed = /[0-9]+(?:\.([0-9]+))?/.exec(cell.text)
  const decimals = printed?.[1]?.length ?? 0
  return decimals === 0 ? '0' : `0.${'0'.repeat(decimals)}`
}

/** Excel can't hold characters below a space (but tab and line breaks), and at most 32,767 of them in a cell. */
const excelText = (text: string): string =>
  text.replaceAll(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g, ' ').slice(0, 32_767)

/**
 * Writes one cell. Text goes in as a string value, which exceljs stores as a shared string: never a formula, whatever
 * it begins with. `quotePrefix` isn't needed for that and isn't offered by exceljs.
 */
export const writeCell = (target: ExcelJS.Cell, value: SheetCell): void => {
  target.value = typeof value === 'string' ? excelText(value) : value
}

const headFill: ExcelJS.Fill = { type: 'pattern', pattern: 'solid', fgColor: { argb: 'FFEEF2F6' } }

/** Text of the printed header and the banner row: the mark can't be missed on screen or on paper. */
const bannerOf = (model: ReportModel): string => {
  const state = model.draft ? ['DRAFT, not signed'] : []
  const mark = model.mark === null ? [] : [model.mark]
  return [...mark, ...state, `Report ${model.number}`].join(' · ')
}

const escapeHeader = (text: string): string => text.replaceAll('&', '&&')

/** A sheet with the banner in row 1, the column heads in row 2 (frozen), and landscape pages with the mark in the header. */
export const addSheet = (
  workbook: ExcelJS.Workbook,
  model: ReportModel,
  plan: { name: string; columns: readonly SheetColumn[] },
): ExcelJS.Worksheet => {
  const sheet = workbook.addWorksheet(plan.name, {
    views: [{ state: 'frozen', ySplit: 2, xSplit: 0 }],
    pageSetup: { paperSize: 9, orientation: 'landscape', fitToPage: true, fitToWidth: 1, fitToHeight: 0 },
    headerFooter: {
      oddHeader: `&L${escapeHeader(model.laboratory.name)}&C&B${escapeHeader(bannerOf(model))}`,
      oddFooter: '&L&A&RPage &P of &N',
    },
  })
  sheet.columns = plan.columns.map((column) => ({
    width: column.width,
    style: {
      ...(column.format ? { numFmt: column.format } : {}),
      ...(column.wraps ? { alignment: { wrapText: true, vertical: 'top' } } : {}),
    },
  }))
  const banner = sheet.getRow(1).getCell(1)
  writeCell(banner, bannerOf(model))
  banner.font = { bold: true, color: { argb: model.mark === null ? 'FF1B2530' : 'FFB3261E' } }
  plan.columns.forEach((column, k) => {
    const cell = sheet.getRow(2).getCell(k + 1)
    writeCell(cell, column.header)
    cell.font = { bold: true }
    cell.fill = headFill
    cell.alignment = { wrapText: true, vertical: 'top' }
  })
  return sheet
}

/** A sheet of these rows without the columns in which no row has anything: an empty one asks what is missing there. */
export const addFilledSheet = (
  workbook: ExcelJS.Workbook,
  model: ReportModel,
  plan: { name: string; columns: readonly SheetColumn[]; rows: readonly (readonly SheetCell[])[] },
): void => {
  const isFilled = plan.columns.map((_column, k) => plan.rows.some((row) => (row[k] ?? '') !== ''))
  const kept = <T>(cells: readonly T[]): T[] => cells.filter((_cell, k) => isFilled[k])
  const sheet = addSheet(workbook, model, { name: plan.name, columns: kept(plan.columns) })
  for (const row of plan.rows) addRow(sheet, kept(row))
}

/** Appends a row of values as they are. */
export const addRow = (sheet: ExcelJS.Worksheet, values: readonly SheetCell[]): void => {
  const row = sheet.addRow([])
  values.forEach((value, k) => value !== null && writeCell(row.getCell(k + 1), value))
}

/** Appends a row of printed cells: numbers in full precision, shown with the report's decimals. */
export const addPrintedRow = (sheet: ExcelJS.Worksheet, cells: readonly Cell[]): void => {
  const row = sheet.addRow([])
  cells.forEach((cell, k) => {
    const target = row.getCell(k + 1)
    writeCell(target, valueOf(cell))
    const format = formatOf(cell)
    if (format !== null) target.numFmt = format
    if (typeof target.value === 'string') target.alignment = { wrapText: true, vertical: 'top' }
  })
}
