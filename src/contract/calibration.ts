import { z } from 'zod'

/** The certificate that an instrument has, as runs freeze it. */
export const calibrationSchema = z.strictObject({
  certificate: z.string().min(1),
  by: z.string().min(1),
  dueDate: z.iso.date(),
})
export type Calibration = z.infer<typeof calibrationSchema>

/** What is put into an instrument's register; nothing in it is ever changed, a later entry counts instead. */
export const newCalibrationSchema = z.strictObject({
  /** certificate: of a laboratory. check: in service, against a reference of one's own. */
  kind: z.enum(['certificate', 'check']),
  /** Number of the certificate, or of the record of the check. */
  certificate: z.string().trim().min(1).max(120),
  by: z.string().trim().min(1).max(120),
  date: z.iso.date(),
  /** From the day after it the instrument is out of calibration, or the next check is due. */
  dueDate: z.iso.date(),
  result: z.enum(['pass', 'fail']),
  note: z.string().max(2000).default(''),
  /** Of the certificate's file, where the laboratory keeps it. */
  documentSha256: z
    .string()
    .regex(/^[0-9a-f]{64}$/)
    .nullable()
    .default(null),
})
export type NewCalibration = z.infer<typeof newCalibrationSchema>

export const calibrationRecordSchema = newCalibrationSchema.extend({
  /** 1, 2, 3 … in the order of entry. */
  version: z.number().int().positive(),
  addedUtcMs: z.number(),
  who: z.string(),
})
export type CalibrationRecord = z.infer<typeof calibrationRecordSchema>

/** forbid: no run begins. block: only with a reason, which the report prints. warn: it begins with a warning. */
export const calibrationRuleSchema = z.enum(['forbid', 'block', 'warn'])
export type CalibrationRule = z.infer<typeof calibrationRuleSchema>

/** What a station does about an instrument that isn't in order. */
export const calibrationPolicySchema = z.strictObject({
  missing: calibrationRuleSchema.default('warn'),
  expired: calibrationRuleSchema.default('block'),
  expiresInRun: calibrationRuleSchema.default('warn'),
  failedCheck: calibrationRuleSchema.default('block'),
})
export type CalibrationPolicy = z.infer<typeof calibrationPolicySchema>

export const calibrationExceptionSchema = z.object({
  /** What is wrong with the entries of its register; none where it only has no certificate. */
  faults: z.array(z.string()),
  /** Why it is used all the same; null where the station's rules only warn. */
  reason: z.string().nullable(),
})
export type CalibrationException = z.infer<typeof calibrationExceptionSchema>

export const foundCalibrationSchema = calibrationExceptionSchema.extend({
  /** With a reason it could take part. */
  mayOverride: z.boolean(),
})
export type FoundCalibration = z.infer<typeof foundCalibrationSchema>
