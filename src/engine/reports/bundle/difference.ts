export interface Difference {
  path: string
  sealed: string
  now: string
}

/**
 * Numbers count as equal within this relative distance: exp and log of another processor or engine may differ in the
 * last digit, and nothing is printed with more than nine.
 */
const relativeTolerance = 1e-9

const isNear = (a: number, b: number): boolean =>
  Math.abs(a - b) <= relativeTolerance * Math.max(Math.abs(a), Math.abs(b), 1e-3)

const show = (value: unknown): string => (JSON.stringify(value) ?? 'nothing').slice(0, 120)

const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null

const firstInArrays = (sealed: readonly unknown[], now: readonly unknown[], path: string): Difference | null => {
  for (let k = 0; k < Math.max(sealed.length, now.length); k++) {
    const found = firstDifference(sealed[k], now[k], `${path}[${k}]`)
    if (found) return found
  }
  return null
}

/** The first place at which two JSON values differ, as a dotted path with both values; null when they are equal. */
export const firstDifference = (sealed: unknown, now: unknown, path: string): Difference | null => {
  if (typeof sealed === 'number' && typeof now === 'number' && isNear(sealed, now)) return null
  if (!isRecord(sealed) || !isRecord(now) || Array.isArray(sealed) !== Array.isArray(now))
    return sealed === now ? null : { path, sealed: show(sealed), now: show(now) }
  if (Array.isArray(sealed) && Array.isArray(now)) return firstInArrays(sealed, now, path)
  const keys = [...new Set([...Object.keys(sealed), ...Object.keys(now)])].sort()
  for (const key of keys) {
    const found = firstDifference(sealed[key], now[key], `${path}.${key}`)
    if (found) return found
  }
  return null
}
