import type { Clock } from '../../base/clock.ts'
import { withDeadline } from '../../base/clock.ts'
import { messageOf, StationError } from '../../contract/errors.ts'
import type { StopExtent } from '../../contract/instrument.ts'
import type { SafeStop } from '../../contract/run.ts'
import type { Log } from './runLog.ts'
import type { HeldInstrument } from './stepKind.ts'

/** As long as a safe stop has, unless the instrument's profile says that it takes longer. */
export const safeStopDeadlineMs = 10_000

export interface SafeStops {
  /**
   * Commands these instruments safe, each on its own; resolves with those that didn't confirm. Never throws. A stop of
   * everything never waits for an electrical one that is under way.
   */
  command(held: readonly HeldInstrument[], extent?: StopExtent): Promise<SafeStop[]>
  readonly states: readonly SafeStop[]
}

export interface SafeStopDeps {
  clock: Clock
  deadlineMs: number
  changed: () => void
  /** Keeps what can't be stored now. */
  log: Log
}

/** What a run says when an output wasn't proved off. */
export const unsafeError = (unsafe: readonly SafeStop[]): StationError =>
  new StationError('device.notSafe', {
    instrument: unsafe.map((each) => each.instrument).join(', '),
    detail: unsafe.map((each) => each.detail ?? 'no read-back').join('; '),
  })

/** Stop is proved: requested, sent, read back. One instrument that fails never keeps another from being stopped. */
export function createSafeStops(deps: SafeStopDeps): SafeStops {
  const states = new Map<string, SafeStop>()
  const running = new Map<string, Promise<SafeStop>>()

  const newest = new Map<string, object>()

  const stopOne = async (held: HeldInstrument, extent: StopExtent): Promise<SafeStop> => {
    const own = {}
    newest.set(held.id, own)
    // What the screen says is of the stop that was asked for last.
    const set = (state: Omit<SafeStop, 'instrument'>): SafeStop => {
      const full = { instrument: held.name, ...state }
      if (newest.get(held.id) === own) states.set(held.id, full)
      deps.changed()
      return full
    }
    set({ state: 'requested', evidence: [], detail: null })
    const late = () => new StationError('device.notSafe', { instrument: held.name, detail: 'no answer in time' })
    try {
      const work = held.instrument.safeStop(() => {
        set({ state: 'sent', evidence: [], detail: null })
      }, extent)
      const timeoutMs = Math.max(deps.deadlineMs, (held.profile.safeStopS ?? 0) * 1000)
      const proof = await withDeadline(work, deps.clock, { timeoutMs, late })
      return set({
        state: proof.safe ? 'confirmed' : 'notConfirmed',
        evidence: proof.evidence,
        detail: proof.detail,
      })
    } catch (error) {
      return set({ state: 'notConfirmed', evidence: [], detail: messageOf(error) })
    }
  }

  const logged = async (held: HeldInstrument, extent: StopExtent): Promise<SafeStop> => {
    const result = await stopOne(held, extent)
    const evidence = result.evidence
      .map((each) => (each.readBack === null ? each.command : `${each.command} → ${each.readBack}`))
      .join('; ')
    const safe = result.state === 'confirmed'
    const text = `${held.name}: safe state ${safe ? 'confirmed' : `NOT confirmed, ${result.detail ?? ''}`} (${evidence})`
    // A full disk must not keep an output from being reported as it is: the proof is written when there is space.
    await deps.log(safe ? 'info' : 'error', 'safeState', text).catch(() => undefined)
    return result
  }

  const commandOne = (held: HeldInstrument, extent: StopExtent): Promise<SafeStop> => {
    const key = `${held.id} ${extent}`
    const already = running.get(`${held.id} all`) ?? running.get(key)
    if (already) return already
    const work = logged(held, extent).finally(() => running.delete(key))
    running.set(key, work)
    return work
  }

  return {
    command: async (held, extent = 'all') => {
      const energising = held.filter((each) => each.profile.energises)
      const results = await Promise.all(energising.map((each) => commandOne(each, extent)))
      return results.filter((each) => each.state !== 'confirmed')
    },
    get states() {
      return [...states.values()]
    },
  }
}

/** Makes what plays these roles safe. Of one that is chamber and supply at once, a chamber that nobody named goes on. */
export async function stopRoles(
  safeStops: SafeStops,
  held: readonly HeldInstrument[],
  roleNames: readonly string[],
): Promise<SafeStop[]> {
  const isChamberNamed = (each: HeldInstrument): boolean =>
    each.roles.some(({ roleName, role }) => role === 'Chamber' && roleNames.includes(roleName))
  const stops = held.map((each) => safeStops.command([each], isChamberNamed(each) ? 'all' : 'electrical'))
  return (await Promise.all(stops)).flat()
}
