import { z } from 'zod'

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

/** What a station does about an instrument that isn't in order: a run is refused, or begins with a warning. */
export const calibrationPolicySchema = z.strictObject({
  missing: z.enum(['block', 'warn']).default('warn'),
  expired: z.enum(['block', 'warn']).default('block'),
  expiresInRun: z.enum(['block', 'warn']).default('warn'),
  failedCheck: z.enum(['block', 'warn']).default('block'),
})
export type CalibrationPolicy = z.infer<typeof calibrationPolicySchema>
