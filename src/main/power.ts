import { powerMonitor, powerSaveBlocker } from 'electron'
import type { Station } from '../engine/station.ts'

/**
 * Keeps the computer awake while a test is running, and puts into the station's log when it sleeps all the same.
 * @returns whether a test is running
 */
export function watchPower(station: Station, onError: (error: unknown) => void): () => boolean {
  const record = (text: string) => (): void => {
    station.recordEvent({ level: 'warning', kind: 'power', text }).catch(onError)
  }
  powerMonitor.on('suspend', record('The computer goes to sleep: nothing is measured or controlled until it wakes up.'))
  powerMonitor.on('resume', record('The computer has woken up.'))

  const running = new Set<string>()
  let blocker: number | null = null
  station.onEvent((event) => {
    if (event.type !== 'run') return
    if (event.run.status === 'running' || event.run.status === 'stopping') running.add(event.run.id)
    else running.delete(event.run.id)
    if (running.size > 0) blocker ??= powerSaveBlocker.start('prevent-app-suspension')
    else if (blocker !== null) {
      powerSaveBlocker.stop(blocker)
      blocker = null
    }
  })
  return () => running.size > 0
}
