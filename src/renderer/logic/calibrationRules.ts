import type { CalibrationPolicy, CalibrationRule } from '../../contract/calibration.ts'

/** What can be wrong with an instrument's calibration, in the order of the form. */
export const calibrationCases = [
  { name: 'missing', label: 'No certificate is recorded' },
  { name: 'expired', label: 'A certificate or check has run out' },
  { name: 'expiresInRun', label: 'It runs out during the test' },
  { name: 'failedCheck', label: 'A calibration or check failed' },
] as const satisfies readonly { name: keyof CalibrationPolicy; label: string }[]

export const ruleNames = {
  forbid: 'No test begins',
  block: 'Only with a reason',
  warn: 'A warning',
} as const satisfies Record<CalibrationRule, string>

export const ruleMeanings = {
  forbid: 'The test doesn’t begin, whatever the reason.',
  block: 'The test begins only when its operator says why. The report prints the reason.',
  warn: 'The test begins. The pre-flight warns, and the report says what was wrong.',
} as const satisfies Record<CalibrationRule, string>
