import type { CurveSet, IvCurve, SweepDirection } from '../../contract/curve.ts'
import { StationError } from '../../contract/errors.ts'
import { mean } from '../numeric/statistics.ts'

/** One curve as read from a file, before the checks that all forms share. */
export interface CurveDraft {
  id: string
  voltageV: number[]
  currentA: number[]
  irradianceWPerM2: number | null
  temperatureC: number | null
  pointIrradianceWPerM2?: number[]
  direction?: SweepDirection
}

export interface FileDraft {
  cellsInSeries: number | null
  curves: CurveDraft[]
  notes: string[]
}

const leastPoints = 2

/**
 * A number written in decimal: the nearest double, whatever the number of digits; null for anything else (text, NaN,
 * infinity, hexadecimal, an empty cell, or a value beyond the range of a double).
 */
export const readDecimal = (text: string): number | null => {
  const trimmed = text.trim()
  if (!/^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/.test(trimmed)) return null
  const value = Number(trimmed)
  return Number.isFinite(value) ? value : null
}

/** Checks point counts, ids and conditions, and turns load-convention curves round. */
export const assembleCurves = (draft: FileDraft, file: string): CurveSet => {
  const notes = [...draft.notes]
  if (draft.curves.length === 0) throw new StationError('file.notACurve', { file, detail: 'it holds no curve' })
  const taken = new Set<string>()
  const curves = draft.curves.map((curve) => {
    const count = curve.voltageV.length
    if (count < leastPoints)
      throw new StationError('file.tooFewPoints', { file, curve: curve.id, count, least: leastPoints })
    checkConditions(curve, file)
    checkMagnitudes(curve, file)
    const id = uniqueId(curve.id, taken)
    if (id !== curve.id) notes.push(`The curve id “${curve.id}” occurs more than once; this one is called “${id}”.`)
    return generatorConvention({ ...curve, id }, notes)
  })
  return { cellsInSeries: draft.cellsInSeries, curves, notes }
}

const uniqueId = (wanted: string, taken: Set<string>): string => {
  let id = wanted
  for (let copy = 2; taken.has(id); copy++) id = `${wanted}-${copy}`
  taken.add(id)
  return id
}

const checkConditions = (curve: CurveDraft, file: string): void => {
  const refuse = (detail: string): never => {
    throw new StationError('file.notACurve', { file, detail: `curve ${curve.id}: ${detail}` })
  }
  const { irradianceWPerM2: irradiance, temperatureC } = curve
  if (irradiance !== null && irradiance < 0) refuse(`the irradiance ${irradiance} W/m² is below 0`)
  if (temperatureC !== null && temperatureC <= -273.15) refuse(`the temperature ${temperatureC} °C is impossible`)
}

/** No photovoltaic device is beyond these: 100 kV, 100 kA; below a nanovolt or a femtoampere nothing was measured. */
const plausible = { voltage: [1e-9, 1e5], current: [1e-15, 1e5] } as const

const largestOf = (values: readonly number[]): number =>
  values.reduce((most, value) => Math.max(most, Math.abs(value)), 0)

/** A curve of noughts is a dark or dead one and is left for the evaluation to say so. */
const checkMagnitudes = (curve: CurveDraft, file: string): void => {
  const check = (what: 'voltage' | 'current', values: readonly number[], unit: string): void => {
    const largest = largestOf(values)
    const [least, most] = plausible[what]
    if (largest === 0 || (largest >= least && largest <= most)) return
    const detail = `its largest ${what} is ${largest} ${unit}`
    throw new StationError('file.implausible', { file, curve: curve.id, detail })
  }
  check('voltage', curve.voltageV, 'V')
  check('current', curve.currentA, 'A')
}

/**
 * The current near zero voltage decides: in the load convention an illuminated module starts at −Isc and rises.
 * A dark curve starts near zero and is left as it is.
 */
export const isLoadConvention = (curve: CurveDraft): boolean => {
  const { voltageV, currentA } = curve
  let [nearest, farthest] = [0, 0]
  voltageV.forEach((voltage, k) => {
    if (Math.abs(voltage) < Math.abs(voltageV[nearest]!)) nearest = k
    if (voltage > voltageV[farthest]!) farthest = k
  })
  const largest = largestOf(currentA)
  const start = currentA[nearest]!
  const energy = mean(voltageV.map((voltage, k) => Math.max(0, voltage) * Math.min(0, currentA[k]!))) ?? 0
  return start < -0.3 * largest && currentA[farthest]! > start && energy < 0
}

const generatorConvention = (curve: CurveDraft, notes: string[]): IvCurve => {
  if (!isLoadConvention(curve)) return curve
  notes.push(`Curve ${curve.id}: the currents are in the load convention; their sign was turned.`)
  return { ...curve, currentA: curve.currentA.map((current) => (current === 0 ? 0 : -current)) }
}
