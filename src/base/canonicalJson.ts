/** A date or a byte array has a form of its own; it must be chosen by the caller, not by what its keys happen to be. */
const isPlain = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' &&
  value !== null &&
  [Object.prototype, null].includes(Object.getPrototypeOf(value) as object)

/**
 * JSON with sorted keys and no spaces: equal values give equal bytes, so they can be hashed.
 * Undefined properties are left out; a number that isn't finite is refused, because JSON would turn it into null silently.
 */
export function canonicalJson(value: unknown): string {
  if (value === null || typeof value === 'boolean' || typeof value === 'string') return JSON.stringify(value)
  if (typeof value === 'number') {
    if (!Number.isFinite(value)) throw new RangeError(`${value} can't be written as JSON`)
    return JSON.stringify(value)
  }
  if (Array.isArray(value)) return `[${Array.from(value, (each: unknown) => canonicalJson(each ?? null)).join(',')}]`
  if (isPlain(value)) {
    const keys = Object.keys(value)
      .filter((key) => value[key] !== undefined)
      .sort()
    return `{${keys.map((key) => `${JSON.stringify(key)}:${canonicalJson(value[key])}`).join(',')}}`
  }
  throw new TypeError(`${Object.prototype.toString.call(value)} can't be written as JSON`)
}
