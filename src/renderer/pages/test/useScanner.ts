import { useEffect, useRef } from 'react'
import { nextScan, noScan, type ScannerState } from '../../logic/scanner.ts'

const isTyping = (target: EventTarget | null): boolean =>
  target instanceof HTMLElement &&
  (target.isContentEditable ||
    target instanceof HTMLTextAreaElement ||
    target instanceof HTMLSelectElement ||
    (target instanceof HTMLInputElement && !['radio', 'checkbox', 'button'].includes(target.type)))

/** Hears a hand-held scanner while no text field is active. */
export function useScanner(onScan: (text: string) => void): void {
  const latest = useRef(onScan)
  useEffect(() => {
    latest.current = onScan
  })
  useEffect(() => {
    let state: ScannerState = noScan
    const onKey = (event: KeyboardEvent): void => {
      if (isTyping(event.target) || event.ctrlKey || event.metaKey || event.altKey) return
      const step = nextScan(state, event.key, event.timeStamp)
      state = step.state
      if (step.scanned === null) return
      // The Enter that ends a scan must not press whatever has the focus.
      event.preventDefault()
      event.stopPropagation()
      latest.current(step.scanned)
    }
    window.addEventListener('keydown', onKey, true)
    return () => window.removeEventListener('keydown', onKey, true)
  }, [])
}
