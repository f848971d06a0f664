import { messageOf, StationError, type ErrorText } from '../contract/errors.ts'

/** How a command ended: ok, a failed verdict or check, bad usage. */
export const exitCode = { ok: 0, failed: 1, usage: 2 } as const
export type ExitCode = (typeof exitCode)[keyof typeof exitCode]

export interface Output {
  json: boolean
  /** The result: one JSON document with --json, otherwise the text. */
  result(document: unknown, text: string): void
  /** For people; never on stdout. */
  log(line: string): void
}

export const createOutput = (json: boolean): Output => ({
  json,
  result: (document, text) => void process.stdout.write(json ? `${JSON.stringify(document, null, 2)}\n` : `${text}\n`),
  log: (line) => void process.stderr.write(`${line}\n`),
})

const usageCategories = new Set([
  'usage.badArgument',
  'usage.invalidInput',
  'usage.notFound',
  'protocol.unknown',
  'protocol.badParameter',
  'run.notFound',
])

const textOf = (error: unknown): ErrorText =>
  error instanceof StationError
    ? error.text
    : {
        code: 'run.stepFailed',
        happened: `An error inside the program: ${messageOf(error)}`,
        did: 'The command ended.',
        check: 'Please report this with the lines above.',
      }

/**
 * Says an error in three parts, on stderr, and as the JSON document where one is asked for.
 * @param hints more to check, such as what an instrument's profile says
 */
export function reportError(error: unknown, output: Output, hints: readonly string[] = []): ExitCode {
  const text = textOf(error)
  if (!(error instanceof StationError) && error instanceof Error) output.log(error.stack ?? error.message)
  output.log(`Error: ${text.happened}\n  The station: ${text.did}\n  To check:    ${text.check}`)
  for (const hint of hints) output.log(`               ${hint}`)
  if (output.json) output.result({ error: hints.length > 0 ? { ...text, hints } : text }, '')
  return error instanceof StationError && usageCategories.has(error.code) ? exitCode.usage : exitCode.failed
}

/** Columns lined up with two spaces between them. */
export function alignTable(rows: readonly (readonly string[])[]): string {
  const widths = rows[0]?.map((_cell, i) => Math.max(...rows.map((row) => row[i]?.length ?? 0))) ?? []
  return rows
    .map((row) =>
      row
        .map((cell, i) => cell.padEnd(widths[i] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n')
}
