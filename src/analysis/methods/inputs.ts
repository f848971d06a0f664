import type { z } from 'zod'
import { StationError } from '../../contract/errors.ts'

/**
 * Checks a method's inputs.
 * @throws StationError analysis.badInput that names each wrong input
 */
export function readInputs<T>(method: string, schema: z.ZodType<T>, inputs: unknown): T {
  const parsed = schema.safeParse(inputs)
  if (parsed.success) return parsed.data
  const detail = parsed.error.issues
    .slice(0, 5)
    .map((issue) => `${issue.path.join('.')}: ${issue.message}`)
    .join('; ')
  throw new StationError('analysis.badInput', { what: method, detail })
}
