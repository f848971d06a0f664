import { z } from 'zod'
import { readDecimal } from '../analysis/iv/curveDraft.ts'
import { messageOf, StationError } from '../contract/errors.ts'
import { sayIssues } from './executor/template.ts'

/** A finite number, or a decimal text of any number of digits, which is read to the nearest double. */
export const decimal = z.union([z.number(), z.string()]).transform((given, context): number => {
  const value = typeof given === 'number' ? given : readDecimal(given)
  if (value !== null) return value
  context.addIssue({ code: 'custom', message: `“${String(given)}” is not a finite number` })
  return z.NEVER
})

/** @throws StationError usage.invalidInput */
export const parseJson = (text: string, file: string): unknown => {
  try {
    return JSON.parse(text.replace(/^\uFEFF/, '')) as unknown
  } catch (error) {
    throw new StationError('usage.invalidInput', { detail: `${file} is not valid JSON (${messageOf(error)}).` }, error)
  }
}

/** @throws StationError usage.invalidInput that names the wrong fields */
export const parseAs = <T>(schema: z.ZodType<T>, value: unknown, file: string): T => {
  const parsed = schema.safeParse(value)
  if (parsed.success) return parsed.data
  throw new StationError('usage.invalidInput', { detail: `${file}: ${sayIssues(parsed.error)}` }, parsed.error)
}
