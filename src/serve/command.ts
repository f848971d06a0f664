import type { ExitCode, Output } from './output.ts'

export interface Command {
  /** As in the help. */
  usage: string
  about: string
  run(args: readonly string[], output: Output): Promise<ExitCode>
}
