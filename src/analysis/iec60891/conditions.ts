import type { IvCurve } from '../../contract/curve.ts'
import { StationError } from '../../contract/errors.ts'

/** In-plane irradiance (above 0) and module temperature of a curve. */
export interface Conditions {
  readonly irradianceWPerM2: number
  readonly temperatureC: number
}

/** Voltages and currents that pair up by index. */
export interface Points {
  readonly voltageV: readonly number[]
  readonly currentA: readonly number[]
}

/** Standard test conditions, 1000 W/m² and 25 °C. */
export const standardConditions: Conditions = { irradianceWPerM2: 1000, temperatureC: 25 }

/** @throws StationError analysis.badInput unless G is above 0, T above absolute zero and both are finite */
export const checkConditions = (what: string, conditions: Conditions): Conditions => {
  const { irradianceWPerM2, temperatureC } = conditions
  const refuse = (detail: string): never => {
    throw new StationError('analysis.badInput', { what, detail })
  }
  if (!Number.isFinite(irradianceWPerM2) || irradianceWPerM2 <= 0) refuse('the irradiance must be above 0 W/m²')
  if (!Number.isFinite(temperatureC) || temperatureC <= -273.15) refuse('the temperature is not a possible one')
  return conditions
}

/**
 * The conditions a curve was measured at.
 *
 * @throws StationError analysis.badInput when the curve has none: they are never assumed
 */
export const conditionsOf = (curve: IvCurve): Conditions => {
  const { irradianceWPerM2, temperatureC } = curve
  const what = `Curve ${curve.id}`
  if (irradianceWPerM2 === null)
    throw new StationError('analysis.badInput', { what, detail: 'its irradiance is missing' })
  if (temperatureC === null) throw new StationError('analysis.badInput', { what, detail: 'its temperature is missing' })
  return checkConditions(what, { irradianceWPerM2, temperatureC })
}

/** @throws StationError analysis.badInput when a named coefficient is not a finite number */
export const checkCoefficients = (what: string, coefficients: object): void => {
  for (const [name, value] of Object.entries(coefficients)) {
    if (typeof value === 'number' && Number.isFinite(value)) continue
    throw new StationError('analysis.badInput', { what, detail: `${name} is not a finite number` })
  }
}
