import { messageOf, StationError } from '../../contract/errors.ts'

/** Runs one database transaction and says a failure in the operator's words. */
export async function guarded<T>(path: string, work: () => T): Promise<T> {
  try {
    return work()
  } catch (error) {
    if (error instanceof StationError) throw error
    const code = (error as { code?: string }).code ?? ''
    if (!code.startsWith('SQLITE_')) throw error
    if (code === 'SQLITE_FULL') throw new StationError('storage.full', { path }, error)
    throw new StationError('storage.failed', { detail: `${code}: ${messageOf(error)}` }, error)
  }
}
