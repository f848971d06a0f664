import type {
  Calibration,
  CalibrationPolicy,
  CalibrationRecord,
  CalibrationRule,
  FoundCalibration,
} from '../../contract/calibration.ts'

/** What the register says about an instrument for a run that begins now. */
export interface CalibrationFinding {
  state: 'ok' | 'warning' | 'problem'
  detail: string
  todo: string | null
  /** null where it is in order. */
  found: FoundCalibration | null
}

const dayMs = 86_400_000
/** The due date itself still counts. */
const endOf = (date: string): number => Date.parse(`${date}T00:00:00Z`) + dayMs

const newest = (
  records: readonly CalibrationRecord[],
  kind: CalibrationRecord['kind'],
): CalibrationRecord | undefined =>
  records
    .filter((each) => each.kind === kind)
    .toSorted((a, b) => a.version - b.version)
    .at(-1)

interface Fault {
  rule: keyof CalibrationPolicy
  detail: string
  todo: string
}

/** "expires on day 19 of 42": the first day of the run on which it isn't valid any more. */
function endsInRun(record: CalibrationRecord, run: { utcMs: number; plannedMs: number | null }): string | null {
  if (run.plannedMs === null || endOf(record.dueDate) >= run.utcMs + run.plannedMs) return null
  const day = Math.floor((endOf(record.dueDate) - run.utcMs) / dayMs) + 1
  return `expires on day ${day} of ${Math.max(1, Math.ceil(run.plannedMs / dayMs))} (${record.dueDate})`
}

function faultsOf(records: readonly CalibrationRecord[], run: { utcMs: number; plannedMs: number | null }): Fault[] {
  const certificate = newest(records, 'certificate')
  const check = newest(records, 'check')
  const again = 'Have it calibrated, or use another instrument.'
  const faults: Fault[] = []
  if (!certificate)
    faults.push({
      rule: 'missing',
      detail: 'none is recorded',
      todo: 'Enter the certificate on the Instruments page; the report will say that there is none.',
    })
  // A check that was done before the certificate is settled by it.
  const open = check && check.date >= (certificate?.date ?? '') ? check : undefined
  const failed = [certificate, open].find((each) => each?.result === 'fail')
  if (failed)
    faults.push({ rule: 'failedCheck', detail: `it failed on ${failed.date} (${failed.certificate})`, todo: again })
  for (const [what, record] of [
    ['', certificate],
    ['its in-service check ', check],
  ] as const) {
    if (!record) continue
    const inRun = endsInRun(record, run)
    if (endOf(record.dueDate) <= run.utcMs)
      faults.push({ rule: 'expired', detail: `${what}expired on ${record.dueDate}`, todo: again })
    else if (inRun !== null)
      faults.push({
        rule: 'expiresInRun',
        detail: `${what}${inRun}`,
        todo: `Renew it before ${record.dueDate}, or begin later.`,
      })
  }
  return faults
}

/**
 * Whether an instrument may take part. With a reason, somebody takes the responsibility for what would stand in the way.
 * @param run.plannedMs how long the run will take; null where nobody knows
 */
export function judgeCalibration(
  records: readonly CalibrationRecord[],
  run: { utcMs: number; plannedMs: number | null },
  rules: { policy: CalibrationPolicy; overrideReason?: string | undefined },
): CalibrationFinding {
  const faults = faultsOf(records, run)
  if (faults.length === 0) {
    const certificate = newest(records, 'certificate')
    return { state: 'ok', detail: `${certificate?.certificate}, due ${certificate?.dueDate}`, todo: null, found: null }
  }
  const isRule = (rule: CalibrationRule): boolean => faults.some((each) => rules.policy[each.rule] === rule)
  const isForbidden = isRule('forbid')
  const given = rules.overrideReason?.trim() ?? ''
  const reason = given === '' || isForbidden ? null : given
  const detail = [faults.map((each) => each.detail).join('; '), ...(reason ? [`used all the same: ${reason}`] : [])]
  const todo = `${faults[0]?.todo ?? ''}${isForbidden ? ' This station’s rules take no reason for it.' : ''}`
  return {
    state: isForbidden || (isRule('block') && reason === null) ? 'problem' : 'warning',
    detail: detail.join('; '),
    todo: reason === null ? todo : null,
    found: {
      // That there is none is seen by the certificate that isn't there.
      faults: faults.filter((each) => each.rule !== 'missing').map((each) => each.detail),
      reason,
      mayOverride: !isForbidden,
    },
  }
}

/** The certificate that a run freezes with its instrument: the newest that passed. */
export const certificateInForce = (records: readonly CalibrationRecord[]): Calibration | null => {
  const found = newest(
    records.filter((each) => each.result === 'pass'),
    'certificate',
  )
  return found ? { certificate: found.certificate, by: found.by, dueDate: found.dueDate } : null
}
