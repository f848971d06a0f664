/** The three parts of every message: what happened, what was done about it, what to check. */
export interface ErrorParts {
  code: string
  happened: string
  did: string
  check: string
}

/** A call that could not be made because there is no connection. */
export class NotConnectedError extends Error {
  override readonly name = 'NotConnectedError'
}

/** A failure that this window found itself and has words for. */
export class WordedError extends Error {
  override readonly name = 'WordedError'
  readonly data: ErrorParts

  constructor(data: ErrorParts) {
    super(data.happened)
    this.data = data
  }
}

const notConnected: ErrorParts = {
  code: 'window.notConnected',
  happened: 'This window has no connection to the station.',
  did: 'Nothing was sent. A run at the station does not depend on this window.',
  check: 'Wait for the connection to come back, or go to the station itself.',
}

const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null

const isParts = (value: unknown): value is ErrorParts =>
  isRecord(value) && ['code', 'happened', 'did', 'check'].every((key) => typeof value[key] === 'string')

const issueTexts = (data: unknown): string[] => {
  const issues = isRecord(data) && Array.isArray(data.issues) ? (data.issues as unknown[]) : []
  return issues.filter(isRecord).map((issue) => {
    const path = Array.isArray(issue.path) ? issue.path.map(String).join('.') : ''
    return path === '' ? String(issue.message) : `${path}: ${String(issue.message)}`
  })
}

/** Any failure of a call in the three parts. Falls back to what is known when the station gave no text. */
export function partsOf(thrown: unknown): ErrorParts {
  if (thrown instanceof NotConnectedError) return notConnected
  if (isParts(thrown)) return thrown
  if (isRecord(thrown) && isParts(thrown.data)) return thrown.data
  const issues = isRecord(thrown) ? issueTexts(thrown.data) : []
  if (issues.length > 0) {
    return {
      code: 'usage.invalidInput',
      happened: `The station refused the input: ${issues.join('; ')}`,
      did: 'Nothing was changed.',
      check: 'Correct the named field.',
    }
  }
  return {
    code: 'window.unexpected',
    happened: `The call failed: ${thrown instanceof Error ? thrown.message : String(thrown)}`,
    did: 'It is not known whether the station carried it out.',
    check: 'Look at the present state here after reloading, and at the station’s log.',
  }
}
