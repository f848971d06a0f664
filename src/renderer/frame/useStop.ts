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

  const stop = useCallback(() => {
    setError(null)
    const ids = activeRuns(station.store.getState().runs).map((run) => run.id)
    setAsked(ids)
    const who = operator.trim() === '' ? 'somebody at a window, name not given' : operator.trim()
    for (const runId of ids) {
      station
        .call((client) => client.runs.stop({ runId, who }))
        .catch((thrown: unknown) => {
          setError(partsOf(thrown))
          setAsked((before) => before.filter((id) => id !== runId))
        })
    }
  }, [station, operator])

  const dismiss = useCallback(() => setAsked([]), [])

  const shown = runs.filter((run) => asked.includes(run.id) || running.includes(run))
  const phases = shown.map((run) =>
    stopPhaseOf({ run, safeStops: traces[run.id]?.live?.safeStops ?? [] }, asked.includes(run.id)),
  )
  const phase = error !== null && running.length > 0 ? 'failed' : worstPhase(phases)
  useStopKey(stop)
  return { phase, error: running.length > 0 ? error : null, runningCount: running.length, stop, dismiss }
}

export const stopKey = 'Ctrl + .'

function useStopKey(stop: () => void): void {
  useEffect(() => {
    const onKey = (event: KeyboardEvent): void => {
      if (event.key !== '.' || !(event.ctrlKey || event.metaKey) || event.repeat) return
      event.preventDefault()
      stop()
    }
    window.addEventListener('keydown', onKey, true)
    return () => window.removeEventListener('keydown', onKey, true)
  }, [stop])
}
