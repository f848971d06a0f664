/** Shown where there is no value. A missing value is never shown as zero. */
export const noValue = '–'

const withMinusSign = (text: string): string => text.replace('-', '−')

/** A number with fixed decimals and a real minus sign; `noValue` when there is none. */
export function formatNumber(value: number | null | undefined, decimals: number): string {
  if (value === null || value === undefined || !Number.isFinite(value)) return noValue
  const text = value.toFixed(decimals)
  return withMinusSign(Number(text) === 0 ? (0).toFixed(decimals) : text)
}

/** A number as it was given, at most six significant digits. */
export function formatPlain(value: number): string {
  return withMinusSign(String(Number(value.toPrecision(6))))
}

/** Value and unit with a space between them; no unit after a missing value. */
export function formatQuantity(value: number | null | undefined, decimals: number, unit: string): string {
  const text = formatNumber(value, decimals)
  return text === noValue || unit === '' ? text : `${text} ${unit}`
}

const two = (value: number): string => String(value).padStart(2, '0')

/** Time of day of the window's time zone, `hh:mm:ss`. */
export function formatClock(utcMs: number): string {
  const date = new Date(utcMs)
  return `${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}`
}

/** Date of the window's time zone, `yyyy-mm-dd`. */
export function formatDay(utcMs: number): string {
  const date = new Date(utcMs)
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`
}

export const formatDateTime = (utcMs: number): string => `${formatDay(utcMs)} ${formatClock(utcMs)}`

/** Date and time as on paper: UTC, whatever the zone of the window. */
export const formatUtc = (utcMs: number): string =>
  `${new Date(utcMs).toISOString().slice(0, 19).replace('T', ' ')} UTC`

/** How long something took or how old it is, in the largest unit that fits. */
export function formatDuration(durationMs: number): string {
  const seconds = Math.max(0, Math.round(durationMs / 1000))
  if (seconds < 60) return `${seconds} s`
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min ${seconds % 60} s`
  const hours = Math.floor(seconds / 3600)
  if (hours < 48) return `${hours} h ${Math.floor((seconds % 3600) / 60)} min`
  return `${Math.floor(hours / 24)} d ${hours % 24} h`
}

/** Size of a file, decimal units. */
export function formatBytes(bytes: number): string {
  if (bytes < 1000) return `${bytes} B`
  if (bytes < 1_000_000) return `${(bytes / 1000).toFixed(bytes < 10_000 ? 1 : 0)} kB`
  return `${(bytes / 1_000_000).toFixed(1)} MB`
}

/** The last characters of an id: UUIDv7 of one minute share their beginning. */
export const shortId = (id: string): string => (id.length > 12 ? id.slice(-8) : id)
