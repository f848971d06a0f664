import type { RunEvent } from '../../contract/run.ts'

/** How the station ends the message of a guard whose values are back. */
const backAgain = ': back where it has to be'

/** What guards have said and not yet taken back, the newest first; a guard that speaks again is there once. */
export function openGuards(log: readonly RunEvent[]): RunEvent[] {
  let open: RunEvent[] = []
  for (const event of log) {
    if (event.kind !== 'guard') continue
    const isBack = event.level === 'info' && event.text.endsWith(backAgain)
    const guard = isBack ? event.text.slice(0, -backAgain.length) : null
    open =
      guard === null
        ? open.filter(({ text }) => text !== event.text)
        : open.filter(({ text }) => !text.startsWith(`${guard}: `))
    if (!isBack) open.push(event)
  }
  return open.reverse()
}
