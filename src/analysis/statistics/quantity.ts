import { StationError } from '../../contract/errors.ts'

/** A number, or the reason why there is none. Never NaN, never infinite. */
export type Quantity = { readonly value: number } | { readonly value: null; readonly reason: string }

export const missing = (reason: string): Quantity => ({ value: null, reason })

/** @returns the value when it is finite, otherwise null with the reason */
export const quantity = (value: number | null, reason: string): Quantity =>
  value !== null && Number.isFinite(value) ? { value } : { value: null, reason }

/** Why a quantity is missing; null when it is there. */
export const reasonOf = (of: Quantity): string | null => (of.value === null ? of.reason : null)

export const badInput = (what: string, detail: string): StationError =>
  new StationError('analysis.badInput', { what, detail })

/** @throws StationError analysis.badInput when the number is NaN or infinite */
export const requireFinite = (value: number, what: string): number => {
  if (!Number.isFinite(value)) throw badInput(what, `${value} is not a finite number`)
  return value
}

/** @throws StationError analysis.badInput unless the number is finite and above 0 */
export const requirePositive = (value: number, what: string): number => {
  if (!(Number.isFinite(value) && value > 0)) throw badInput(what, `${value} is not a finite number above 0`)
  return value
}

/** @throws StationError analysis.badInput unless the number is finite and at least 0 */
export const requireNotNegative = (value: number, what: string): number => {
  if (!(Number.isFinite(value) && value >= 0)) throw badInput(what, `${value} is not a finite number of at least 0`)
  return value
}

/** @throws StationError analysis.badInput at the first number that is NaN or infinite */
export const requireAllFinite = (values: ArrayLike<number>, what: string): void => {
  for (let i = 0; i < values.length; i++) {
    if (!Number.isFinite(values[i])) throw badInput(what, `value ${i} (${values[i]}) is not a finite number`)
  }
}

const mostToSquare = 1e140

/** @throws StationError analysis.badInput at a number that isn't finite, or whose square would leave a double's range */
export const requireSquarable = (values: ArrayLike<number>, what: string): void => {
  requireAllFinite(values, what)
  for (let i = 0; i < values.length; i++) {
    if (Math.abs(values[i]!) > mostToSquare) throw badInput(what, `value ${i} (${values[i]}) is too large`)
  }
}

/** A method's name and version, stored with each of its results. */
export interface Method {
  readonly id: string
  readonly version: string
}
