import { messageOf, StationError, type ErrorCode, type ErrorContext } from '../../contract/errors.ts'

/** An error as data: between threads it would lose its class. */
export type Failure =
  { kind: 'station'; code: ErrorCode; context: ErrorContext } | { kind: 'range' | 'other'; message: string }

/** The same failure in the operator's words; a fault of the program stays as it is. */
export function inWords(error: unknown, path: string): unknown {
  const code = (error as { code?: string }).code ?? ''
  if (error instanceof StationError || !code.startsWith('SQLITE_')) return error
  if (code === 'SQLITE_FULL') return new StationError('storage.full', { path }, error)
  return new StationError('storage.failed', { detail: `${code}: ${messageOf(error)}` }, error)
}

export function toFailure(error: unknown, path: string): Failure {
  const told = inWords(error, path)
  if (told instanceof StationError) return { kind: 'station', code: told.code, context: told.context }
  return { kind: told instanceof RangeError ? 'range' : 'other', message: messageOf(told) }
}

export function toError(failure: Failure): Error {
  if (failure.kind === 'station') return new StationError(failure.code, failure.context)
  return failure.kind === 'range' ? new RangeError(failure.message) : new Error(failure.message)
}
