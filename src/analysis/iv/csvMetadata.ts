import { readDecimal } from './curveDraft.ts'
import { unitScale, type HeaderCell } from './csvHeader.ts'
import { withoutComment } from './csvCells.ts'

export interface Metadata {
  irradianceWPerM2: number | null
  temperatureC: number | null
  cellsInSeries: number | null
  notes: string[]
}

const statement =
  /^(.*?)\s*(?:[([]\s*([^)\]]*)\s*[)\]])?\s*[:=;,\t|]+\s*([+-]?[\d.,]+(?:[eE][+-]?\d+)?)\s*[;,\t| ]*\s*(\S.*)?$/
const irradianceName =
  /^(?:mean |average |effective |poa |plane.of.array )?(?:irradiance|einstrahlung|bestrahlungsstärke|g|poa)$/i
const temperatureName =
  /^(?:module |cell |device |dut |mean |average )?(?:temperature|temperatur|temp\.?|t|t_?mod|t_?cell)$/i
const cellsName = /^(?:number of )?(?:cells?|zellen)(?:[ _]?in[ _]?series| per string)?$|^n_?s$|^cellsInSeries$/i

/**
 * Picks irradiance, temperature and the number of cells out of the lines before the header, where name, number and unit
 * are plain. A condition without a unit is set aside with a note: units are not guessed.
 */
export const readMetadata = (lines: readonly string[]): Metadata => {
  const found: Metadata = { irradianceWPerM2: null, temperatureC: null, cellsInSeries: null, notes: [] }
  for (const line of lines) {
    const text = withoutComment(line)
      .replaceAll('"', '')
      .trim()
      .replace(/[;,\t|\s]+$/, '')
    const match = statement.exec(text)
    if (match) readStatement(match, found)
  }
  return found
}

const readStatement = (match: RegExpExecArray, found: Metadata): void => {
  const name = match[1]!.trim()
  const unit = match[2] ?? match[4] ?? null
  const value = readDecimal(match[3]!.replace(/^([+-]?\d*),(\d+)$/, '$1.$2'))
  if (value === null) return
  if (cellsName.test(name) && Number.isInteger(value) && value >= 1) found.cellsInSeries ??= value
  const kind = irradianceName.test(name) ? 'irradiance' : temperatureName.test(name) ? 'temperature' : null
  if (kind === null) return
  const scaled = applyUnit({ kind, index: 0, title: name, unit }, value)
  if (scaled === null) {
    found.notes.push(
      `“${match[0]}” was set aside: its unit ${unit === null ? 'is missing' : `“${unit}” is not known`}.`,
    )
  } else if (kind === 'irradiance') found.irradianceWPerM2 ??= scaled
  else found.temperatureC ??= scaled
}

const applyUnit = (cell: HeaderCell, value: number): number | null => {
  if (cell.unit === null) return null
  try {
    const { factor, offset } = unitScale(cell, '')
    return value * factor + offset
  } catch {
    // An unknown unit of a metadata line is not an error of the file: the caller notes it.
    return null
  }
}
