import { resolve } from 'node:path'
import { restoreBackup } from '../../engine/dataBackup.ts'
import { neededOption, readArguments, textOption } from '../arguments.ts'
import type { Command } from '../command.ts'
import { exitCode } from '../output.ts'

export const restore: Command = {
  usage: 'restore BACKUP --into DIR [--key FILE] [--json]',
  about: 'Makes a new data folder of a backup and its key, and checks it; never over one that is there',
  run: async (args, output) => {
    const { positionals, options } = readArguments(args, {
      options: { into: { type: 'string' }, key: { type: 'string' } },
      positionals: [1, 1],
    })
    const key = textOption(options, 'key')
    const restored = await restoreBackup({
      backup: resolve(positionals[0]!),
      into: resolve(neededOption(options, 'into')),
      keyFile: key === undefined ? undefined : resolve(key),
      utcMs: Date.now(),
    })
    const { dataFolder, runs, samples, audit, lastUtcMs, unfinished } = restored
    const last = lastUtcMs === null ? 'nothing was recorded in it' : `as it was at ${new Date(lastUtcMs).toISOString()}`
    output.result(
      restored,
      [
        `${dataFolder}: ${last}; ${runs} runs, ${samples} samples, audit trail of ${audit.rows} rows, head ${audit.head}.`,
        'Its pages, counts and audit chain were checked. What was recorded later is not in it.',
        ...unfinished.map((id) => `Run ${id} was going on: it waits for a person.`),
        `Its key is ${restored.keyFile}. Check every number with: pvtp verify --data ${dataFolder}`,
      ].join('\n'),
    )
    return exitCode.ok
  },
}
