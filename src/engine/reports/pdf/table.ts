import type { ReportSection } from '../../../contract/report.ts'
import { drawHeading, drawParagraph } from './blocks.ts'
import { colours } from './colours.ts'
import { contentWidth, pageSize } from './sheet.ts'
import type { Sheet } from './sheet.ts'
import type { Typeface } from './typeface.ts'

export type ReportTable = Extract<ReportSection, { kind: 'table' }>

interface Layout {
  size: number
  widths: number[]
}

const padding = 3.5
const sizes = [8, 7.6, 7.2, 6.8, 6.4, 6] as const
/** Wider single words are broken rather than kept whole. */
const widestWord = 135

const headerTexts = ({ label, unit }: ReportTable['columns'][number]): string[] =>
  unit === '' ? [label] : [label, `(${unit})`]

const widthOfWords = (text: string, face: Typeface, size: number): number =>
  Math.max(0, ...text.split(' ').map((word) => face.widthOf(word, size)))

interface ColumnNeeds {
  least: number
  natural: number
}

const needsOf = (sheet: Sheet, table: ReportTable, size: number): ColumnNeeds[] =>
  table.columns.map((column, k) => {
    const { regular, bold } = sheet.faces
    const heads = headerTexts(column)
    const headLeast = Math.max(...heads.map((text) => widthOfWords(text, bold, size)))
    const texts = table.rows.map((row) => regular.printable(row[k]?.text ?? ''))
    const least = texts.reduce((most, text) => Math.max(most, widthOfWords(text, regular, size)), headLeast)
    const natural = texts.reduce((most, text) => Math.max(most, regular.widthOf(text, size)), least)
    return { least: Math.min(least, widestWord) + 2 * padding, natural: Math.min(natural, 420) + 2 * padding }
  })

const sum = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0)

/**
 * Gives each column its natural width if all fit. Else narrow columns get theirs, and the wide ones, whose text wraps,
 * share what is left, none less than its longest word.
 */
const widthsFor = (needs: readonly ColumnNeeds[]): number[] => {
  const natural = sum(needs.map((each) => each.natural))
  if (natural <= contentWidth) return needs.map((each) => (each.natural * contentWidth) / natural)
  const least = sum(needs.map((each) => each.least))
  if (least >= contentWidth) return needs.map((each) => (each.least * contentWidth) / least)
  // Raises one ceiling for all columns until the table is full: halving finds it to a thousandth of a point.
  const capped = (ceiling: number): number[] =>
    needs.map((each) => Math.max(each.least, Math.min(each.natural, ceiling)))
  let [low, high] = [0, contentWidth]
  while (high - low > 0.001) {
    const middle = (low + high) / 2
    if (sum(capped(middle)) <= contentWidth) low = middle
    else high = middle
  }
  return capped(low)
}

/** The largest type in which no word has to be broken. */
const layOut = (sheet: Sheet, table: ReportTable): Layout => {
  for (const size of sizes) {
    const needs = needsOf(sheet, table, size)
    if (sum(needs.map((each) => each.least)) <= contentWidth) return { size, widths: widthsFor(needs) }
  }
  const size = sizes.at(-1)!
  return { size, widths: widthsFor(needsOf(sheet, table, size)) }
}

interface RowStyle {
  layout: Layout
  aligns: readonly ('left' | 'right')[]
  face: Typeface
}

const drawRow = (sheet: Sheet, cells: readonly string[][], { layout, aligns, face }: RowStyle): void => {
  let x = pageSize.left
  cells.forEach((lines, column) => {
    const width = layout.widths[column] ?? 0
    lines.forEach((text, k) => {
      const slack = width - 2 * padding - face.widthOf(text, layout.size)
      const indent = aligns[column] === 'right' ? slack : 0
      sheet.line(text, {
        x: x + padding + indent,
        y: sheet.y() + padding + layout.size * (0.85 + k * 1.28),
        size: layout.size,
        face,
      })
    })
    x += width
  })
}

const heightOf = (cells: readonly string[][], size: number): number =>
  Math.max(1, ...cells.map((lines) => lines.length)) * size * 1.28 + 2 * padding - 1

const headCells = (sheet: Sheet, table: ReportTable, layout: Layout): string[][] =>
  table.columns.map((column, k) =>
    headerTexts(column).flatMap((text) =>
      sheet.wrap(text, {
        size: layout.size,
        face: sheet.faces.bold,
        width: (layout.widths[k] ?? 0) - 2 * padding,
      }),
    ),
  )

/** A row of more lines is drawn in pieces, so that it can go over to the next page. */
const mostLines = 14

/** A row as one or more pieces. */
const rowPieces = (sheet: Sheet, row: ReportTable['rows'][number], layout: Layout): string[][][] => {
  const cells = row.map((cell, k) =>
    sheet.wrap(cell.text, { size: layout.size, width: (layout.widths[k] ?? 0) - 2 * padding }),
  )
  const count = Math.ceil(Math.max(1, ...cells.map((lines) => lines.length)) / mostLines)
  return Array.from({ length: count }, (_, piece) =>
    cells.map((lines) => lines.slice(piece * mostLines, (piece + 1) * mostLines)),
  )
}

/** A table over as many pages as it needs, its head repeated on each; `before` draws what stands above its first row. */
export const drawTableBody = (sheet: Sheet, table: ReportTable, before?: (height: number) => void): void => {
  const layout = layOut(sheet, table)
  const aligns = table.columns.map((column) => column.align)
  const head = headCells(sheet, table, layout)
  const headHeight = heightOf(head, layout.size)
  const rows = table.rows.map((row) => rowPieces(sheet, row, layout))
  const drawHead = (): void => {
    sheet.box({ x: pageSize.left, y: sheet.y(), width: contentWidth, height: headHeight, colour: colours.band })
    drawRow(sheet, head, { layout, aligns, face: sheet.faces.bold })
    sheet.skip(headHeight)
  }
  before?.(headHeight + heightOf(rows[0]?.[0] ?? [], layout.size))
  drawHead()
  for (const pieces of rows) {
    for (const [k, cells] of pieces.entries()) {
      const height = heightOf(cells, layout.size) - (k < pieces.length - 1 ? 2 * padding - 1 : 0)
      if (sheet.ensure(height)) drawHead()
      drawRow(sheet, cells, { layout, aligns, face: sheet.faces.regular })
      sheet.skip(height)
    }
    sheet.rule({ x: pageSize.left, y: sheet.y(), width: contentWidth })
  }
}

export const drawTable = (sheet: Sheet, table: ReportTable): void => {
  if (table.rows.length > 0) {
    drawTableBody(sheet, table, (height) => drawHeading(sheet, table.title, height))
  } else {
    drawHeading(sheet, table.title, 30)
    drawParagraph(sheet, '– (none recorded)', { size: 8.5 })
  }
  if (table.note === undefined || table.note === '') return
  sheet.skip(4)
  drawParagraph(sheet, table.note, { size: 7.2, colour: colours.soft })
}
