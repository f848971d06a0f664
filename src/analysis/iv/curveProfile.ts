import type { CurveSet } from '../../contract/curve.ts'
import { StationError } from '../../contract/errors.ts'
import type { ImportColumn, ImportProfile } from '../../contract/importProfile.ts'
import { mean } from '../numeric/statistics.ts'
import { splitCells } from './csvCells.ts'
import { unitScale } from './csvHeader.ts'
import { assembleCurves, isLoadConvention, readDecimal, type CurveDraft } from './curveDraft.ts'

/** Version of the reading rules below; stored with an import. */
export const curveProfileVersion = 'curve file by profile 1.0'

type Quantity = Exclude<ImportColumn, 'curve'>
const quantities: readonly Quantity[] = ['voltage', 'current', 'irradiance', 'temperature']

interface Row extends Record<Quantity, number | null> {
  id: string
}

/** A line of the file: its number from 1, and its cells. */
export interface ImportLine {
  line: number
  cells: string[]
}

/** Lines of a file as its profile cuts them, for a preview; `count` of them. */
export function previewLines(text: string, profile: Pick<ImportProfile, 'delimiter'>, count: number): ImportLine[] {
  return linesOf(text)
    .slice(0, count)
    .map((each, i) => ({ line: i + 1, cells: splitCells(each, profile.delimiter) }))
}

export const linesOf = (text: string): string[] => text.replace(/^\uFEFF/, '').split(/\r\n|\n|\r/)

/** What a complaint is about. */
interface Place {
  file: string
  line: number
  column: number
  what: string
}

export const complain =
  (profile: Pick<ImportProfile, 'name'>) =>
  ({ file, line, column, what }: Place, detail: string): StationError =>
    new StationError('file.badColumn', { file, line, column, what, detail, profile: profile.name })

/** A number with the profile's decimal sign and no other; null for anything else. */
export const readNumber = (cell: string, decimal: ImportProfile['decimal']): number | null => {
  if (decimal === '.') return readDecimal(cell)
  return cell.includes('.') ? null : readDecimal(cell.replace(',', '.'))
}

/** The header line has to say what the profile says it does. Throws file.badColumn. */
export function checkTitles(
  lines: readonly string[],
  file: string,
  profile: Pick<ImportProfile, 'name' | 'skipLines' | 'delimiter'> & {
    columns: readonly (readonly [what: string, at: { column: number; title?: string | undefined } | undefined])[]
  },
): void {
  const { columns, skipLines, delimiter } = profile
  const header = splitCells(lines[skipLines - 1] ?? '', delimiter)
  for (const [what, each] of columns) {
    if (each?.title === undefined || each.title === '') continue
    const found = header[each.column - 1]
    if (found?.toLowerCase() === each.title.toLowerCase()) continue
    const place = { file, line: skipLines, column: each.column, what }
    throw complain(profile)(place, `the header says “${found ?? ''}”, not “${each.title}”`)
  }
}

/** Cells of the lines of numbers. */
export function dataLines(
  lines: readonly string[],
  profile: Pick<ImportProfile, 'skipLines' | 'comment' | 'delimiter' | 'stopAtEmptyLine'>,
): ImportLine[] {
  const { skipLines, comment, delimiter, stopAtEmptyLine } = profile
  const found: ImportLine[] = []
  for (let i = skipLines; i < lines.length; i++) {
    const text = lines[i] ?? ''
    const isEmpty = text.trim() === ''
    if (isEmpty && stopAtEmptyLine && found.length > 0) break
    if (isEmpty || (comment !== '' && text.trimStart().startsWith(comment))) continue
    found.push({ line: i + 1, cells: splitCells(text, delimiter) })
  }
  return found
}

function readRow({ line, cells }: ImportLine, file: string, profile: ImportProfile): Row {
  const refuse = complain(profile)
  const valueOf = (what: Quantity): number | null => {
    const mapped = profile.columns[what]
    if (!mapped) return null
    const { column, unit } = mapped
    const cell = cells[column - 1]
    const place = { file, line, column, what }
    const isOptional = what === 'irradiance' || what === 'temperature'
    if (cell === '' && isOptional) return null
    if (cell === undefined) throw refuse(place, `the line has only ${cells.length} column(s)`)
    const number = readNumber(cell, profile.decimal)
    if (number === null)
      throw refuse(
        place,
        `“${cell.slice(0, 40)}” is not a number with a decimal ${profile.decimal === ',' ? 'comma' : 'point'}`,
      )
    const { factor, offset } = unitScale({ kind: what, index: column - 1, title: what, unit }, file)
    return number * factor + offset
  }
  const curve = profile.columns.curve
  const id = curve ? cells[curve.column - 1] : ''
  if (curve && (id === undefined || id === ''))
    throw refuse({ file, line, column: curve.column, what: 'curve' }, 'the curve has no name there')
  const [voltage, current, irradiance, temperature] = quantities.map(valueOf)
  return {
    id: id ?? '',
    voltage: voltage ?? null,
    current: current ?? null,
    irradiance: irradiance ?? null,
    temperature: temperature ?? null,
  }
}

const known = (rows: readonly Row[], what: Quantity): number[] =>
  rows.map((row) => row[what]).filter((value) => value !== null)

function draftOf(id: string, rows: readonly Row[], of: { file: string; profile: ImportProfile }): CurveDraft {
  const { sign } = of.profile
  const turn = sign === 'load' ? -1 : 1
  const irradiance = known(rows, 'irradiance')
  const draft: CurveDraft = {
    id,
    voltageV: known(rows, 'voltage'),
    currentA: known(rows, 'current').map((current) => (current === 0 ? 0 : current * turn)),
    irradianceWPerM2: mean(irradiance),
    temperatureC: mean(known(rows, 'temperature')),
    ...(irradiance.length === rows.length ? { pointIrradianceWPerM2: irradiance } : {}),
  }
  if (sign !== 'automatic' && isLoadConvention(draft))
    throw new StationError('file.implausible', {
      file: of.file,
      curve: id,
      detail: `by the profile's sign convention (${sign}) the module would take power instead of delivering it`,
    })
  return draft
}

/**
 * Reads measured I-V curves from a table as an import profile says: nothing is recognised or guessed.
 *
 * @param text the file's content, decoded by the profile's encoding
 * @param fileName for messages
 * @returns at least one curve, each of at least two finite points in the order of the file
 * @throws StationError file.badColumn with line and column, file.notACurve, file.implausible, file.tooFewPoints
 */
export function parseCurveFileBy(profile: ImportProfile, text: string, fileName: string): CurveSet {
  const lines = linesOf(text)
  checkTitles(lines, fileName, { ...profile, columns: Object.entries(profile.columns) })
  const rows = dataLines(lines, profile).map((each) => readRow(each, fileName, profile))
  if (rows.length === 0) {
    const detail = `below the ${profile.skipLines} line(s) that the profile “${profile.name}” skips there is no line of numbers`
    throw new StationError('file.notACurve', { file: fileName, detail })
  }
  const groups = new Map<string, Row[]>()
  for (const row of rows) {
    const group = groups.get(row.id)
    if (group) group.push(row)
    else groups.set(row.id, [row])
  }
  const curves = [...groups].map(([id, list]) => draftOf(id === '' ? '1' : id, list, { file: fileName, profile }))
  const { voltage, current } = profile.columns
  const note =
    `Read by the import profile “${profile.name}”: voltage in column ${voltage.column} (${voltage.unit}), ` +
    `current in column ${current.column} (${current.unit}), sign ${profile.sign}.`
  return assembleCurves({ cellsInSeries: null, curves, notes: [note] }, fileName)
}
