import { modulesName } from '../../contract/runName.ts'
import { withReader } from '../../engine/openStation.ts'
import { integerOption, readArguments } from '../arguments.ts'
import type { Command } from '../command.ts'
import { dataFolderOf } from '../environment.ts'
import { alignTable, exitCode } from '../output.ts'

export const runs: Command = {
  usage: 'runs [--data DIR] [--simulate] [--limit N] [--json]',
  about: 'Lists the runs of a data folder, the newest first',
  run: async (args, output) => {
    const options = { limit: { type: 'string' }, simulate: { type: 'boolean' } } as const
    const { options: given } = readArguments(args, { options, positionals: [0, 0] })
    const limit = integerOption(given, 'limit', { least: 1, most: 100_000, otherwise: 200 })
    const found = await withReader(dataFolderOf(given), (reader) => reader.listRuns(limit))
    const rows = found.map((run) => [
      run.id,
      run.protocolId,
      modulesName(run),
      new Date(run.startedUtcMs).toISOString(),
      run.status,
      run.verdict ?? '–',
      run.provenance,
    ])
    output.result(
      { runs: found },
      alignTable([['run', 'protocol', 'module', 'started (UTC)', 'status', 'verdict', 'provenance'], ...rows]),
    )
    return exitCode.ok
  },
}
