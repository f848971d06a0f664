import type { ChildProcess } from 'node:child_process'
import { url as debuggerUrl } from 'node:inspector'
import { createCanceller } from '../../base/clock.ts'
import { messageOf } from '../../contract/errors.ts'
import type { RunEvent } from '../../contract/run.ts'
import { createLine, type Line, type LineDeps } from './line.ts'
import type { FromWatchdog, WatchedInstrument } from './messages.ts'
import { beatEveryMs } from './silence.ts'

const readyWithinMs = 20_000
const heldWithinMs = 10_000
const firstRestartMs = 500
const longestRestartMs = 30_000

export interface Watchdog {
  /** Starts the process where there is none. Throws what keeps it from starting. */
  ensure: () => Promise<void>
  /** Resolves when these are watched. Throws where they can't be. */
  hold: (runId: string, instruments: readonly WatchedInstrument[]) => Promise<void>
  release: (runId: string) => void
  /** The number of its process, while there is one. */
  pid: () => number | null
  /** Takes leave of it: the engine ends in order. */
  close: () => Promise<void>
}

export interface WatchdogDeps extends LineDeps {
  tell: (event: Pick<RunEvent, 'level' | 'kind' | 'text'>) => Promise<void>
  onError: (error: unknown) => void
}

interface State {
  holds: Map<string, readonly WatchedInstrument[]>
  line: Line | null
  starting: Promise<Line> | null
  over: ReturnType<typeof createCanceller>
}

/** The engine's end of its watchdog process: see docs/decisions/0015-watchdog-process.md. */
export function createWatchdog(deps: WatchdogDeps): Watchdog {
  const state: State = { holds: new Map(), line: null, starting: null, over: createCanceller() }
  const { holds } = state
  const lost = (child: ChildProcess): void => {
    if (state.line?.child !== child) return
    state.line = null
    if (!state.over.signal.aborted && holds.size > 0) void restore(deps, state, lineNow).catch(deps.onError)
  }
  const start = async (): Promise<Line> => {
    const line = createLine(deps, lost)
    try {
      await line.heard(({ kind }) => kind === 'ready', readyWithinMs)
    } catch (error) {
      line.child.kill('SIGKILL')
      throw error
    }
    state.line = line
    void beat(line, deps, state).catch(deps.onError)
    return line
  }
  const lineNow = async (): Promise<Line> => {
    if (state.line) return state.line
    state.starting ??= start().finally(() => (state.starting = null))
    return state.starting
  }
  return {
    ensure: () => lineNow().then(() => undefined),
    hold: async (runId, instruments) => {
      holds.set(runId, instruments)
      try {
        await holdOn(await lineNow(), { runId, instruments })
      } catch (error) {
        holds.delete(runId)
        throw error
      }
    },
    release: (runId) => {
      if (holds.delete(runId)) state.line?.send({ kind: 'release', runId })
    },
    pid: () => state.line?.child.pid ?? null,
    close: async () => {
      state.over.cancel(new Error('the station ends'))
      const line = await (state.starting ?? Promise.resolve(state.line)).catch(() => null)
      line?.send({ kind: 'farewell' })
    },
  }
}

async function holdOn(line: Line, hold: { runId: string; instruments: readonly WatchedInstrument[] }): Promise<void> {
  const isAnswer = (message: FromWatchdog): boolean => message.kind === 'held' && message.runId === hold.runId
  const held = line.heard(isAnswer, heldWithinMs)
  line.send({ kind: 'hold', ...hold })
  await held
}

/** The process ended while runs need it: another takes its place. */
async function restore(deps: WatchdogDeps, state: State, lineNow: () => Promise<Line>): Promise<void> {
  const { holds, over } = state
  const tell = (level: RunEvent['level'], text: string) => deps.tell({ level, kind: 'watchdog', text })
  await tell('warning', 'The watchdog process ended; until another watches nothing switches off if the station hangs.')
  for (let waitMs = firstRestartMs; holds.size > 0; waitMs = Math.min(2 * waitMs, longestRestartMs)) {
    await deps.clock.sleep(waitMs, over.signal).catch(() => undefined)
    if (over.signal.aborted) return
    try {
      const line = await lineNow()
      for (const [runId, instruments] of holds) await holdOn(line, { runId, instruments })
      return await tell('info', 'The watchdog process watches again.')
    } catch (error) {
      await tell('error', `The watchdog process does not start: ${messageOf(error)}`)
    }
  }
}

/** From the event loop of the engine: when that stands still, so does this. */
async function beat(line: Line, { clock }: WatchdogDeps, { over }: State): Promise<void> {
  while (line.child.connected && !over.signal.aborted) {
    line.send({ kind: 'beat', isDebugged: debuggerUrl() !== undefined })
    await clock.sleep(beatEveryMs, over.signal).catch(() => undefined)
  }
}
