import { z } from 'zod'
import { StationError } from '../contract/errors.ts'
import { decimal, parseAs, parseJson } from './jsonFile.ts'
import { numberIn, readTable, type TextTable } from './textTable.ts'

/** Values in the order of time, each alone or in subgroups. */
export interface ChartValues {
  readonly subgroups: readonly (readonly number[])[] | null
  readonly values: readonly number[]
  /** As the file states it; null where it doesn't. */
  readonly unit: string | null
  readonly notes: readonly string[]
}

const list = z.array(decimal).min(1)
const groups = z.array(list).min(1)
const document = z.union([
  z.object({ values: list, unit: z.string().optional() }),
  z.object({ subgroups: groups, unit: z.string().optional() }),
])

/**
 * Reads the values of a control chart: a JSON list of numbers or of subgroups, `{"values" or "subgroups", "unit"}`, or a
 * table whose header names the columns with their units. Of a table with several columns of one unit each row is a
 * subgroup.
 *
 * @throws StationError usage.invalidInput, file.badNumber
 */
export const readChartValues = (text: string, file: string): ChartValues =>
  /^\uFEFF?\s*[{[]/.test(text) ? readJsonValues(text, file) : readTableValues(text, file)

const readJsonValues = (text: string, file: string): ChartValues => {
  const given = parseJson(text, file)
  const wrapped = Array.isArray(given) ? (Array.isArray(given[0]) ? { subgroups: given } : { values: given }) : given
  const read = parseAs(document, wrapped, file)
  const subgroups = 'subgroups' in read ? read.subgroups : null
  return { subgroups, values: 'values' in read ? read.values : subgroups!.flat(), unit: read.unit ?? null, notes: [] }
}

interface ValueColumn {
  readonly at: number
  readonly title: string
  readonly unit: string | null
}

/** “Pmax (W)”, “Pmax [W]” and “Pmax/W” state a unit. */
const unitOf = (title: string): string | null =>
  /[([]\s*([^)\]]+?)\s*[)\]]\s*$/.exec(title)?.[1] ?? /\/\s*(\S+)\s*$/.exec(title)?.[1] ?? null

const isText = (title: string): boolean => /\p{L}/u.test(title)

const readTableValues = (text: string, file: string): ChartValues => {
  // With one column only there is no separator to be found: any line of text will do, once no other made two columns.
  const table =
    readTable(text, file, (titles) => titles.length > 1 && titles.some(isText)) ??
    readTable(text, file, (titles) => titles.some(isText))
  if (table === null) throw refuse(file, 'it has no header line such as “Pmax (W)”, so what it holds is not known')
  const columns = table.titles.map((title, at): ValueColumn => ({ at, title, unit: unitOf(title) }))
  const chosen = columns.length === 1 ? columns : columns.filter((column) => column.unit !== null)
  const notes = columns
    .filter((column) => !chosen.includes(column))
    .map((column) => `The column “${column.title}” was set aside: it has no unit.`)
  checkColumns(chosen, file)
  const rows = valuesOf(table, chosen, file)
  const unit = chosen[0]!.unit
  if (unit === null) notes.push(`The column “${chosen[0]!.title}” states no unit.`)
  return { subgroups: chosen.length > 1 ? rows : null, values: rows.flat(), unit, notes }
}

const checkColumns = (columns: readonly ValueColumn[], file: string): void => {
  if (columns.length === 0) throw refuse(file, 'none of its columns states a unit, as “Pmax (W)” does')
  if (columns.some((column) => column.unit !== columns[0]!.unit))
    throw refuse(
      file,
      `its columns ${columns.map((column) => `“${column.title}”`).join(', ')} have different units; keep those of one chart`,
    )
}

const valuesOf = (table: TextTable, columns: readonly ValueColumn[], file: string): number[][] => {
  const rows = table.rows.map((row) => columns.map(({ at }) => numberIn(row, at, { file, titles: table.titles })))
  return rows.map((row, index) =>
    row.map((value) => {
      if (value !== null) return value
      throw refuse(file, `line ${table.rows[index]!.line} has an empty cell; a control chart needs every value`)
    }),
  )
}

const refuse = (file: string, detail: string): StationError =>
  new StationError('usage.invalidInput', { detail: `${file}: ${detail}.` })
