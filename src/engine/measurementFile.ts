import { z } from 'zod'
import { parseCurveFile } from '../analysis/iv/curveFile.ts'
import { extractIv } from '../analysis/iv/extract.ts'
import { StationError } from '../contract/errors.ts'
import { decimal, parseAs, parseJson } from './jsonFile.ts'
import { classifyTitle, type MeasurementColumn, type MeasurementKind } from './measurementTitle.ts'
import { numberIn, readTable, type TextTable } from './textTable.ts'

/** One row of a (G, T) matrix; null where the file has no value. */
export type Measurement = Record<MeasurementKind, number | null>

export interface Measurements {
  readonly source: 'matrix' | 'curves'
  readonly rows: readonly Measurement[]
  readonly notes: readonly string[]
}

const nothing: Measurement = {
  ...{ irradianceWPerM2: null, temperatureC: null, iscA: null, vocV: null, pmaxW: null, impA: null, vmpV: null },
}

/**
 * Reads the Isc, Voc, Pmax (Imp, Vmp) of a module at many conditions: a table or JSON list of them, or I-V curves, from
 * which they are extracted (rule station).
 *
 * @throws StationError usage.invalidInput, file.badUnit, file.badNumber, and those of parseCurveFile
 */
export const readMeasurements = (text: string, file: string): Measurements => {
  if (/^\uFEFF?\s*[{[]/.test(text)) return readMatrixJson(text, file) ?? readCurves(text, file)
  const table = readTable(text, file, isMatrixHeader)
  return table === null ? readCurves(text, file) : readMatrixTable(table, file)
}

const kindsIn = (titles: readonly string[]): MeasurementKind[] =>
  titles.flatMap((title) => classifyTitle(title)?.kind ?? [])

const isMatrixHeader = (titles: readonly string[]): boolean => {
  const kinds = kindsIn(titles)
  return kinds.includes('temperatureC') && kinds.some((kind) => kind === 'iscA' || kind === 'vocV' || kind === 'pmaxW')
}

const readMatrixTable = (table: TextTable, file: string): Measurements => {
  const { titles } = table
  const { columns, notes } = columnsOf(titles, file)
  const rows = table.rows.map((row) =>
    measurementOf(columns.map(({ column, at }) => [column, numberIn(row, at, { file, titles })])),
  )
  return { source: 'matrix', rows, notes }
}

const columnsOf = (titles: readonly string[], file: string) => {
  const columns: { column: MeasurementColumn; at: number }[] = []
  const notes: string[] = []
  for (const [at, title] of titles.entries()) {
    const column = classifyTitle(title)
    if (column === null || columns.some((other) => other.column.kind === column.kind))
      notes.push(`The column “${title}” was set aside.`)
    else if ('unit' in column)
      throw new StationError('file.badUnit', {
        file,
        unit: '(none)',
        column: title,
        expected: expectedUnit(column.kind),
      })
    else columns.push({ column, at })
  }
  return { columns, notes }
}

const expectedUnit = (kind: MeasurementKind): string =>
  kind === 'irradianceWPerM2'
    ? 'W/m²'
    : kind === 'temperatureC'
      ? '°C, K'
      : kind.endsWith('A')
        ? 'A, mA'
        : kind.endsWith('V')
          ? 'V, mV'
          : 'W'

const measurementOf = (cells: readonly (readonly [MeasurementColumn, number | null])[]): Measurement => ({
  ...nothing,
  ...Object.fromEntries(
    cells.map(([{ kind, factor, offset }, value]) => [kind, value === null ? null : value * factor + offset]),
  ),
})

const listSchema = z.array(z.record(z.string(), z.unknown())).min(1)

/** Null when the JSON is not a list of measurements: then it has to be curves. */
const readMatrixJson = (text: string, file: string): Measurements | null => {
  const root = parseJson(text, file)
  const top = (Array.isArray(root) ? { points: root } : root) as Record<string, unknown>
  const list = listSchema.safeParse(top['points'] ?? top['matrix'] ?? top['measurements'])
  if (!list.success || !list.data.some((entry) => isMatrixHeader(Object.keys(entry)))) return null
  const titles = [...new Set(list.data.flatMap((entry) => Object.keys(entry)))]
  const { columns, notes } = columnsOf(titles, file)
  const cell = decimal.nullish()
  const rows = list.data.map((entry, at) =>
    measurementOf(
      columns.map(({ column, at: index }) => {
        const title = titles[index]!
        return [column, parseAs(cell, entry[title], `${file}, point ${at + 1}, ${title}`) ?? null]
      }),
    ),
  )
  return { source: 'matrix', rows, notes }
}

const readCurves = (text: string, file: string): Measurements => {
  const set = parseCurveFile(text, file)
  const notes = [...set.notes]
  const rows = set.curves.map((curve): Measurement => {
    const { iscA, vocV, pmaxW, impA, vmpV, flags } = extractIv(curve)
    if (flags.length > 0) notes.push(`Curve ${curve.id}: ${flags.map((flag) => flag.text).join(' ')}`)
    return { irradianceWPerM2: curve.irradianceWPerM2, temperatureC: curve.temperatureC, iscA, vocV, pmaxW, impA, vmpV }
  })
  return { source: 'curves', rows, notes }
}
