import { fork, type ChildProcess } from 'node:child_process'
import { getCompileCacheDir } from 'node:module'
import { fileURLToPath } from 'node:url'
import { withDeadline, type Clock } from '../../base/clock.ts'
import type { FromWatchdog, ToWatchdog } from './messages.ts'

export interface LineDeps {
  clock: Clock
  /** Where the process begins: watchdogProcess.ts, or what it was built to. */
  script: URL
  logFile: string
}

/** A process of its own group: what the terminal sends to the engine doesn't reach it. It keeps nobody from ending. */
function startProcess({ script, logFile }: LineDeps): ChildProcess {
  const cache = getCompileCacheDir()
  const child = fork(fileURLToPath(script), [logFile], {
    execArgv: [],
    // Under Electron the executable is the app; with this it is Node.
    env: { ...process.env, ELECTRON_RUN_AS_NODE: '1', ...(cache === undefined ? {} : { NODE_COMPILE_CACHE: cache }) },
    detached: true,
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
  })
  child.unref()
  child.channel?.unref()
  return child
}

/** A watchdog process and the channel to it. */
export interface Line {
  child: ChildProcess
  send: (message: ToWatchdog) => void
  /** Resolves at the first answer that fits; rejects when the process ends, or says no. */
  heard: (fits: (message: FromWatchdog) => boolean, timeoutMs: number) => Promise<void>
}

export function createLine(deps: LineDeps, onEnd: (child: ChildProcess) => void): Line {
  const child = startProcess(deps)
  const listeners = new Set<(message: FromWatchdog | { kind: 'ended'; detail: string }) => void>()
  const tellAll: Parameters<typeof listeners.add>[0] = (message) => listeners.forEach((each) => each(message))
  child.on('message', (message) => tellAll(message as FromWatchdog))
  child.on('error', (error) => tellAll({ kind: 'ended', detail: error.message }))
  child.on('exit', (code, signal) => {
    tellAll({ kind: 'ended', detail: `its process ended with ${signal ?? `code ${code}`}` })
    onEnd(child)
  })
  const heard: Line['heard'] = async (fits, timeoutMs) => {
    let leave = (): void => undefined
    const answer = new Promise<void>((resolve, reject) => {
      const listener: Parameters<typeof listeners.add>[0] = (message) => {
        if (message.kind === 'ended' || message.kind === 'refused') reject(new Error(message.detail))
        else if (fits(message)) resolve()
      }
      listeners.add(listener)
      leave = () => void listeners.delete(listener)
    })
    const late = () => new Error(`no answer of its process within ${timeoutMs / 1000} s`)
    await withDeadline(answer, deps.clock, { timeoutMs, late }).finally(leave)
  }
  // That a message didn't get through is seen by the end of the process.
  const send: Line['send'] = (message) => void (child.connected && child.send(message, () => undefined))
  return { child, send, heard }
}
