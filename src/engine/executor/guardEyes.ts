import type { Clock } from '../../base/clock.ts'
import { createHub, type Hub } from '../acquisition/hub.ts'
import type { HeldInstrument } from './stepKind.ts'

/** What guards see. */
export interface GuardEyes extends Pick<Hub, 'latest' | 'onSample' | 'failed' | 'close'> {
  /** Nothing can be recorded: what guards watch is read for them alone, which is neither kept nor shown nor credited. */
  readThemselves: () => void
  /** The run reads again. */
  rest: () => void
}

/** Often enough for what warms up within minutes. */
const everyMs = 5_000

/** The run's own readings; while a full disk holds those up, readings of the guards' own. */
export function createGuardEyes(deps: {
  clock: Clock
  hub: Pick<Hub, 'latest' | 'onSample'>
  watched: readonly HeldInstrument[]
}): GuardEyes {
  const own = createHub({
    clock: deps.clock,
    read: (held, signal) => held.instrument.read(signal),
    log: async () => undefined,
  })
  let releases: (() => void)[] = []
  const rest = (): void => releases.splice(0).forEach((release) => release())
  return {
    failed: own.failed,
    rest,
    readThemselves: () => {
      rest()
      releases = deps.watched.map((held) => own.watch(held, everyMs))
    },
    latest: (held, channel) => {
      const [run, mine] = [deps.hub.latest(held, channel), own.latest(held, channel)]
      return run && mine ? (mine.monotonicMs > run.monotonicMs ? mine : run) : (run ?? mine)
    },
    onSample: (listener) => {
      const offs = [deps.hub.onSample(listener), own.onSample(listener)]
      return () => offs.forEach((off) => off())
    },
    close: () => {
      rest()
      return own.close()
    },
  }
}
