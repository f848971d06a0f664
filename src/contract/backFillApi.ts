import { oc } from '@orpc/contract'
import { z } from 'zod'
import { backFillRequestSchema, backFillSchema, logProfileSchema } from './backFill.ts'
import { runExposureSchema } from './exposure.ts'
import { errorTextSchema } from './run.ts'

const call = oc.errors({ STATION: { status: 422, data: errorTextSchema } })
const who = z.string().trim().min(1).max(80)

/** What controllers' own logs say of the time in which the station recorded nothing. */
export const backFillCalls = {
  profiles: {
    list: call.output(z.array(logProfileSchema)),
    /** Takes the place of the one with this name. */
    save: call.input(z.strictObject({ profile: logProfileSchema, who })).output(z.array(logProfileSchema)),
    remove: call.input(z.strictObject({ name: z.string(), who })).output(z.array(logProfileSchema)),
  },
  /** What would be kept; changes nothing. */
  preview: call.input(backFillRequestSchema).output(backFillSchema),
  /** Keeps it beside the ledger, marked; nothing is credited. */
  add: call.input(backFillRequestSchema).output(runExposureSchema),
}
