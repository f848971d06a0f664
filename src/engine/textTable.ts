import { isComment, separators, splitCells, withoutComment, type Separator } from '../analysis/iv/csvCells.ts'
import { createDecimalReader } from '../analysis/iv/curveCsv.ts'
import { StationError } from '../contract/errors.ts'

/** A table with a header line; a cell that is no number keeps its text, an empty one is null. */
export interface TextTable {
  readonly titles: readonly string[]
  readonly rows: readonly { readonly line: number; readonly cells: readonly (number | string | null)[] }[]
}

/** Between these no space counts, so that “Pmax W” stays one title. */
const columnSeparators = separators.filter((separator) => separator !== ' ')

/**
 * Reads a table of numbers: one of semicolon, tab, comma or bar between the columns, a decimal point or comma, comment
 * and metadata lines above the header.
 *
 * @param isHeader whether a line's cells are the header
 * @returns null when no line is
 * @throws StationError usage.invalidInput for a row with more cells than the header
 */
export const readTable = (
  text: string,
  file: string,
  isHeader: (titles: readonly string[]) => boolean,
): TextTable | null => {
  const lines = text.replace(/^\uFEFF/, '').split(/\r\n|\n|\r/)
  for (const separator of columnSeparators) {
    const at = lines.findIndex((line) => isHeader(splitCells(withoutComment(line), separator)))
    if (at >= 0)
      return {
        titles: splitCells(withoutComment(lines[at]!), separator),
        rows: readRows(lines, at, { file, separator }),
      }
  }
  return null
}

const readRows = (
  lines: readonly string[],
  headerAt: number,
  { file, separator }: { file: string; separator: Separator },
): TextTable['rows'] => {
  const width = splitCells(withoutComment(lines[headerAt]!), separator).length
  const decimals = createDecimalReader()
  return lines.flatMap((text, at) => {
    const cells = splitCells(text, separator)
    if (at <= headerAt || isComment(text) || cells.every((cell) => cell === '')) return []
    if (cells.slice(width).some((cell) => cell !== ''))
      throw new StationError('usage.invalidInput', {
        detail: `${file}, line ${at + 1} has ${cells.length} cells, but the header has ${width}.`,
      })
    return [{ line: at + 1, cells: cells.map((cell) => (cell === '' ? null : (decimals.read(cell) ?? cell))) }]
  })
}

/** The number of a cell; null where it is empty. @throws StationError file.badNumber for a text */
export const numberIn = (
  row: TextTable['rows'][number],
  column: number,
  { file, titles }: { file: string; titles: readonly string[] },
): number | null => {
  const cell = row.cells[column] ?? null
  if (typeof cell !== 'string') return cell
  const place = `line ${row.line}, column ${column + 1} (${titles[column]})`
  throw new StationError('file.badNumber', { file, place, text: cell })
}
