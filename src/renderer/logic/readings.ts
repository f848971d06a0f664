import type { Reading } from '../../contract/instrument.ts'
import { formatNumber, formatPlain, noValue } from './format.ts'

/** A value that is older than this is no longer shown as the present one, unless its instrument is read less often. */
const freshForMs = 4000
/** A reading may be late; three that didn't come are more than that. */
const missedReadings = 3

/** @param everyMs how often the instrument was read lately; null: not known */
export const isStale = (ageMs: number, everyMs: number | null = null): boolean =>
  ageMs > Math.max(freshForMs, (everyMs ?? 0) * missedReadings)

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

const small = [
  [1e-3, 'm'],
  [1e-6, 'µ'],
  [1e-9, 'n'],
] as const
const large = [
  [1e9, 'G'],
  [1e6, 'M'],
  [1e3, 'k'],
] as const
const prefixed: readonly string[] = ['A', 'V', 'W', 'Ω']

/** A value as it is read at a glance: a leakage of 2 µA must not stand there as 0.0000 A. */
export function scaledReading(value: number | null, unit: string): { text: string; unit: string } {
  // A switch, a count: there is no unit to say, and no decimals to invent.
  if (value !== null && (unit === '1' || unit === '')) return { text: formatPlain(value), unit: '' }
  const size = Math.abs(value ?? 0)
  const plain = { text: formatNumber(value, decimalsOfUnit(unit)), unit }
  if (value === null || size === 0 || !prefixed.includes(unit) || (size >= 0.1 && size < 10_000)) return plain
  const [factor, prefix] =
    size < 0.1 ? (small.find(([each]) => size >= each) ?? small[2]) : large.find(([each]) => size >= each)!
  return { text: formatNumber(value / factor, 2), unit: `${prefix}${unit}` }
}

/** Value and unit for a table; a dash where there is none. */
export function sayReading(value: number | null, unit: string): string {
  if (value === null) return noValue
  const scaled = scaledReading(value, unit)
  return `${scaled.text} ${scaled.unit}`.trim()
}
