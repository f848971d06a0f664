import { withDeadline, type Clock } from '../base/clock.ts'
import { messageOf, StationError } from '../contract/errors.ts'
import type { SafeStateProof } from '../contract/instrument.ts'
import type { Run, RunEvent, UsedInstrument } from '../contract/run.ts'
import { safeStopDeadlineMs } from './executor/safeStops.ts'
import { effectiveProfile, type ProfileSource } from './instruments/effectiveProfile.ts'
import type { InstrumentManager } from './instruments/manager.ts'

export interface LeftOnDeps extends ProfileSource {
  clock: Clock
  instruments: Pick<InstrumentManager, 'states' | 'put' | 'safeStop'>
  addEvent: (event: Omit<RunEvent, 'seq'>) => Promise<unknown>
}

/**
 * Instruments that were given for one run alone aren't in the station's list. The run knows where they are: they are
 * taken in again, to be switched off, and to be there if the run goes on.
 */
export function restoreGiven(
  runs: readonly Run[],
  { drivers, instruments }: Pick<LeftOnDeps, 'drivers' | 'instruments'>,
): void {
  const known = new Set(instruments.states().map(({ config }) => config.id))
  for (const { instrumentId: id, name, driver, link, calibration } of runs.flatMap((run) => run.instruments)) {
    const found = drivers.get(driver)
    // What one of these is says its definition or its parts, which only the list has.
    const isWhole = found !== undefined && found.link !== 'parts' && found.profileOf === undefined
    if (known.has(id) || !isWhole || link.startsWith('sim:')) continue
    known.add(id)
    instruments.put({ id, name, driver, link, calibration, deviations: [] })
  }
}

/** A simulated lab ended with its process, and a sensor's driver needs no list to tell that it switches nothing. */
const canBeOn = ({ instrumentId, driver, link }: UsedInstrument, { drivers, configOf }: ProfileSource): boolean => {
  if (configOf?.(instrumentId)) return true
  const found = drivers.get(driver)
  return !link.startsWith('sim:') && (found === undefined || found.profileOf !== undefined || found.profile.energises)
}

/** Whatever was under electrical energy in a run; what is only a chamber holds by itself. */
function electricalOf(run: Run, source: ProfileSource): { id: string; name: string }[] {
  const more = run.instruments.filter((each) => each.role !== 'Chamber' && canBeOn(each, source))
  return [...new Map(more.map((each) => [each.instrumentId, each.name]))].map(([id, name]) => ({ id, name }))
}

async function proveOff(id: string, deps: LeftOnDeps): Promise<SafeStateProof | null> {
  const config = deps.configOf?.(id)
  if (!config) return { safe: false, evidence: [], detail: 'it is no longer in the station’s list' }
  const { energises, safeStopS = 0 } = effectiveProfile(config, deps)
  if (!energises) return null
  const late = () => new StationError('device.notSafe', { instrument: config.name, detail: 'no answer in time' })
  const timeoutMs = Math.max(safeStopDeadlineMs, safeStopS * 1000)
  return withDeadline(deps.instruments.safeStop(id, 'station', 'electrical'), deps.clock, { timeoutMs, late })
}

/**
 * A station that was killed, or lost its power, left on what was on. Before anything else is decided about its runs that
 * is commanded off and read back, as an orderly end would have done.
 */
export async function switchOffLeft(runs: readonly Run[], deps: LeftOnDeps): Promise<void> {
  await proveAllOff(
    runs.flatMap((run) => electricalOf(run, deps).map((each) => ({ ...each, runId: run.id }))),
    deps,
  )
}

/** Gives the ids of those that aren't proved off. `runId`: in which log that is told; null the station's. */
export async function proveAllOff(
  all: readonly { id: string; name: string; runId: string | null }[],
  deps: LeftOnDeps,
): Promise<string[]> {
  const notProved: string[] = []
  await Promise.all(
    all.map(async ({ id, name, runId }) => {
      const proof = await proveOff(id, deps).catch((error: unknown): SafeStateProof => ({
        safe: false,
        evidence: [],
        detail: messageOf(error),
      }))
      if (proof === null) return
      if (!proof.safe) notProved.push(id)
      const evidence = proof.evidence.map(({ command, readBack }) => `${command} → ${readBack ?? 'sent'}`).join('; ')
      const found = proof.safe ? 'safe state confirmed' : `safe state NOT confirmed, ${proof.detail ?? ''}`
      const level = proof.safe ? 'info' : 'error'
      const text = `${name}: ${found}, at the start after an interruption${evidence === '' ? '' : ` (${evidence})`}`
      await deps.addEvent({ runId, utcMs: deps.clock.utcMs(), level, kind: 'safeState', text })
    }),
  )
  return notProved
}
