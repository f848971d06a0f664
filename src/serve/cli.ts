import { StationError } from '../contract/errors.ts'
import type { Command } from './command.ts'
import { softwareVersion } from './environment.ts'
import { createOutput, exitCode, reportError, type ExitCode } from './output.ts'

/** Loaded when asked for: `analyze` needs no database, `runs` no web server. */
const commands: Record<string, () => Promise<Command>> = {
  serve: async () => (await import('./commands/serve.ts')).serve,
  run: async () => (await import('./commands/run.ts')).run,
  analyze: async () => (await import('./commands/analyze.ts')).analyze,
  fit: async () => (await import('./commands/fit.ts')).fit,
  translate: async () => (await import('./commands/translate.ts')).translate,
  tempco: async () => (await import('./commands/tempco.ts')).tempco,
  uncertainty: async () => (await import('./commands/uncertainty.ts')).uncertainty,
  spc: async () => (await import('./commands/spc.ts')).spc,
  'dry-run': async () => (await import('./commands/dryRun.ts')).dryRun,
  import: async () => (await import('./commands/importFile.ts')).importFile,
  'import-profiles': async () => (await import('./commands/importProfiles.ts')).importProfiles,
  backfill: async () => (await import('./commands/backFill.ts')).backFill,
  simulate: async () => (await import('./commands/simulate.ts')).simulate,
  drivers: async () => (await import('./commands/drivers.ts')).drivers,
  instrument: async () => (await import('./commands/instrument.ts')).instrument,
  instruments: async () => (await import('./commands/instruments.ts')).instruments,
  protocol: async () => (await import('./commands/protocol.ts')).protocol,
  queue: async () => (await import('./commands/queue.ts')).queue,
  runs: async () => (await import('./commands/runs.ts')).runs,
  samples: async () => (await import('./commands/samples.ts')).samples,
  export: async () => (await import('./commands/exportRun.ts')).exportRun,
  backup: async () => (await import('./commands/backup.ts')).backup,
  restore: async () => (await import('./commands/restore.ts')).restore,
  verify: async () => (await import('./commands/verify.ts')).verify,
}

async function help(): Promise<string> {
  const loaded = await Promise.all(Object.values(commands).map((load) => load()))
  const lines = loaded.map((command) => `  pvtp ${command.usage}\n      ${command.about}`)
  return [
    `PVTP Station ${softwareVersion}`,
    '',
    ...lines,
    '',
    '  --data DIR names the data folder; --json prints one JSON document on stdout and nothing else.',
    '  Exit code: 0 ok, 1 failed verdict or check, 2 bad usage.',
  ].join('\n')
}

/** `pvtp samples RUN | head`: whoever read has seen enough. What may have something switched on ends in its own order. */
const endWithoutReader = (error: NodeJS.ErrnoException): void => {
  if (process.listenerCount('SIGTERM') > 0) return void process.emit('SIGTERM', 'SIGTERM')
  if (error.code !== 'EPIPE') throw error
  process.exit(0)
}

/** A log that nobody takes any more, as behind a pipe or a terminal that is gone, is no reason to fail: nor can it be told. */
const writeUnread = (): void => undefined

/** The outer interface for scripts, labs and acceptance. */
export async function main(args: readonly string[]): Promise<ExitCode> {
  process.stdout.off('error', endWithoutReader).on('error', endWithoutReader)
  process.stderr.off('error', writeUnread).on('error', writeUnread)
  const [name, ...rest] = args
  const output = createOutput(rest.includes('--json'))
  if (name === undefined || name === 'help' || name === '--help') {
    const text = await help()
    output.result({ help: text }, text)
    return name === undefined ? exitCode.usage : exitCode.ok
  }
  if (name === '--version') {
    output.result({ version: softwareVersion }, softwareVersion)
    return exitCode.ok
  }
  const load = Object.hasOwn(commands, name) ? commands[name] : undefined
  if (!load) {
    const detail = `There is no command “${name}”; there are: ${Object.keys(commands).join(', ')}.`
    return reportError(new StationError('usage.badArgument', { detail }), output)
  }
  try {
    const command = await load()
    if (rest.includes('--help')) {
      output.result({ usage: command.usage, about: command.about }, `pvtp ${command.usage}\n  ${command.about}`)
      return exitCode.ok
    }
    return await command.run(rest, output)
  } catch (error) {
    return reportError(error, output)
  }
}
