import type { Reading } from '../../contract/instrument.ts'

/** A value that is older than this is no longer shown as the present one. Sensors are read every second or faster. */
const freshForMs = 4000

export const isStale = (ageMs: number): boolean => ageMs > freshForMs

const decimals: Record<string, number> = { 'W/m²': 1, '°C': 2, K: 2, V: 3, A: 4, W: 2, '%': 2, Ω: 3 }

/** Decimals that suit a unit; two where nothing is known. */
export const decimalsOfUnit = (unit: string): number => decimals[unit] ?? 2

/** `temperature.external` becomes `Temperature external`. */
export function readingName(reading: Pick<Reading, 'channel'>): string {
  const words = reading.channel
    .split('.')
    .join(' ')
    .replace(/([a-z])([A-Z])/g, (_all, a: string, b: string) => `${a} ${b.toLowerCase()}`)
  return words.charAt(0).toUpperCase() + words.slice(1)
}
