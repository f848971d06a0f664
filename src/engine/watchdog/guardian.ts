import type { Clock } from '../../base/clock.ts'
import { messageOf } from '../../contract/errors.ts'
import type { DriverModule } from '../../contract/instrument.ts'
import type { LinkOpener } from '../instruments/openInstrument.ts'
import type { FromWatchdog, LogLine, ToWatchdog, WatchedInstrument } from './messages.ts'
import { createSilence, silenceLimitMs, tickMs } from './silence.ts'
import { switchOff } from './switchOff.ts'

export interface GuardianDeps {
  clock: Clock
  opener: LinkOpener
  loadDriver: (id: string) => Promise<DriverModule>
  tell: (message: FromWatchdog) => void
  /** Writes a line that is on the disk when it resolves. */
  log: (line: LogLine) => Promise<void>
  pid: number
  enginePid: number
  killEngine: () => void
}

export interface Guardian {
  hear: (message: ToWatchdog) => void
  /** The channel to the engine ended. */
  engineIsGone: () => void
  /** Resolves when there is nothing left to do. */
  finished: Promise<void>
}

/** Listens to an engine; when that hangs or dies without a farewell, commands what its runs held under energy safe. */
export function createGuardian(deps: GuardianDeps): Guardian {
  const { clock } = deps
  const holds = new Map<string, readonly WatchedInstrument[]>()
  const drivers = new Map<string, DriverModule>()
  const silence = createSilence(clock.monotonicMs())
  const state = { isOver: false, isDebugged: false }
  let finish = (): void => undefined
  const finished = new Promise<void>((resolve) => (finish = resolve))

  const end = (): void => {
    state.isOver = true
    finish()
  }
  const act = (reason: 'hung' | 'died'): void => {
    if (state.isOver) return
    state.isOver = true
    void commandSafe(reason, { ...deps, holds, drivers, silentMs: Math.round(silence.ms()) }).then(finish)
  }
  const hold = async ({ runId, instruments }: { runId: string; instruments: readonly WatchedInstrument[] }) => {
    try {
      // Now, not when it matters: reading a driver from the disk takes time.
      for (const { driver } of instruments.flatMap(({ config, parts }) => [config, ...parts]))
        if (!drivers.has(driver)) drivers.set(driver, await deps.loadDriver(driver))
      holds.set(runId, instruments)
      silence.beat()
      deps.tell({ kind: 'held', runId })
    } catch (error) {
      deps.tell({ kind: 'refused', runId, detail: messageOf(error) })
    }
  }
  const hear = (message: ToWatchdog): void => {
    // Whatever it says, it lives.
    silence.beat()
    if (message.kind === 'hold') void hold(message)
    else if (message.kind === 'release') holds.delete(message.runId)
    else if (message.kind === 'beat') state.isDebugged = message.isDebugged
    else if (!state.isOver) end()
  }
  const listen = async (): Promise<void> => {
    while (!state.isOver) {
      await clock.sleep(tickMs)
      silence.tick(clock.monotonicMs())
      if (holds.size > 0 && !state.isDebugged && silence.ms() > silenceLimitMs) act('hung')
    }
  }
  void listen()
  return { hear, engineIsGone: () => (holds.size > 0 ? act('died') : state.isOver || end()), finished }
}

type Acting = GuardianDeps & {
  holds: ReadonlyMap<string, readonly WatchedInstrument[]>
  drivers: ReadonlyMap<string, DriverModule>
  silentMs: number
}

/** A line that can't be written must not keep an output from being switched off. */
const logged = async ({ log }: Pick<Acting, 'log'>, line: LogLine): Promise<void> => {
  try {
    await log(line)
  } catch (error) {
    process.stderr.write(`watchdog.log can’t be written: ${messageOf(error)}\n`)
  }
}

async function commandSafe(reason: 'hung' | 'died', acting: Acting): Promise<void> {
  const { clock, holds, pid, enginePid, silentMs } = acting
  const noticedMs = clock.monotonicMs()
  // A hung engine can't be trusted any more, and it has the ports.
  if (reason === 'hung') acting.killEngine()
  // While a run takes over what was on by hand both hold it; two who command one instrument get in each other's way.
  const once = new Map(
    [...holds].flatMap(([runId, instruments]) =>
      instruments.map((watched) => [watched.config.id, { runId, watched }] as const),
    ),
  )
  const work = [...once.values()].map(async ({ runId, watched }) => {
    const { name } = watched.config
    const proof = await switchOff(watched, { ...acting, noticedMs })
    await logged(acting, { kind: 'proof', utcMs: clock.utcMs(), runId, instrument: name, ...proof })
  })
  const acts = { kind: 'acts', utcMs: clock.utcMs(), pid, reason, enginePid, silentMs } as const
  // Meanwhile: a slow disk must not keep an output on.
  await Promise.all([logged(acting, { ...acts, runIds: [...holds.keys()] }), ...work])
  await logged(acting, { kind: 'done', utcMs: clock.utcMs(), pid })
}
