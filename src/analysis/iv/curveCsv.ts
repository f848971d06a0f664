import { StationError } from '../../contract/errors.ts'
import { mean } from '../numeric/statistics.ts'
import { isComment, separators, splitCells, withoutComment, type Separator } from './csvCells.ts'
import { bareUnit, classifyHeader, isUnit, unitScale, type Column, type HeaderCell } from './csvHeader.ts'
import { readMetadata, type Metadata } from './csvMetadata.ts'
import { readDecimal, type CurveDraft, type FileDraft } from './curveDraft.ts'

interface Header {
  readonly separator: Separator
  readonly cells: readonly HeaderCell[]
  readonly width: number
  /** Index of the first line of data. */
  readonly dataFrom: number
  readonly line: number
}

/** Reads a table of I-V points with a header line; see parseCurveFile for what is understood. */
export const readCsv = (text: string, file: string): FileDraft => {
  const lines = text.split(/\r\n|\n|\r/)
  const header = findHeader(lines)
  if (header === null) throw new StationError('file.notACurve', { file, detail: whyNoHeader(lines) })
  const metadata = readMetadata(lines.slice(0, header.line))
  const notes = [...metadata.notes]
  const columns = chooseColumns(header, file, notes)
  const rows = readRows(lines, header, { file, columns })
  return { cellsInSeries: metadata.cellsInSeries, curves: groupCurves(rows, metadata, notes), notes }
}

const findHeader = (lines: readonly string[]): Header | null => {
  for (const separator of separators) {
    for (const [line, text] of lines.entries()) {
      const titles = splitCells(withoutComment(text), separator)
      const cells = titles.map(classifyHeader).filter((cell) => cell !== null)
      const has = (kind: string): boolean => cells.some((cell) => cell.kind === kind)
      if (!has('voltage') || !has('current')) continue
      const below = splitCells(withoutComment(lines[line + 1] ?? ''), separator)
      const unitLine = cells.every((cell) => cell.kind === 'curve' || cell.unit !== null)
        ? null
        : unitsBelow(cells, below)
      const dataFrom = line + (unitLine === null ? 1 : 2)
      return { separator, cells: unitLine ?? cells, width: titles.length, dataFrom, line }
    }
  }
  return null
}

/** Cells completed with the units of the line below the header; null when that line is not one of units. */
const unitsBelow = (cells: readonly HeaderCell[], below: readonly string[]): HeaderCell[] | null => {
  const pair = cells.filter((cell) => cell.kind === 'voltage' || cell.kind === 'current')
  if (!pair.every((cell) => isUnit(below[cell.index] ?? ''))) return null
  return cells.map((cell) => {
    const unit = bareUnit(below[cell.index] ?? '')
    return { ...cell, unit: unit === '' ? cell.unit : unit }
  })
}

const whyNoHeader = (lines: readonly string[]): string => {
  const first = lines.find((line) => line.trim() !== '') ?? ''
  const numeric = separators.some((separator) => {
    const cells = splitCells(first, separator).filter((cell) => cell !== '')
    return cells.length >= 2 && cells.every((cell) => readDecimal(cell.replace(',', '.')) !== null)
  })
  if (numeric) {
    return 'it has no header line, so the units of its columns are unknown; add one such as “Voltage (V),Current (A)”'
  }
  return 'no header line with a voltage and a current column was found'
}

/** One column a kind; conditions without a unit are set aside with a note, V and I without one are refused. */
const chooseColumns = (header: Header, file: string, notes: string[]): Column[] => {
  const columns: Column[] = []
  for (const cell of header.cells) {
    if (columns.some((column) => column.kind === cell.kind)) {
      notes.push(`The further ${cell.kind} column “${cell.title}” was set aside.`)
    } else if (cell.unit === null && (cell.kind === 'irradiance' || cell.kind === 'temperature')) {
      notes.push(`The column “${cell.title}” was set aside: it has no unit.`)
    } else columns.push({ kind: cell.kind, index: cell.index, title: cell.title, ...unitScale(cell, file) })
  }
  return columns
}

interface Row {
  id: string
  voltage: number
  current: number
  irradiance: number | null
  temperature: number | null
}

const readRows = (
  lines: readonly string[],
  header: Header,
  source: { file: string; columns: readonly Column[] },
): Row[] => {
  const { file, columns } = source
  const rows: Row[] = []
  const decimals = createDecimalReader()
  for (let line = header.dataFrom; line < lines.length; line++) {
    const text = lines[line]!
    if (text.trim() === '' || isComment(text)) continue
    const cells = splitCells(text, header.separator)
    if (cells.every((cell) => cell === '')) continue
    if (cells.slice(header.width).some((cell) => cell !== '')) {
      const detail = `line ${line + 1} has ${cells.length} cells, but the header has ${header.width}`
      throw new StationError('file.notACurve', { file, detail: `${detail} (a decimal comma needs another separator)` })
    }
    const value = (kind: Column['kind'], optional: boolean): number | null => {
      const column = columns.find((candidate) => candidate.kind === kind)
      if (column === undefined) return null
      const cell = cells[column.index] ?? ''
      if (optional && cell === '') return null
      const number = decimals.read(cell)
      if (number !== null) return number * column.factor + column.offset
      const place = `line ${line + 1}, column ${column.index + 1} (${column.title})`
      throw new StationError('file.badNumber', { file, place, text: cell })
    }
    const idColumn = columns.find((column) => column.kind === 'curve')
    rows.push({
      id: idColumn === undefined ? '' : (cells[idColumn.index] ?? ''),
      voltage: value('voltage', false)!,
      current: value('current', false)!,
      irradiance: value('irradiance', true),
      temperature: value('temperature', true),
    })
  }
  return rows
}

/** One file has one decimal sign: after a comma was read as such, a point is refused, and the other way round. */
export const createDecimalReader = (): { read(text: string): number | null } => {
  let sign: ',' | '.' | null = null
  const read = (text: string): number | null => {
    const used = text.includes(',') ? ',' : text.includes('.') ? '.' : null
    if (used === null) return readDecimal(text)
    sign ??= used
    if (used !== sign || (text.includes(',') && text.includes('.'))) return null
    return readDecimal(used === ',' ? text.replace(',', '.') : text)
  }
  return { read }
}

const groupCurves = (rows: readonly Row[], metadata: Metadata, notes: string[]): CurveDraft[] => {
  const groups = new Map<string, Row[]>()
  for (const row of rows) {
    const group = groups.get(row.id)
    if (group === undefined) groups.set(row.id, [row])
    else group.push(row)
  }
  const numbersPoints = rows.length > 1 && groups.size === rows.length
  if (numbersPoints)
    notes.push('The column that numbers the rows was taken as the number of the point, not of a curve.')
  const lists = numbersPoints || groups.size === 0 ? new Map([['', [...rows]]]) : groups
  return [...lists].map(([id, list], index) => draftOf(id === '' ? `${index + 1}` : id, list, metadata))
}

const draftOf = (id: string, rows: readonly Row[], metadata: Metadata): CurveDraft => {
  const irradiance = rows.map((row) => row.irradiance).filter((value) => value !== null)
  const temperature = rows.map((row) => row.temperature).filter((value) => value !== null)
  return {
    id,
    voltageV: rows.map((row) => row.voltage),
    currentA: rows.map((row) => row.current),
    irradianceWPerM2: mean(irradiance) ?? metadata.irradianceWPerM2,
    temperatureC: mean(temperature) ?? metadata.temperatureC,
    ...(irradiance.length === rows.length && rows.length > 0 ? { pointIrradianceWPerM2: irradiance } : {}),
  }
}
