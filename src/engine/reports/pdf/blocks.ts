import type { ReportSection } from '../../../contract/report.ts'
import { colours } from './colours.ts'
import { contentWidth, pageSize } from './sheet.ts'
import type { Sheet, TextStyle } from './sheet.ts'

/** Heading of a section; keeps so many points of what follows on the same page. */
export const drawHeading = (sheet: Sheet, text: string, keep: number): void => {
  sheet.ensure(30 + keep)
  sheet.skip(sheet.y() <= pageSize.top ? 8 : 20)
  sheet.line(sheet.faces.bold.printable(text), {
    x: pageSize.left,
    y: sheet.y(),
    size: 11,
    face: sheet.faces.bold,
    colour: colours.accent,
  })
  sheet.skip(10)
}

/** A paragraph that may go over pages line by line. */
export const drawParagraph = (sheet: Sheet, text: string, style: TextStyle & { x?: number; width?: number }): void => {
  const { size, x = pageSize.left, width = contentWidth } = style
  for (const line of sheet.wrap(text, { ...style, width })) {
    sheet.ensure(size * 1.4)
    sheet.skip(size * 1.1)
    sheet.line(line, { ...style, x, y: sheet.y() })
    sheet.skip(size * 0.3)
  }
}

export const drawText = (sheet: Sheet, section: Extract<ReportSection, { kind: 'text' }>): void => {
  drawHeading(sheet, section.title, 24)
  for (const paragraph of section.paragraphs) {
    drawParagraph(sheet, paragraph, { size: 8.5 })
    sheet.skip(3)
  }
}

type KeyValueRow = Extract<ReportSection, { kind: 'keyValues' }>['rows'][number]

interface Field {
  label: string[]
  value: string[]
  note: string[]
  height: number
}

const size = 8.2
const leading = 11
const gap = 14
const half = (contentWidth - gap) / 2
const labelWidth = half * 0.38

const layField = (sheet: Sheet, row: KeyValueRow, width: number): Field => {
  const valueWidth = width - labelWidth - 6
  const label = sheet.wrap(row.label, { size, width: labelWidth })
  const value = sheet.wrap(row.value.text, { size, width: valueWidth })
  const note = row.note === undefined ? [] : sheet.wrap(row.note, { size: 7, width: valueWidth })
  return { label, value, note, height: Math.max(label.length, value.length + note.length * 0.85) * leading + 5 }
}

const drawField = (sheet: Sheet, field: Field, at: { x: number; width: number }): void => {
  const top = sheet.y()
  const valueX = at.x + labelWidth + 6
  field.label.forEach((text, k) => sheet.line(text, { x: at.x, y: top + 9 + k * leading, size, colour: colours.soft }))
  field.value.forEach((text, k) => sheet.line(text, { x: valueX, y: top + 9 + k * leading, size }))
  const below = top + 8 + field.value.length * leading
  field.note.forEach((text, k) =>
    sheet.line(text, { x: valueX, y: below + k * leading * 0.85, size: 7, colour: colours.soft }),
  )
  sheet.rule({ x: at.x, y: top + field.height - 1.5, width: at.width })
}

/** Rows of the grid: two short ones side by side, a long one alone across the width. */
const pairUp = (sheet: Sheet, rows: readonly KeyValueRow[]): Field[][] => {
  const grid: Field[][] = []
  let open: Field[] | null = null
  for (const row of rows) {
    const isLong = layField(sheet, row, half).value.length > 1
    const field = layField(sheet, row, isLong ? contentWidth : half)
    if (open && !isLong) {
      open.push(field)
      open = null
    } else {
      grid.push([field])
      open = isLong ? null : grid.at(-1)!
    }
  }
  return grid
}

/** Label and value in two columns side by side; a long value gets the whole width. */
export const drawKeyValues = (sheet: Sheet, section: Extract<ReportSection, { kind: 'keyValues' }>): void => {
  drawHeading(sheet, section.title, 40)
  for (const fields of pairUp(sheet, section.rows)) {
    const height = Math.max(...fields.map((field) => field.height))
    sheet.ensure(height)
    fields.forEach((field, column) => {
      const isLong =
        fields.length === 1 && field.value.some((line) => sheet.faces.regular.widthOf(line, size) > half - labelWidth)
      const width = isLong ? contentWidth : half
      drawField(sheet, { ...field, height }, { x: pageSize.left + column * (half + gap), width })
    })
    sheet.skip(height)
  }
}
