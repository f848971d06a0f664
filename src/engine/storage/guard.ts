import { messageOf, StationError } from '../../contract/errors.ts'

/** The same failure in the operator's words; a fault of the program stays as it is. */
function inWords(error: unknown, path: string): unknown {
  const code = (error as { code?: string }).code ?? ''
  if (error instanceof StationError || !code.startsWith('SQLITE_')) return error
  if (code === 'SQLITE_FULL') return new StationError('storage.full', { path }, error)
  return new StationError('storage.failed', { detail: `${code}: ${messageOf(error)}` }, error)
}

/** Runs one database transaction and says a failure in the operator's words. */
export async function guarded<T>(path: string, work: () => T): Promise<T> {
  try {
    return work()
  } catch (error) {
    throw inWords(error, path)
  }
}

/** The same for rows that are read one by one. */
export function* guardedRows<T>(path: string, rows: Iterable<T>): Generator<T, void, void> {
  try {
    yield* rows
  } catch (error) {
    throw inWords(error, path)
  }
}
