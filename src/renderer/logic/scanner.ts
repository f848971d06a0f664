/** A hand-held scanner is a keyboard that types fast and ends with Enter. */
export interface ScannerState {
  readonly text: string
  readonly lastKeyMs: number
}

export const noScan: ScannerState = { text: '', lastKeyMs: Number.NEGATIVE_INFINITY }

/** People need longer than this between two keys; scanners need 1 to 30 ms. */
const fastestPersonMs = 60
const shortestCode = 4

export interface ScannerStep {
  state: ScannerState
  /** The scanned text, when this key ended a scan. */
  scanned: string | null
}

/** Takes one key press; `key` as in `KeyboardEvent.key`. */
export function nextScan(state: ScannerState, key: string, atMs: number): ScannerStep {
  const fast = atMs - state.lastKeyMs <= fastestPersonMs
  if (key === 'Enter') {
    const text = state.text.trim()
    return { state: noScan, scanned: fast && text.length >= shortestCode ? text : null }
  }
  if (key === 'Shift') return { state, scanned: null }
  if (key.length !== 1) return { state: noScan, scanned: null }
  return { state: { text: fast ? state.text + key : key, lastKeyMs: atMs }, scanned: null }
}
