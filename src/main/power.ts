import { powerMonitor, powerSaveBlocker } from 'electron'
import { isGoing, type SleepBlocker } from '../engine/awake.ts'
import type { Station } from '../engine/station.ts'

/** Keeps the computer awake while a test is going on. */
export function createSleepBlocker(): SleepBlocker {
  let blocker: number | null = null
  return {
    check: () => Promise.resolve('the desktop app'),
    hold: () => void (blocker ??= powerSaveBlocker.start('prevent-app-suspension')),
    release: () => {
      if (blocker !== null) powerSaveBlocker.stop(blocker)
      blocker = null
    },
  }
}

/**
 * Puts into the station's log when the computer sleeps all the same.
 * @returns whether a test is going on
 */
export function watchPower(station: Station, onError: (error: unknown) => void): () => boolean {
  const record = (text: string) => (): void => {
    station.recordEvent({ level: 'warning', kind: 'power', text }).catch(onError)
  }
  powerMonitor.on('suspend', record('The computer goes to sleep: nothing is measured or controlled until it wakes up.'))
  powerMonitor.on('resume', record('The computer has woken up.'))

  const running = new Set<string>()
  station.onEvent((event) => {
    if (event.type !== 'run') return
    if (isGoing(event.run.status)) running.add(event.run.id)
    else running.delete(event.run.id)
  })
  return () => running.size > 0
}
