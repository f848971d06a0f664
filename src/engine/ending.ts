import { withDeadline, type Clock } from '../base/clock.ts'

/** Beyond the deadline of every safe stop; a disk that stays full would hold up the end for ever. */
const timeoutMs = 60_000

/** The only way out of the process: `end` ends the station in its safe state; `askToEnd` asks while a test is running. */
export function createEnding(deps: {
  clock: Clock
  close: () => Promise<void>
  isRunning: () => boolean
  /** Whether the person at the screen wants the running test stopped. */
  ask: () => Promise<boolean>
  /** `isSafe` is false where the station could not be brought to its end. */
  exit: (code: number, isSafe: boolean) => void
  onError: (error: unknown) => void
}) {
  const late = (): Error => new Error(`the station did not end within ${timeoutMs} ms`)
  let ended: Promise<void> | null = null
  let isAsking = false

  const end = (code: number): Promise<void> =>
    (ended ??= withDeadline(deps.close(), deps.clock, { timeoutMs, late }).then(
      () => deps.exit(code, true),
      (error: unknown) => {
        deps.onError(error)
        deps.exit(1, false)
      },
    ))
  const askToEnd = async (): Promise<void> => {
    if (isAsking || ended) return
    isAsking = true
    const mayEnd = !deps.isRunning() || (await deps.ask())
    isAsking = false
    if (mayEnd) await end(0)
  }
  return { end, askToEnd }
}
