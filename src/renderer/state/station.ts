import { createContext, useContext } from 'react'
import { createStore, useStore, type StoreApi } from 'zustand'
import { keepConnected, type LinkPhase } from '../connection/connect.ts'
import { isAuthorised } from '../connection/session.ts'
import { openPort, openSocket, shellOf, type StationClient } from '../connection/transport.ts'
import { NotConnectedError } from '../logic/errors.ts'
import { applyDetail, applyEvent, applySnapshot, emptyStation, type StationState } from './stationState.ts'
import { windowName } from './windowName.ts'

export interface WindowState extends StationState {
  link: LinkPhase
  /** Wall clock of this window at the last sign of life. */
  lastAliveMs: number | null
}

export interface Station {
  store: StoreApi<WindowState>
  /** Calls the engine. Rejects with NotConnectedError while there is no connection. */
  call: <T>(run: (client: StationClient) => Promise<T>) => Promise<T>
  /** Fetches everything of one run into the store. */
  fetchRun: (runId: string) => Promise<void>
  connect: () => void
}

const sleep = (durationMs: number): Promise<void> => new Promise((done) => setTimeout(done, durationMs))

/** The window's mirror of the station, and its line to it. */
export function createStation(): Station {
  const store = createStore<WindowState>()(() => ({ ...emptyStation, link: 'connecting', lastAliveMs: null }))
  const line: { client: StationClient | null; busy: boolean } = { client: null, busy: false }
  const call = <T>(run: (client: StationClient) => Promise<T>): Promise<T> =>
    line.client === null ? Promise.reject(new NotConnectedError()) : run(line.client)
  const onAlive = (): void => store.setState({ lastAliveMs: Date.now() })
  const connect = (): void => {
    if (line.busy) return
    line.busy = true
    const shell = shellOf(window)
    void keepConnected({
      window: windowName,
      isAuthorised: shell === null ? isAuthorised : () => Promise.resolve(true),
      open: shell === null ? openSocket : () => openPort(shell),
      sleep,
      onPhase: (link) => store.setState({ link }),
      onClient: (client) => {
        line.client = client
      },
      onSnapshot: (snapshot) => {
        onAlive()
        store.setState((state) => applySnapshot(state, snapshot))
      },
      onEvent: (event) => store.setState((state) => applyEvent(state, event, performance.now())),
      onAlive,
      onTrouble: (reason) => console.warn('connection to the station:', reason),
    }).finally(() => {
      line.busy = false
    })
  }
  return {
    store,
    call,
    fetchRun: async (runId) => {
      const detail = await call((client) => client.runs.detail({ runId }))
      store.setState((state) => applyDetail(state, detail))
    },
    connect,
  }
}

export const StationContext = createContext<Station | null>(null)

export function useStation(): Station {
  const station = useContext(StationContext)
  if (station === null) throw new Error('useStation outside of its provider')
  return station
}

/** A part of the mirror; the component renders again when that part changes. */
export function useMirror<T>(select: (state: WindowState) => T): T {
  return useStore(useStation().store, select)
}
