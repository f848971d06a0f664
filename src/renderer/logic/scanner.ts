/** A hand-held scanner is a keyboard that types fast and ends with Enter. */
export interface ScannerState {
  readonly text: string
  readonly firstKeyMs: number
  readonly lastKeyMs: number
}

export const noScan: ScannerState = { text: '', firstKeyMs: 0, lastKeyMs: Number.NEGATIVE_INFINITY }

/**
 * Mean time between keys. Scanners need 1 to 50 ms, people more than 100. The mean, not each gap, so that a hiccup of
 * a busy machine never cuts the beginning off an id.
 */
const slowestMeanMs = 80
const pauseMs = 1000
const shortestCode = 4

export interface ScannerStep {
  state: ScannerState
  /** The scanned text, when this key ended a scan. */
  scanned: string | null
}

/** Takes one key press; `key` as in `KeyboardEvent.key`. */
export function nextScan(state: ScannerState, key: string, atMs: number): ScannerStep {
  const goesOn = atMs - state.lastKeyMs <= pauseMs
  if (key === 'Enter') {
    const text = state.text.trim()
    const fast = goesOn && atMs - state.firstKeyMs <= slowestMeanMs * state.text.length
    return { state: noScan, scanned: fast && text.length >= shortestCode ? text : null }
  }
  if (key === 'Shift') return { state, scanned: null }
  if (key.length !== 1) return { state: noScan, scanned: null }
  const next = goesOn
    ? { text: state.text + key, firstKeyMs: state.firstKeyMs, lastKeyMs: atMs }
    : { text: key, firstKeyMs: atMs, lastKeyMs: atMs }
  return { state: next, scanned: null }
}
