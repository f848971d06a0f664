export const operatorKey = 'pvtp.operator'

/** A convenience kept in this browser; null when there is none or the browser refuses to keep anything. */
export function readText(key: string): string | null {
  try {
    return window.localStorage.getItem(key)
  } catch {
    // Private windows may refuse storage; the operator then types the name again.
    return null
  }
}

/** Returns whether the browser kept it. */
export function writeText(key: string, text: string): boolean {
  try {
    window.localStorage.setItem(key, text)
    return true
  } catch {
    // See readText: nothing depends on it.
    return false
  }
}
