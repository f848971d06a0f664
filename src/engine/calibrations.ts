import { z } from 'zod'
import {
  calibrationPolicySchema,
  calibrationRecordSchema,
  newCalibrationSchema,
  type Calibration,
  type CalibrationPolicy,
  type CalibrationRecord,
  type NewCalibration,
} from '../contract/calibration.ts'
import { StationError } from '../contract/errors.ts'
import { certificateInForce } from './instruments/calibrationGate.ts'
import type { Store } from './storage/store.ts'

/** The register: certificates and checks of each instrument, none of them ever changed. */
export interface Calibrations {
  records: (id: string) => readonly CalibrationRecord[]
  policy: () => CalibrationPolicy
  savePolicy: (policy: CalibrationPolicy, who: string) => Promise<void>
  /** Adds a version; throws usage.invalidInput. */
  add: (id: string, entry: NewCalibration, who: string) => Promise<readonly CalibrationRecord[]>
  inForce: (id: string) => Calibration | null
}

const registerSetting = 'calibrations'
const policySetting = 'calibrations.policy'
const registerSchema = z.record(z.string(), z.array(calibrationRecordSchema))

const parsed = <T>(schema: z.ZodType<T>, given: unknown): T => {
  const result = schema.safeParse(given)
  if (result.success) return result.data
  const [issue] = result.error.issues
  throw new StationError('usage.invalidInput', { detail: `${issue?.path.join('.')}: ${issue?.message}` })
}

export async function createCalibrations(deps: { store: Store; utcMs: () => number }): Promise<Calibrations> {
  const { store } = deps
  let register = registerSchema.parse(JSON.parse((await store.setting(registerSetting)) ?? '{}'))
  let policy = calibrationPolicySchema.parse(JSON.parse((await store.setting(policySetting)) ?? '{}'))
  const records = (id: string): readonly CalibrationRecord[] =>
    Object.hasOwn(register, id) ? (register[id] ?? []) : []
  // One after the other: each version is put behind the one before.
  let writing: Promise<unknown> = Promise.resolve()
  const add: Calibrations['add'] = (id, entry, who) => {
    const work = writing.then(async () => {
      const valid = parsed(newCalibrationSchema, entry)
      if (valid.dueDate < valid.date)
        throw new StationError('usage.invalidInput', { detail: 'dueDate: it lies before the date' })
      const record: CalibrationRecord = { ...valid, version: records(id).length + 1, addedUtcMs: deps.utcMs(), who }
      const next = { ...register, [id]: [...records(id), record] }
      const audit = { actor: who, action: 'calibration.add', subject: id, detail: record }
      await store.saveSetting(registerSetting, JSON.stringify(next), audit)
      register = next
      return records(id)
    })
    writing = work.catch(() => undefined)
    return work
  }
  return {
    records,
    add,
    policy: () => policy,
    savePolicy: async (next, who) => {
      const valid = parsed(calibrationPolicySchema, next)
      const detail = { old: policy, new: valid }
      const audit = { actor: who, action: 'calibration.policy', subject: 'station', detail }
      await store.saveSetting(policySetting, JSON.stringify(valid), audit)
      policy = valid
    },
    inForce: (id) => certificateInForce(records(id)),
  }
}
