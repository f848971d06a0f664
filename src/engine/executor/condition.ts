import { StationError } from '../../contract/errors.ts'
import type { StepContext } from './stepKind.ts'

/** Whether a condition is met now. What can't be known, as while a value is missing, counts as not met. */
export function isMet(condition: { expr: string }, context: StepContext): boolean {
  try {
    return context.test(condition)
  } catch (error) {
    if (!(error instanceof StationError)) throw error
    return false
  }
}
