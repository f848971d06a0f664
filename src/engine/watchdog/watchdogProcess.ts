// A process of its own beside the engine: started by watchdog.ts with the file of its log, it ends with the engine.
import { setPriority } from 'node:os'
import { loadDriver } from '../discover.ts'
import { createRealClock } from '../realClock.ts'
import { createLinkOpener } from '../transport/openLink.ts'
import { createGuardian } from './guardian.ts'
import type { ToWatchdog } from './messages.ts'
import { appendLine } from './watchdogLog.ts'

/** A connection that isn't there by then is tried again. */
const openTimeoutMs = 1_000

const logFile = process.argv[2] ?? 'watchdog.log'
// Taken once: whoever gets this number after the engine's end is somebody else.
const enginePid = process.ppid

/** A busy PC must not keep it waiting. Systems that allow this to nobody leave it as it is. */
function askForPriority(): void {
  try {
    setPriority(-10)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === undefined) throw error
  }
}

function watch(): void {
  const clock = createRealClock()
  const guardian = createGuardian({
    ...{ clock, loadDriver, enginePid, pid: process.pid },
    opener: createLinkOpener({ clock, openTimeoutMs }),
    tell: (message) => process.send?.(message),
    log: (line) => appendLine(logFile, line),
    killEngine: () => {
      // While the channel is open the number is the engine's.
      if (process.connected && process.ppid === enginePid) process.kill(enginePid, 'SIGKILL')
    },
  })
  process.on('message', (message) => guardian.hear(message as ToWatchdog))
  process.on('disconnect', guardian.engineIsGone)
  void guardian.finished.then(() => process.exit(0))
  if (process.connected) process.send?.({ kind: 'ready' })
  else guardian.engineIsGone()
}

// Who asks the engine to end must not end its watchdog before it.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => undefined)
askForPriority()
watch()
