import {
  temperatureCoefficient,
  temperatureCoefficientVersion,
} from '../analysis/performance/temperatureCoefficients.ts'
import { StationError } from '../contract/errors.ts'
import { readMeasurements, type Measurement } from './measurementFile.ts'

const quantities = {
  isc: { key: 'iscA', unit: 'A', growsWithLight: true },
  voc: { key: 'vocV', unit: 'V', growsWithLight: false },
  pmax: { key: 'pmaxW', unit: 'W', growsWithLight: true },
  imp: { key: 'impA', unit: 'A', growsWithLight: true },
  vmp: { key: 'vmpV', unit: 'V', growsWithLight: false },
} as const

type Quantity = keyof typeof quantities

/** Rows within this share of the asked irradiance count for it. */
const irradianceTolerance = 0.02

type AtIrradiance = Measurement & { readonly irradianceWPerM2: number; readonly temperatureC: number }

/**
 * Temperature coefficients of a module from a (G, T) matrix or from I-V curves, as `pvtp tempco` prints them: ordinary
 * least squares over the temperature at one irradiance. Rows within 2 % of it count; their Isc, Imp and Pmax are scaled
 * to it in proportion.
 *
 * @param irradianceWPerM2 above 0
 * @throws StationError analysis.badInput without two temperatures at that irradiance; those of readMeasurements
 */
export function tempcoFile(text: string, fileName: string, irradianceWPerM2: number) {
  const { source, rows, notes } = readMeasurements(text, fileName)
  const chosen = rows.filter((row): row is AtIrradiance => isAt(row, irradianceWPerM2))
  checkTemperatures(rows, chosen, { fileName, irradianceWPerM2 })
  const scaled = chosen.filter((row) => row.irradianceWPerM2 !== irradianceWPerM2).length
  const found = Object.fromEntries(
    Object.keys(quantities).map((name) => [name, coefficientOf(name as Quantity, chosen, irradianceWPerM2)]),
  ) as Record<Quantity, ReturnType<typeof coefficientOf>>
  return {
    irradianceWPerM2,
    source,
    rowsUsed: chosen.length,
    rowsInFile: rows.length,
    ...found,
    notes: [
      ...notes,
      ...(scaled > 0
        ? [`Isc, Imp and Pmax of ${scaled} rows were scaled in proportion to exactly ${irradianceWPerM2} W/m².`]
        : []),
    ],
    method: temperatureCoefficientVersion,
  }
}

const isAt = (row: Measurement, irradianceWPerM2: number): boolean =>
  row.irradianceWPerM2 !== null &&
  row.temperatureC !== null &&
  Math.abs(row.irradianceWPerM2 / irradianceWPerM2 - 1) <= irradianceTolerance

function checkTemperatures(
  rows: readonly Measurement[],
  chosen: readonly AtIrradiance[],
  { fileName, irradianceWPerM2 }: { fileName: string; irradianceWPerM2: number },
): void {
  if (new Set(chosen.map((row) => row.temperatureC)).size >= 2) return
  const levels = [...new Set(rows.flatMap((row) => row.irradianceWPerM2 ?? []))].sort((a, b) => a - b)
  const listed = levels.slice(0, 20).map((level) => Number(level.toPrecision(5)))
  const there = levels.length === 0 ? 'it states no irradiance' : `it has ${listed.join(', ')} W/m²`
  throw new StationError('analysis.badInput', {
    what: fileName,
    detail: `two or more temperatures within 2 % of ${irradianceWPerM2} W/m² are needed; ${there}`,
  })
}

function coefficientOf(name: Quantity, rows: readonly AtIrradiance[], irradianceWPerM2: number) {
  const { key, unit, growsWithLight } = quantities[name]
  const points = rows.flatMap((row) => {
    const value = row[key]
    const scale = growsWithLight ? irradianceWPerM2 / row.irradianceWPerM2 : 1
    return value === null ? [] : [{ temperatureC: row.temperatureC, value: scale * value }]
  })
  if (new Set(points.map((point) => point.temperatureC)).size < 2)
    return { perK: null, reason: 'The file has no values of it at two or more temperatures.' }
  const found = temperatureCoefficient(points)
  return {
    unit: `${unit}/K`,
    perK: found.perK,
    /** Standard error of the slope; null with two points. */
    perKStandardError: found.perKError,
    percentPerK: {
      ofFitAt25C: found.percentPerK,
      ofMeasuredNearest25C: found.percentPerKOfMeasured,
    },
    fitAt25C: found.at25,
    rSquared: found.rSquared,
    largestResidual: found.largestResidual,
    temperatureRangeC: found.temperatureRangeC,
    count: found.count,
    reasons: [
      ...(found.perKError === null ? ['Two points leave no standard error.'] : []),
      ...(found.percentPerKOfMeasured === null ? ['No value was measured within 1 K of 25 °C.'] : []),
    ],
  }
}
