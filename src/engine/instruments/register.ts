import {
  calibrationPolicySchema,
  type Calibration,
  type CalibrationPolicy,
  type CalibrationRecord,
} from '../../contract/calibration.ts'
import type { InstrumentConfig } from '../../contract/run.ts'
import { judgeCalibration, type CalibrationFinding } from './calibrationGate.ts'

export interface Register {
  records: (id: string) => readonly CalibrationRecord[]
  policy: () => CalibrationPolicy
}

export interface CalibrationQuestion {
  utcMs: number
  /** null where nobody knows how long the run will take. */
  plannedMs: number | null
  /** Why it is used all the same. */
  overrideReason?: string | undefined
}

/** A certificate of the time before the register counts as its first entry. */
const firstRecord = ({ certificate, by, dueDate }: Calibration): CalibrationRecord => ({
  kind: 'certificate',
  certificate,
  by,
  dueDate,
  date: '1970-01-01',
  result: 'pass',
  note: '',
  documentSha256: null,
  version: 1,
  addedUtcMs: 0,
  who: '',
})

/** What the register says about an instrument for a run that begins now. */
export function findCalibration(
  config: InstrumentConfig,
  run: CalibrationQuestion,
  register?: Register,
): CalibrationFinding {
  const records = register?.records(config.id) ?? []
  const hasCertificate = records.some((each) => each.kind === 'certificate')
  const known = hasCertificate || !config.calibration ? records : [firstRecord(config.calibration), ...records]
  const policy = register?.policy() ?? calibrationPolicySchema.parse({})
  return judgeCalibration(known, run, { policy, overrideReason: run.overrideReason })
}
