import { StationError } from '../../contract/errors.ts'
import type { importDelimiters, ImportProfile } from '../../contract/importProfile.ts'
import { loadImportProfiles, parseImportProfile } from '../../engine/importProfiles.ts'
import { parseJson } from '../../engine/jsonFile.ts'
import { withReader } from '../../engine/openStation.ts'
import { readArguments, textOption } from '../arguments.ts'
import type { Command } from '../command.ts'
import { dataFolderOf, realClock } from '../environment.ts'
import { readText } from '../files.ts'
import { alignTable, exitCode, type Output } from '../output.ts'
import { hostStation } from '../stationHost.ts'

const delimiterNames: Readonly<Record<(typeof importDelimiters)[number], string>> = {
  ',': 'comma',
  ';': 'semicolon',
  '\t': 'tab',
  '|': 'bar',
  ' ': 'spaces',
}

function show(profiles: readonly ImportProfile[], output: Output): void {
  const rows = profiles.map(({ name, delimiter, decimal, columns }) => [
    name,
    `${delimiterNames[delimiter]}, decimal ${decimal === ',' ? 'comma' : 'point'}`,
    Object.entries(columns)
      .flatMap(([what, each]) => (each ? [`${what} ${each.column}${'unit' in each ? ` (${each.unit})` : ''}`] : []))
      .join(', '),
  ])
  output.result({ profiles }, rows.length === 0 ? 'There are no import profiles.' : alignTable(rows))
}

export const importProfiles: Command = {
  usage: 'import-profiles list | save FILE.json | remove NAME [--operator NAME] [--json]',
  about: 'How curve files without a recognisable header are read: list, save or remove what the station knows',
  run: async (args, output) => {
    const options = { operator: { type: 'string' } } as const
    const { positionals, options: given } = readArguments(args, { options, positionals: [1, 2] })
    const [action, subject] = positionals
    const dataFolder = dataFolderOf(given)
    if (action === 'list') {
      show(await withReader(dataFolder, loadImportProfiles), output)
      return exitCode.ok
    }
    if ((action !== 'save' && action !== 'remove') || subject === undefined)
      throw new StationError('usage.badArgument', {
        detail: `“${positionals.join(' ')}”: list, save FILE.json or remove NAME is needed.`,
      })
    const profile = action === 'save' ? parseImportProfile(parseJson(await readText(subject), subject), subject) : null
    const who = textOption(given, 'operator') ?? process.env['USER'] ?? 'command line'
    const host = {
      dataFolder,
      clock: realClock(),
      simulate: null,
      virtualTime: false,
      automaticAnswer: null,
      goesOn: false,
    }
    const { station, close } = await hostStation({ ...host, lockWaitMs: 30_000 })
    try {
      const { save, remove } = station.importProfiles
      show(profile ? await save(profile, who) : await remove(subject, who), output)
      return exitCode.ok
    } finally {
      await close()
    }
  },
}
