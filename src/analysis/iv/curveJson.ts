import { StationError, messageOf } from '../../contract/errors.ts'
import { readDecimal, type CurveDraft, type FileDraft } from './curveDraft.ts'

type Fields = Record<string, unknown>

const isFields = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** Reads the JSON forms of a curve file; keys that are not known are ignored. */
export const readJson = (text: string, file: string): FileDraft => {
  const root = parse(text, file)
  const top: Fields = Array.isArray(root) ? { curves: root } : isFields(root) ? root : {}
  const listed = top['curves'] ?? top['IV Curves']
  const list: unknown = listed ?? ('voltageV' in top ? [top] : null)
  if (!Array.isArray(list)) {
    throw new StationError('file.notACurve', { file, detail: 'the JSON has no list “curves”' })
  }
  const curves = list.map((entry: unknown, index) => {
    if (!isFields(entry)) {
      throw new StationError('file.notACurve', { file, detail: `curve ${index + 1} is not a JSON object` })
    }
    return readCurve(entry, index, file)
  })
  return { cellsInSeries: readCells(top, list, file), curves, notes: [] }
}

const parse = (text: string, file: string): unknown => {
  try {
    return JSON.parse(text) as unknown
  } catch (thrown) {
    const bare = findBareWord(text)
    if (bare !== null) throw new StationError('file.badNumber', { file, ...bare }, thrown)
    throw new StationError('file.notACurve', { file, detail: `it is not valid JSON (${messageOf(thrown)})` }, thrown)
  }
}

/** The NaN or Infinity that some programs write as a bare word, which JSON does not know. */
const findBareWord = (text: string): { place: string; text: string } | null => {
  const lines = text.split(/\r\n|\n|\r/)
  for (const [index, line] of lines.entries()) {
    const found = /(?:^|[[,:\s])(-?(?:NaN|nan|Infinity|Inf|inf))(?=$|[\],\s}])/.exec(line)
    if (found) return { place: `line ${index + 1}, column ${line.indexOf(found[1]!) + 1}`, text: found[1]! }
  }
  return null
}

const readCurve = (entry: Fields, index: number, file: string): CurveDraft => {
  const name = entry['id'] ?? entry['Index']
  const id =
    typeof name === 'string' && name.trim() !== '' ? name : typeof name === 'number' ? `${name}` : `${index + 1}`
  const place = { file, curve: id }
  const voltageV = readList(entry['voltageV'] ?? entry['Voltages'], { ...place, key: 'voltageV' })
  const currentA = readList(entry['currentA'] ?? entry['Currents'], { ...place, key: 'currentA' })
  requireSameLength(voltageV, currentA, { ...place, key: 'currentA' })
  const perPoint = entry['pointIrradianceWPerM2']
  const points =
    perPoint === undefined || perPoint === null ? null : readList(perPoint, { ...place, key: 'pointIrradianceWPerM2' })
  if (points) requireSameLength(voltageV, points, { ...place, key: 'pointIrradianceWPerM2' })
  const direction = entry['direction']
  return {
    id,
    voltageV,
    currentA,
    irradianceWPerM2: readOptional(entry['irradianceWPerM2'] ?? entry['Irradiance'], {
      ...place,
      key: 'irradianceWPerM2',
    }),
    temperatureC: readTemperature(entry, place),
    ...(points ? { pointIrradianceWPerM2: points } : {}),
    ...(direction === 'forward' || direction === 'reverse' ? { direction } : {}),
  }
}

interface Place {
  file: string
  curve: string
  key: string
}

const requireSameLength = (voltages: readonly number[], others: readonly number[], place: Place): void => {
  if (voltages.length === others.length) return
  const detail = `curve ${place.curve}: ${voltages.length} values in voltageV, but ${others.length} in ${place.key}`
  throw new StationError('file.notACurve', { file: place.file, detail })
}

const readNumber = (value: unknown): number | null => {
  if (typeof value === 'number') return Number.isFinite(value) ? value : null
  return typeof value === 'string' ? readDecimal(value) : null
}

const shown = (value: unknown): string => (typeof value === 'string' ? value : (JSON.stringify(value) ?? 'nothing'))

const readList = (list: unknown, place: Place): number[] => {
  if (!Array.isArray(list)) {
    const detail = `curve ${place.curve} has no list “${place.key}”`
    throw new StationError('file.notACurve', { file: place.file, detail })
  }
  return list.map((value: unknown, index) => {
    const number = readNumber(value)
    if (number !== null) return number
    const where = `curve ${place.curve}, ${place.key}[${index}]`
    throw new StationError('file.badNumber', { file: place.file, place: where, text: shown(value) })
  })
}

const readOptional = (value: unknown, place: Place): number | null => {
  if (value === undefined || value === null || value === '') return null
  const number = readNumber(value)
  if (number !== null) return number
  const where = `curve ${place.curve}, ${place.key}`
  throw new StationError('file.badNumber', { file: place.file, place: where, text: shown(value) })
}

/** The ivcurves project's “Temperature” is in kelvin. */
const readTemperature = (entry: Fields, place: Omit<Place, 'key'>): number | null => {
  const stated = readOptional(entry['temperatureC'], { ...place, key: 'temperatureC' })
  if (stated !== null) return stated
  const kelvin = readOptional(entry['Temperature'], { ...place, key: 'Temperature' })
  return kelvin === null ? null : kelvin - 273.15
}

/** From the top of the file, or from the curves where they agree (the ivcurves project states it per file or per curve). */
const readCells = (top: Fields, list: readonly unknown[], file: string): number | null => {
  const stated = [top, ...list].flatMap((entry) => {
    if (!isFields(entry)) return []
    const value = entry['cellsInSeries'] ?? entry['cells_in_series']
    return value === undefined || value === null || value === '' ? [] : [value]
  })
  const cells = stated.map((value) => {
    const number = readNumber(value)
    if (number !== null && Number.isInteger(number) && number >= 1) return number
    const detail = `cellsInSeries is ${shown(value)}; it must be a whole number from 1`
    throw new StationError('file.notACurve', { file, detail })
  })
  const first = cells[0] ?? null
  return cells.every((count) => count === first) ? first : null
}
