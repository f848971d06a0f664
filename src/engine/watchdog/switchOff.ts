import { withDeadline, type Clock } from '../../base/clock.ts'
import { messageOf, StationError } from '../../contract/errors.ts'
import type { DriverModule, SafeStateProof } from '../../contract/instrument.ts'
import { effectiveProfile } from '../instruments/effectiveProfile.ts'
import { openForStop, type LinkOpener, type OpenDeps } from '../instruments/openInstrument.ts'
import type { WatchedInstrument } from './messages.ts'

/** An instrument with one connection may not have noticed yet that the engine's is gone. */
const retryMs = 100
/** Whoever can't be reached by then needs a person. */
const giveUpMs = 10_000
/** Beyond that a driver's safe stop isn't waited for, unless its profile says that it takes longer. */
const leastDeadlineMs = 5_000

export interface SwitchOffDeps {
  clock: Clock
  opener: LinkOpener
  drivers: ReadonlyMap<string, DriverModule>
  /** When what happened was noticed. */
  noticedMs: number
}

export interface SwitchedOff extends SafeStateProof {
  attempts: number
  sentAfterMs: number | null
  provedAfterMs: number
}

async function tryOnce(watched: WatchedInstrument, deps: OpenDeps, onSent: () => void): Promise<SafeStateProof> {
  const { config } = watched
  try {
    const { safeStopS = 0 } = effectiveProfile(config, deps)
    const opened = await openForStop(config, deps)
    try {
      const late = () => new StationError('device.notSafe', { instrument: config.name, detail: 'no answer in time' })
      const timeoutMs = Math.max(leastDeadlineMs, safeStopS * 1000)
      return await withDeadline(opened.instrument.safeStop(onSent, 'electrical'), deps.clock, { timeoutMs, late })
    } finally {
      await opened.close()
    }
  } catch (error) {
    return { safe: false, evidence: [], detail: messageOf(error) }
  }
}

/** Commands one instrument safe on a link of its own, until it is proved or there is no more hope. Never throws. */
export async function switchOff(watched: WatchedInstrument, given: SwitchOffDeps): Promise<SwitchedOff> {
  const { clock, noticedMs } = given
  const configOf: OpenDeps['configOf'] = (id) => watched.parts.find((each) => each.id === id)
  let sentAfterMs: number | null = null
  const onSent = (): void => {
    sentAfterMs ??= Math.round(clock.monotonicMs() - noticedMs)
  }
  for (let attempts = 1; ; attempts++) {
    const proof = await tryOnce(watched, { ...given, configOf }, onSent)
    const provedAfterMs = Math.round(clock.monotonicMs() - noticedMs)
    if (proof.safe || provedAfterMs > giveUpMs) return { ...proof, attempts, sentAfterMs, provedAfterMs }
    await clock.sleep(retryMs)
  }
}
