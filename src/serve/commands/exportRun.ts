import { withReader } from '../../engine/openStation.ts'
import { StationError } from '../../contract/errors.ts'
import { neededOption, readArguments } from '../arguments.ts'
import type { Command } from '../command.ts'
import { dataFolderOf } from '../environment.ts'
import { writeFiles } from '../files.ts'
import { exitCode } from '../output.ts'

export const exportRun: Command = {
  usage: 'export RUN --out DIR [--data DIR] [--simulate] [--json]',
  about: 'Writes the issued papers and the sealed bundle of a run',
  run: async (args, output) => {
    const options = { out: { type: 'string' }, simulate: { type: 'boolean' } } as const
    const { positionals, options: given } = readArguments(args, { options, positionals: [1, 1] })
    const runId = positionals[0]!
    const out = neededOption(given, 'out')
    const files = await withReader(dataFolderOf(given), async (reader) => {
      const { run } = await reader.getRun(runId)
      const listed = await reader.listFiles(runId)
      if (listed.length === 0)
        throw new StationError('report.noResults', { id: runId, detail: `it is ${run.status} and has no issued files` })
      return Promise.all(listed.map((each) => reader.file(runId, each.name)))
    })
    const written = await writeFiles(out, files)
    output.result({ run: runId, files: written }, written.map((path) => `wrote ${path}`).join('\n'))
    return exitCode.ok
  },
}
