import type { Cell } from '../../../contract/report.ts'
import type { Scalar } from '../../../contract/template.ts'

/** What stands where there is no value; the reason stands beside it. */
export const missingText = '–'

/** A number with fixed decimals and a true minus sign; never “−0.00”. */
export const formatNumber = (value: number, decimals: number): string => {
  const text = value.toFixed(decimals)
  const negative = text.startsWith('-') && Number(text) !== 0
  return negative ? `−${text.slice(1)}` : text.replace('-', '')
}

export const numberCell = (value: number | null, decimals: number): Cell =>
  value === null ? { text: missingText, number: null } : { text: formatNumber(value, decimals), number: value }

export const textCell = (text: string): Cell => ({ text: text === '' ? missingText : text })

/** A number with its unit, or the dash with the reason. */
export const quantityCell = (quantity: {
  value: number | null
  unit: string
  decimals: number
  reason: string
}): Cell => {
  const { value, unit, decimals, reason } = quantity
  if (value === null) return { text: `${missingText} (${reason})`, number: null }
  return { text: `${formatNumber(value, decimals)}${unit === '' ? '' : ` ${unit}`}`, number: value }
}

/**
 * A setting as it was given: numbers in the shortest form that is exact, so that nothing is rounded away.
 */
export const settingCell = (value: Scalar, whenNull: string): Cell => {
  if (value === null) return { text: `${missingText} (${whenNull})`, number: null }
  if (typeof value === 'number') return { text: String(value).replace('-', '−'), number: value }
  if (typeof value === 'boolean') return { text: value ? 'yes' : 'no' }
  return textCell(value)
}

/** Decimals that show `digits` significant digits of the largest of these; 0 to 6. */
export const decimalsFor = (values: readonly (number | null)[], digits = 5): number => {
  let largest = 0
  for (const value of values) largest = Math.max(largest, Math.abs(value ?? 0))
  if (largest === 0) return 2
  return Math.min(6, Math.max(0, digits - 1 - Math.floor(Math.log10(largest))))
}

/** `2026-11-22 14:03:07 UTC` */
export const formatUtc = (utcMs: number): string => {
  const iso = new Date(utcMs).toISOString()
  return `${iso.slice(0, 10)} ${iso.slice(11, 19)} UTC`
}

/** `2026-11-22` */
export const formatUtcDate = (utcMs: number): string => new Date(utcMs).toISOString().slice(0, 10)

export const plural = (count: number, one: string, many = `${one}s`): string => `${count} ${count === 1 ? one : many}`

/** `1:02:03` */
export const formatDuration = (ms: number): string => {
  const s = Math.round(ms / 1000)
  const two = (value: number): string => String(value).padStart(2, '0')
  return `${Math.floor(s / 3600)}:${two(Math.floor(s / 60) % 60)}:${two(s % 60)}`
}
