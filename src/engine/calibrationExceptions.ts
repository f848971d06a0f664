import type { Clock } from '../base/clock.ts'
import type { StationEvent } from '../contract/api.ts'
import type { PreflightLine, Run, UsedInstrument } from '../contract/run.ts'
import type { Store } from './storage/store.ts'

/** Freezes with each instrument, and each part of one, what the pre-flight found wrong with its calibration. */
export function withExceptions(
  instruments: readonly UsedInstrument[],
  checks: readonly PreflightLine[],
): UsedInstrument[] {
  const withOne = <T extends { instrumentId: string }>(used: T): T => {
    const found = checks.find((each) => each.calibration?.instrumentId === used.instrumentId)?.calibration
    if (!found) return used
    const { faults, reason } = found
    return { ...used, calibrationException: { faults, reason } }
  }
  return instruments.map((used) => withOne(used.parts ? { ...used, parts: used.parts.map(withOne) } : used))
}

/** Each exception in the run's log, and with its reason in the audit trail of the instrument. */
export async function tellExceptions(
  run: Run,
  checks: readonly PreflightLine[],
  deps: { clock: Clock; store: Store; publish: (event: StationEvent) => void },
): Promise<void> {
  for (const { title, detail, state, calibration } of checks) {
    if (!calibration || state !== 'warning') continue
    const { instrumentId, faults, reason } = calibration
    if (reason !== null)
      await deps.store.audit({
        actor: run.operator,
        action: 'calibration.override',
        subject: instrumentId,
        detail: { runId: run.id, faults, reason },
      })
    const text = `${title}: ${detail}${reason === null ? '' : ` (${run.operator})`}`
    const found = { runId: run.id, utcMs: deps.clock.utcMs(), level: 'warning', kind: 'calibration', text } as const
    deps.publish({ type: 'log', event: await deps.store.addEvent(found) })
  }
}
