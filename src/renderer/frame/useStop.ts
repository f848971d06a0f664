import { useCallback, useEffect, useState } from 'react'
import { partsOf, type ErrorParts } from '../logic/errors.ts'
import { stopPhaseOf, worstPhase, type StopPhase } from '../logic/stopState.ts'
import { activeRuns } from '../state/stationState.ts'
import { useDraft } from '../state/draft.ts'
import { useMirror, useStation } from '../state/station.ts'

export interface Stop {
  phase: StopPhase
  error: ErrorParts | null
  runningCount: number
  stop: () => void
  /** The same, and the runs never go on by themselves. */
  emergencyStop: () => void
  /** Takes the note about a stop that is over off the screen. */
  dismiss: () => void
}

/** Every run that is going on, or was stopped from here, and how far its stop has come. */
export function useStop(): Stop {
  const station = useStation()
  const runs = useMirror((state) => state.runs)
  const traces = useMirror((state) => state.traces)
  const operator = useDraft((draft) => draft.operator)
  const [asked, setAsked] = useState<readonly string[]>([])
  const [error, setError] = useState<ErrorParts | null>(null)
  const running = activeRuns(runs)

  const command = useCallback(
    (emergency: boolean) => {
      setError(null)
      const ids = activeRuns(station.store.getState().runs).map((run) => run.id)
      setAsked(ids)
      const who = operator.trim() === '' ? 'somebody at a window, name not given' : operator.trim()
      for (const runId of ids) {
        station
          .call((client) => client.runs.stop({ runId, who, emergency }))
          .catch((thrown: unknown) => {
            setError(partsOf(thrown))
            setAsked((before) => before.filter((id) => id !== runId))
          })
      }
    },
    [station, operator],
  )
  const stop = useCallback(() => command(false), [command])
  const emergencyStop = useCallback(() => command(true), [command])

  const dismiss = useCallback(() => setAsked([]), [])

  const shown = runs.filter((run) => asked.includes(run.id) || running.includes(run))
  const phases = shown.map((run) =>
    stopPhaseOf({ run, safeStops: traces[run.id]?.live?.safeStops ?? [] }, asked.includes(run.id)),
  )
  const phase = error !== null && running.length > 0 ? 'failed' : worstPhase(phases)
  useStopKey(stop, emergencyStop)
  const shownError = running.length > 0 ? error : null
  return { phase, error: shownError, runningCount: running.length, stop, emergencyStop, dismiss }
}

export const stopKey = 'Ctrl + .'
export const emergencyKey = 'Ctrl + Shift + .'

function useStopKey(stop: () => void, emergencyStop: () => void): void {
  useEffect(() => {
    const onKey = (event: KeyboardEvent): void => {
      const isPeriod = event.key === '.' || event.code === 'Period'
      if (!isPeriod || !(event.ctrlKey || event.metaKey) || event.repeat) return
      event.preventDefault()
      if (event.shiftKey) emergencyStop()
      else stop()
    }
    window.addEventListener('keydown', onKey, true)
    return () => window.removeEventListener('keydown', onKey, true)
  }, [stop, emergencyStop])
}
