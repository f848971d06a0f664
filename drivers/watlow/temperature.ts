/** These controllers tell temperatures in the unit of their display or of the interface. */
export type TemperatureUnit = 'C' | 'F'

/** Finer than any of these controllers shows, and coarser than what a float of 32 bits loses. */
export const roundTo = (value: number, step = 1e-3): number => {
  const rounded = Math.round(value / step) * step
  return Number(rounded.toFixed(6))
}

export const toCelsius = (value: number, unit: TemperatureUnit): number =>
  roundTo(unit === 'C' ? value : (value - 32) / 1.8)

export const fromCelsius = (celsius: number, unit: TemperatureUnit): number =>
  unit === 'C' ? celsius : celsius * 1.8 + 32

/** A difference, a rate or a band. */
export const toKelvin = (difference: number, unit: TemperatureUnit): number =>
  unit === 'C' ? difference : difference / 1.8
