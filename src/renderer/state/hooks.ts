import { useCallback, useEffect, useMemo, useState, useSyncExternalStore } from 'react'
import type { RunDetail } from '../../contract/api.ts'
import type { Template } from '../../contract/template.ts'
import type { StationClient } from '../connection/transport.ts'
import { partsOf, type ErrorParts } from '../logic/errors.ts'
import { hrefOf, parseRoute, type Route } from '../logic/route.ts'
import { applyDetail } from './stationState.ts'
import { useMirror, useStation } from './station.ts'

export interface Action {
  busy: boolean
  error: ErrorParts | null
  /** Runs a call; resolves with whether it succeeded. */
  run: (work: () => Promise<void>) => Promise<boolean>
  dismiss: () => void
}

/** One thing that the operator does: busy while it lasts, its error in words. */
export function useAction(): Action {
  const [busy, setBusy] = useState(false)
  const [error, setError] = useState<ErrorParts | null>(null)
  const run = useCallback(async (work: () => Promise<void>): Promise<boolean> => {
    setBusy(true)
    setError(null)
    try {
      await work()
      return true
    } catch (thrown) {
      setError(partsOf(thrown))
      return false
    } finally {
      setBusy(false)
    }
  }, [])
  const dismiss = useCallback(() => setError(null), [])
  return { busy, error, run, dismiss }
}

export type Fetched<T> = { state: 'waiting' } | { state: 'here'; value: T } | { state: 'failed'; error: ErrorParts }

interface Loaded<T> {
  key: string
  result: Fetched<T>
}

interface FetchRequest<T> {
  /** Names what is fetched; null: nothing. Another key drops the earlier answer. */
  key: string | null
  /** Another version of the same thing: fetched again, with the earlier answer on the screen meanwhile. */
  version?: string
  fetch: (client: StationClient) => Promise<T>
}

/** Fetches when key or version change, and again after each reconnection. */
export function useFetched<T>({ key, version = '', fetch }: FetchRequest<T>): Fetched<T> {
  const station = useStation()
  const open = useMirror((state) => state.link === 'open')
  const [loaded, setLoaded] = useState<Loaded<T> | null>(null)
  useEffect(() => {
    if (key === null || !open) return
    let current = true
    station
      .call(fetch)
      .then((value) => current && setLoaded({ key, result: { state: 'here', value } }))
      .catch((error: unknown) => current && setLoaded({ key, result: { state: 'failed', error: partsOf(error) } }))
    return () => {
      current = false
    }
    // `fetch` is a new function at each render; what it fetches is named by key and version.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [key, version, open, station])
  return loaded !== null && loaded.key === key ? loaded.result : { state: 'waiting' }
}

export const useTemplate = (protocolId: string | null): Fetched<Template> =>
  useFetched({ key: protocolId, fetch: (client) => client.protocols.get({ id: protocolId! }) })

/** Everything of one run; fetched again when the run changes its status, ends or is signed. */
export function useRunDetail(runId: string): Fetched<RunDetail> {
  const station = useStation()
  const ending = useMirror((state) => state.endings[runId] ?? 0)
  const status = useMirror((state) => state.runs.find((run) => run.id === runId)?.status)
  const signed = useMirror((state) => state.runs.find((run) => run.id === runId)?.signature?.utcMs)
  return useFetched({
    key: runId,
    version: [ending, status, signed].join('|'),
    fetch: async (client) => {
      const detail = await client.runs.detail({ runId })
      station.store.setState((state) => applyDetail(state, detail))
      return detail
    },
  })
}

/** Fetches a run again whenever points of it are missing here, after a reload or a lost connection. */
export function useCompleteTrace(runId: string): void {
  const station = useStation()
  const open = useMirror((state) => state.link === 'open')
  const incomplete = useMirror((state) => state.traces[runId]?.incomplete ?? false)
  useEffect(() => {
    if (incomplete && open) station.fetchRun(runId).catch((error: unknown) => console.warn('fetching the run:', error))
  }, [incomplete, open, runId, station])
}

/** Monotonic time of this window, renewed every second, for the ages of values. */
export function useNow(periodMs = 1000): number {
  const [nowMs, setNowMs] = useState(() => performance.now())
  useEffect(() => {
    const timer = setInterval(() => setNowMs(performance.now()), periodMs)
    return () => clearInterval(timer)
  }, [periodMs])
  return nowMs
}

/** Wall clock of this window, renewed every second. */
export function useUtcNow(periodMs = 1000): number {
  const [nowUtcMs, setNowUtcMs] = useState(() => Date.now())
  useEffect(() => {
    const timer = setInterval(() => setNowUtcMs(Date.now()), periodMs)
    return () => clearInterval(timer)
  }, [periodMs])
  return nowUtcMs
}

const subscribeToHash = (changed: () => void): (() => void) => {
  window.addEventListener('hashchange', changed)
  return () => window.removeEventListener('hashchange', changed)
}

/** The page that the address names. */
export function useRoute(): Route {
  const hash = useSyncExternalStore(subscribeToHash, () => window.location.hash)
  return useMemo(() => parseRoute(hash), [hash])
}

export const goTo = (route: Route): void => window.location.assign(hrefOf(route))
