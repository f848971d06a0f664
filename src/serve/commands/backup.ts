import { resolve } from 'node:path'
import { backUpFolder } from '../../engine/dataBackup.ts'
import { sayBytes } from '../../engine/diskForecast.ts'
import { neededOption, readArguments } from '../arguments.ts'
import type { Command } from '../command.ts'
import { dataFolderOf } from '../environment.ts'
import { exitCode } from '../output.ts'

export const backup: Command = {
  usage: 'backup --to (FILE | DIR) [--data DIR] [--simulate] [--json]',
  about: 'Backs up a data folder now, also while its station is running, and checks the copy',
  run: async (args, output) => {
    const { options } = readArguments(args, {
      options: { to: { type: 'string' }, simulate: { type: 'boolean' } },
      positionals: [0, 0],
    })
    const report = backUpFolder(dataFolderOf(options), resolve(neededOption(options, 'to')), Date.now())
    const { path, keyFile, samples, audit } = report
    output.result(
      report,
      [
        `${path}: ${sayBytes(report.bytes)}, ${report.rows['runs'] ?? 0} runs, ${samples} samples, audit trail of ${audit.rows} rows, head ${audit.head}.`,
        'Its pages, counts and audit chain were checked.',
        `It is encrypted. Without the key in ${keyFile} nobody can read it: keep a copy of that file elsewhere, not beside the backup.`,
      ].join('\n'),
    )
    return exitCode.ok
  },
}
